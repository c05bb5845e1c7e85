using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Control;

/// <summary>
/// Keeps a compiled model of the cloud: made when first asked for, then carried along change by change, up to the cloud that is asked about. That is
/// the durable one, while later ones may wait for the store.
/// </summary>
internal sealed class ModelFollower
{
    /// <summary>More changes than this since the last question: a full compile costs less.</summary>
    private const int PendingMax = 20_000;

    private readonly Lock gate = new();
    private readonly Queue<(CloudSnapshot Cloud, IReadOnlyList<Change> Changes)> pending = [];
    private int pendingChanges;
    private CloudSnapshot newest = CloudSnapshot.Empty;
    private CloudSnapshot? compiledFrom;
    private ForwardingState? compiled;

    /// <summary>Tells of the next cloud and what is different in it. Cheap: the model follows when it is asked.</summary>
    public void Follow(CloudSnapshot next, IReadOnlyList<Change> changes)
    {
        lock (gate)
        {
            newest = next;
            if (compiled is null)
            {
                return;
            }

            pending.Enqueue((next, changes));
            pendingChanges += changes.Count;
            if (pendingChanges > PendingMax)
            {
                Forget();
            }
        }
    }

    /// <summary>The model of a cloud. One that lies before what was asked about last is compiled for this question alone.</summary>
    public Tracer TracerOf(CloudSnapshot snapshot)
    {
        lock (gate)
        {
            if (StateOf(snapshot) is { } state)
            {
                return new Tracer(state);
            }
        }

        // Outside the gate, so that no write waits for it.
        return new Tracer(Compiler.Compile(snapshot));
    }

    private ForwardingState? StateOf(CloudSnapshot snapshot)
    {
        if (compiled is null)
        {
            if (!ReferenceEquals(snapshot, newest))
            {
                return null;
            }

            compiledFrom = newest;
            return compiled = Compiler.Compile(newest);
        }

        if (ReferenceEquals(snapshot, compiledFrom))
        {
            return compiled;
        }

        if (!pending.Any(p => ReferenceEquals(p.Cloud, snapshot)))
        {
            return null;
        }

        List<Change> changes = [];
        while (!ReferenceEquals(snapshot, compiledFrom))
        {
            (compiledFrom, IReadOnlyList<Change> some) = pending.Dequeue();
            changes.AddRange(some);
        }

        pendingChanges -= changes.Count;
        return compiled = Compiler.Apply(compiled, snapshot, changes);
    }

    private void Forget()
    {
        compiled = null;
        compiledFrom = null;
        pending.Clear();
        pendingChanges = 0;
    }
}
