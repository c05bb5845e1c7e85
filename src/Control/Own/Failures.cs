using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Own;

/// <summary>What is to fail, and what is to work again; words as <see cref="FailureWords"/> reads them.</summary>
public sealed record FailureRequest
{
    public IReadOnlyList<string> Fail { get; init; } = [];

    public IReadOnlyList<string> Heal { get; init; } = [];

    /// <summary>Everything works again, in every account and region; before anything fails anew.</summary>
    public bool HealAll { get; init; }

    /// <summary>The world with these failures.</summary>
    /// <exception cref="Fault">A word names nothing, or something that has not failed.</exception>
    public World Apply(CloudSnapshot cloud, PartitionKey home)
    {
        SortedSet<WorldFailure> failures = [.. HealAll ? [] : cloud.World.Failures];
        foreach (string word in Given(Heal, "heal"))
        {
            // What has failed can heal when it is gone too: its own word names it without a look at the cloud.
            if (!failures.Remove(FailureWords.Plain(home, word)) && !failures.Remove(FailureWords.Read(cloud, home, word)))
            {
                string known = failures.Count == 0 ? "nothing has" : $"give one of {string.Join(", ", failures.Take(5).Select(WorldDocument.TextOf))}";
                throw new Fault("InvalidFailure", $"'{word}' has not failed: {known}");
            }
        }

        failures.UnionWith(Given(Fail, "fail").Select(word => FailureWords.Read(cloud, home, word)));
        return cloud.World with { Failures = [.. failures] };
    }

    private static IEnumerable<string> Given(IReadOnlyList<string?>? words, string name) => words is null || words.Contains(null)
        ? throw new Fault("InvalidFailure", $"'{name}' is a list of words")
        : words.OfType<string>();
}

/// <summary>
/// Reads what has failed: <c>instance:i-…</c>, <c>eni:eni-…</c>, <c>az:us-east-1a</c>, <c>target:NAME/hex/ID:PORT</c> (or
/// <c>target:NAME/ID</c>, by the target group's name and where the target has one port), a bare id, a zone's name, or an instance's tag
/// <c>Name</c>; <c>tunnel:vpn-…/1</c>, <c>update:vpn-…/1</c>, <c>vif:…</c>, <c>connection:…</c>, <c>location:CODE</c>, <c>router:SITE/NAME</c>, by id
/// or name and with or without the word; <c>ACCOUNT/REGION/</c> before it where it is elsewhere.
/// </summary>
internal static class FailureWords
{
    /// <summary>The word as it stands, with the account and region before it or the asker's.</summary>
    public static WorldFailure Plain(PartitionKey home, string word)
    {
        string[] parts = word.Split('/', 3);
        return parts.Length == 3 && parts[0].Length == 12 && parts[0].All(char.IsAsciiDigit)
            ? new WorldFailure(new PartitionKey(parts[0], parts[1]), parts[2])
            : new WorldFailure(home, word);
    }

    public static WorldFailure Read(CloudSnapshot cloud, PartitionKey home, string word)
    {
        (PartitionKey at, string rest) = Plain(home, word);
        if (OutsideOf(cloud, word, rest) is { } outside)
        {
            return new WorldFailure(WorldFailure.Nowhere, outside);
        }

        Partition rows = cloud.Partition(at);
        string subject = LineOf(rows, word, rest) ?? (rest.StartsWith(WorldFailure.Target, StringComparison.Ordinal)
            ? WorldFailure.Target + TargetOf(rows, word, rest[WorldFailure.Target.Length..])
            : SubjectOf(rows, word, rest));
        return new WorldFailure(at, subject);
    }

    /// <summary>Whether a subject is of no account and region.</summary>
    public static bool IsNowhere(string subject) =>
        subject.StartsWith(WorldFailure.Router, StringComparison.Ordinal) || subject.StartsWith(WorldFailure.Location, StringComparison.Ordinal);

    /// <summary>A site's router (<c>router:SITE/NAME</c> or <c>SITE/NAME</c>) or a Direct Connect location (<c>location:CODE</c>); null for others.</summary>
    private static string? OutsideOf(CloudSnapshot cloud, string word, string rest)
    {
        if (rest.StartsWith(WorldFailure.Location, StringComparison.Ordinal))
        {
            return rest.Length > WorldFailure.Location.Length ? rest : throw Wrong(word, "write location:CODE, such as location:EqDC2");
        }

        bool named = rest.StartsWith(WorldFailure.Router, StringComparison.Ordinal);
        string name = named ? rest[WorldFailure.Router.Length..] : rest;
        return cloud.World.Sites.Any(s => s.Routers.Any(r => $"{s.Name}/{r.Name}" == name)) ? WorldFailure.Router + name
            : named ? throw Wrong(word, "no site has such a router: write router:SITE/NAME")
            : null;
    }

    /// <summary>A tunnel (<c>tunnel:vpn-…/1</c>, <c>vpn-…/1</c>, <c>update:vpn-…/1</c>), virtual interface, connection or LAG; null for others.</summary>
    private static string? LineOf(Partition rows, string word, string rest)
    {
        bool updates = rest.StartsWith(WorldFailure.Update, StringComparison.Ordinal);
        string name = updates ? rest[WorldFailure.Update.Length..] : WithoutWord(rest, WorldFailure.Tunnel);
        if (name.Split('/') is [string connection, string number] && FindVpn(rows, connection) is { } vpn)
        {
            return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place >= 1 && place <= vpn.Tunnels.Length
                ? $"{(updates ? WorldFailure.Update : WorldFailure.Tunnel)}{vpn.Key}/{place}"
                : throw Wrong(word, $"{vpn.Key} has tunnels 1 and 2");
        }

        if (updates || name.Length < rest.Length)
        {
            throw Wrong(word, $"no VPN connection in {rows.Key} has such a tunnel: write vpn-…/1");
        }

        name = WithoutWord(rest, WorldFailure.VirtualInterface);
        if (rows.All<DxVirtualInterface>().FirstOrDefault(v => v.Key == name || v.Name == name) is { } line)
        {
            return WorldFailure.VirtualInterface + line.Key;
        }

        name = WithoutWord(rest, WorldFailure.Connection);
        string? port = rows.All<DxConnection>().FirstOrDefault(c => c.Key == name || c.Name == name)?.Key
            ?? rows.All<DxLag>().FirstOrDefault(l => l.Key == name || l.Name == name)?.Key;
        return port is not null ? WorldFailure.Connection + port
            : rest.StartsWith(WorldFailure.VirtualInterface, StringComparison.Ordinal) || rest.StartsWith(WorldFailure.Connection, StringComparison.Ordinal)
                ? throw Wrong(word, $"nothing of Direct Connect in {rows.Key} is so named")
                : null;
    }

    private static string WithoutWord(string text, string word) => text.StartsWith(word, StringComparison.Ordinal) ? text[word.Length..] : text;

    private static VpnConnection? FindVpn(Partition rows, string name) =>
        rows.All<VpnConnection>().FirstOrDefault(v => v.State != VpnState.Deleted && (v.Key == name || Tags.NameOf(v) == name));

    private static string SubjectOf(Partition rows, string word, string rest)
    {
        string? kind = WorldFailure.Words.FirstOrDefault(w => rest.StartsWith(w, StringComparison.Ordinal));
        string id = kind is null ? rest : rest[kind.Length..];
        if (kind is null or WorldFailure.Instance && rows.Find(new Id<Instance>(id)) is { State: not InstanceState.Terminated })
        {
            return WorldFailure.Instance + id;
        }

        if (kind is null or WorldFailure.Interface && rows.Find(new Id<NetworkInterface>(id)) is not null)
        {
            return WorldFailure.Interface + id;
        }

        if (kind is null or WorldFailure.Zone && Regions.ZonesOf(rows.Account, rows.Region).Any(z => z.Name == id))
        {
            return WorldFailure.Zone + id;
        }

        if (kind is WorldFailure.Interface or WorldFailure.Zone)
        {
            throw Wrong(word, $"there is no such thing in {rows.Key}");
        }

        Instance[] named = [.. rows.All<Instance>().Where(i => i.State != InstanceState.Terminated && Tags.NameOf(i) == id)];
        return named.Length switch
        {
            1 => WorldFailure.Instance + named[0].Key,
            0 => throw Wrong(word, $"nothing in {rows.Key} is '{id}': give an instance, an interface, a zone, target:GROUP/ID, a tunnel (vpn-…/1), "
                + "a virtual interface or connection, or SITE/ROUTER"),
            _ => throw Wrong(word, $"{named.Length} instances are named '{id}': give {string.Join(" or ", named.Take(5).Select(i => i.Key))}"),
        };
    }

    private static string TargetOf(Partition rows, string word, string rest)
    {
        foreach (TargetGroup group in rows.All<TargetGroup>())
        {
            string? id = After(rest, group.Key) ?? After(rest, group.Name);
            RegisteredTarget[] targets = id is null ? [] : [.. group.Targets.Where(t => t.Id == id || TextOf(t) == id)];
            if (targets.Length == 1)
            {
                return $"{group.Key}/{TextOf(targets[0])}";
            }
        }

        foreach (ClassicLoadBalancer balancer in rows.All<ClassicLoadBalancer>())
        {
            if (After(rest, balancer.Name) is { } id && balancer.Instances.Contains(new Id<Instance>(id)))
            {
                return rest;
            }
        }

        throw Wrong(word, $"no target group in {rows.Key} has one such target: write target:GROUP/ID:PORT");
    }

    private static string? After(string text, string key) =>
        text.StartsWith(key + "/", StringComparison.Ordinal) ? text[(key.Length + 1)..] : null;

    private static string TextOf(RegisteredTarget target) => string.Create(CultureInfo.InvariantCulture, $"{target.Id}:{target.Port}");

    private static Fault Wrong(string word, string why) => new("InvalidFailure", $"'{word}': {why}");
}
