using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>What became durable, in order, for one follower: it always takes all that is new, so a burst is one step.</summary>
public sealed class CloudFeed
{
    private readonly Lock gate = new();
    private readonly Queue<Committed> committed = new();
    private PublishedVersion newest;

    internal CloudFeed(long version, CloudSnapshot cloud) => newest = new PublishedVersion(version, cloud);

    /// <summary>Called after each publication, by the request's thread: it must return at once.</summary>
    public event Action? Published;

    /// <summary>The version that reads see now.</summary>
    public long Version
    {
        get
        {
            lock (gate)
            {
                return newest.Version;
            }
        }
    }

    /// <summary>The newest durable cloud and all changes since this was last called.</summary>
    public FeedBatch Take()
    {
        lock (gate)
        {
            List<Change> changes = [];
            bool worldChanged = false;
            while (committed.TryPeek(out Committed next) && next.Version <= newest.Version)
            {
                committed.Dequeue();
                changes.AddRange(next.Changes);
                worldChanged |= next.WorldChanged;
            }

            return new FeedBatch(newest.Version, newest.Cloud, changes, worldChanged);
        }
    }

    /// <summary>In the writer's turn, before the change is durable.</summary>
    internal void Commit(long version, IReadOnlyList<Change> changes, bool worldChanged)
    {
        lock (gate)
        {
            committed.Enqueue(new Committed(version, changes, worldChanged));
        }
    }

    /// <summary>When the change is durable; an older version after a newer one says nothing new.</summary>
    internal void Publish(long version, CloudSnapshot cloud)
    {
        lock (gate)
        {
            if (version <= newest.Version)
            {
                return;
            }

            newest = new PublishedVersion(version, cloud);
        }

        Published?.Invoke();
    }

    private readonly record struct Committed(long Version, IReadOnlyList<Change> Changes, bool WorldChanged);

    private readonly record struct PublishedVersion(long Version, CloudSnapshot Cloud);
}

/// <summary>A durable cloud, and what is different in it since the one before.</summary>
/// <param name="Version">Counts writes since the server's start.</param>
public sealed record FeedBatch(long Version, CloudSnapshot Cloud, IReadOnlyList<Change> Changes, bool WorldChanged);
