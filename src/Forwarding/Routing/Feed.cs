using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>What one source tells: the routes of a line, an attachment or a row, and the speakers that take them.</summary>
internal abstract class Feed(string id, ImmutableArray<string> importers)
{
    public string Id { get; } = id;

    /// <summary>Ids of speakers, ascending.</summary>
    public ImmutableArray<string> Importers { get; } = importers;

    public abstract IEnumerable<Prefix> Prefixes { get; }

    public abstract int Count { get; }

    public abstract Candidate? Find(Prefix prefix);

    /// <summary>Adds the prefixes of which two feeds with the same <see cref="Importers"/> tell something else.</summary>
    protected abstract void Differences(Feed before, HashSet<Prefix> to);

    /// <summary>Adds the prefixes of which the two tell anything else, or to anybody else.</summary>
    public static void Compare(Feed? before, Feed? after, HashSet<Prefix> to)
    {
        if (ReferenceEquals(before, after))
        {
            return;
        }

        if (before is not null && after is not null && before.GetType() == after.GetType()
            && before.Importers.AsSpan().SequenceEqual(after.Importers.AsSpan()))
        {
            after.Differences(before, to);
            return;
        }

        to.UnionWith(before?.Prefixes ?? []);
        to.UnionWith(after?.Prefixes ?? []);
    }
}

/// <summary>Routes in a list.</summary>
internal class ListFeed : Feed
{
    private readonly ImmutableArray<KeyValuePair<Prefix, Candidate>> routes;

    /// <param name="routes">Ascending by prefix; no prefix twice.</param>
    public ListFeed(string id, ImmutableArray<string> importers, ImmutableArray<KeyValuePair<Prefix, Candidate>> routes)
        : base(id, importers) => this.routes = routes;

    public override IEnumerable<Prefix> Prefixes => routes.Select(r => r.Key);

    public override int Count => routes.Length;

    public override Candidate? Find(Prefix prefix)
    {
        int low = 0;
        int high = routes.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = routes[middle].Key.CompareTo(prefix);
            if (order == 0)
            {
                return routes[middle].Value;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    protected override void Differences(Feed before, HashSet<Prefix> to)
    {
        ImmutableArray<KeyValuePair<Prefix, Candidate>> was = ((ListFeed)before).routes;
        int i = 0;
        int j = 0;
        while (i < was.Length || j < routes.Length)
        {
            int order = i == was.Length ? 1 : j == routes.Length ? -1 : was[i].Key.CompareTo(routes[j].Key);
            if (order != 0 || !CandidateComparer.Instance.Equals(was[i].Value, routes[j].Value))
            {
                to.Add(order <= 0 ? was[i].Key : routes[j].Key);
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
    }
}

/// <summary>An older attachment with an overlapping block.</summary>
/// <param name="Mine">The block of the younger one.</param>
/// <param name="Feed">The older one's feed.</param>
/// <param name="Block">The older one's block.</param>
internal readonly record struct Elder(Prefix Mine, string Feed, Prefix Block);

/// <summary>The blocks of a domain at a hub, with the older attachments they overlap.</summary>
internal sealed class DomainFeed(
    string id, ImmutableArray<string> importers, ImmutableArray<KeyValuePair<Prefix, Candidate>> routes, ImmutableArray<Elder> elders)
    : ListFeed(id, importers, routes)
{
    public ImmutableArray<Elder> Elders { get; } = elders;

    protected override void Differences(Feed before, HashSet<Prefix> to)
    {
        base.Differences(before, to);
        ImmutableArray<Elder> was = ((DomainFeed)before).Elders;
        if (!was.AsSpan().SequenceEqual(Elders.AsSpan()))
        {
            to.UnionWith(was.Concat(Elders).Select(e => e.Mine));
        }
    }
}

/// <summary>The static routes of a hub's table, as the row holds them: a changed one costs no copy of the others.</summary>
/// <param name="dead">Attachments that routes name and that are not there, or not available.</param>
internal sealed class StaticFeed(string id, string table, ImmutableArray<TransitGatewayStaticRoute> routes, ImmutableHashSet<string> dead)
    : Feed(id, [table])
{
    private readonly ImmutableArray<TransitGatewayStaticRoute> routes = routes;
    private readonly ImmutableHashSet<string> dead = dead;

    public override IEnumerable<Prefix> Prefixes => routes.Select(r => r.Cidr);

    public override int Count => routes.Length;

    public override Candidate? Find(Prefix prefix)
    {
        int low = 0;
        int high = routes.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = routes[middle].Cidr.CompareTo(prefix);
            if (order == 0)
            {
                string? spoke = routes[middle].AttachmentId?.Value;
                return new Candidate(RouteSource.Static, null, spoke) { IsBlackhole = spoke is null || dead.Contains(spoke) };
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    protected override void Differences(Feed before, HashSet<Prefix> to)
    {
        StaticFeed was = (StaticFeed)before;
        ImmutableHashSet<string> moved = ReferenceEquals(dead, was.dead) ? [] : dead.SymmetricExcept(was.dead);
        int i = 0;
        int j = 0;
        while (i < was.routes.Length || j < routes.Length)
        {
            TransitGatewayStaticRoute? old = i < was.routes.Length ? was.routes[i] : null;
            TransitGatewayStaticRoute? now = j < routes.Length ? routes[j] : null;
            if (ReferenceEquals(old, now) && moved.IsEmpty)
            {
                i++;
                j++;
                continue;
            }

            int order = old is null ? 1 : now is null ? -1 : old.Cidr.CompareTo(now.Cidr);
            if (order != 0 || old!.AttachmentId != now!.AttachmentId || (now.AttachmentId is { } spoke && moved.Contains(spoke.Value)))
            {
                to.Add((order <= 0 ? old : now)!.Cidr);
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
    }
}
