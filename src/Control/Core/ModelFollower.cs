using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Control;

/// <summary>Keeps a compiled model of the newest cloud: made when first asked for, then carried along change by change.</summary>
internal sealed class ModelFollower
{
    /// <summary>More changes than this since the last question: a full compile costs less.</summary>
    private const int PendingMax = 20_000;

    private readonly Lock gate = new();
    private readonly List<Change> pending = [];
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

            pending.AddRange(changes);
            if (pending.Count > PendingMax)
            {
                Forget();
            }
        }
    }

    /// <summary>The model of a cloud; the newest one's is kept, any other's is compiled for this question.</summary>
    public Tracer TracerOf(CloudSnapshot snapshot)
    {
        lock (gate)
        {
            if (ReferenceEquals(snapshot, newest))
            {
                return new Tracer(CatchUp());
            }

            // A read of what is durable, while a later write waits: what is pending stays pending.
            return new Tracer(ReferenceEquals(snapshot, compiledFrom) ? compiled! : Compiler.Compile(snapshot));
        }
    }

    /// <summary>The model of the newest cloud.</summary>
    public Tracer TracerOfNewest()
    {
        lock (gate)
        {
            return new Tracer(CatchUp());
        }
    }

    private ForwardingState CatchUp()
    {
        if (compiled is null)
        {
            compiled = Compiler.Compile(newest);
        }
        else if (!ReferenceEquals(newest, compiledFrom))
        {
            compiled = Compiler.Apply(compiled, newest, pending);
        }

        compiledFrom = newest;
        pending.Clear();
        return compiled;
    }

    private void Forget()
    {
        compiled = null;
        compiledFrom = null;
        pending.Clear();
    }
}
