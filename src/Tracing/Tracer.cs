using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Answers for one forwarding state what happens to a packet. Holds nothing else: any number of threads may ask.</summary>
public sealed class Tracer(ForwardingState state)
{
    public ForwardingState State { get; } = state;

    /// <summary>The verdict alone: no allocation.</summary>
    public Verdict Evaluate(in Flow flow) => new Walker<Silent>(State, default).Run(flow);

    /// <summary>The verdict with the whole way to it: the same walk, told step by step.</summary>
    /// <param name="connection">
    /// What filters remember, for a later packet of a connection that was let pass in an earlier state; null for a first packet.
    /// </param>
    public Trace Explain(in Flow flow, Connection? connection = null)
    {
        List<Step> steps = [];
        Walker<Recorder> walker = new(State, new Recorder(steps), connection);
        Verdict verdict = walker.Run(flow);
        return new TraceBuilder(State).Build(flow, verdict, steps, walker.ReturnBegins, walker.Fault) with
        {
            Connection = connection ?? walker.Remembered(),
        };
    }
}
