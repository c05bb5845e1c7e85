using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Answers.</summary>
public sealed class Tracer(ForwardingState state)
{
    public ForwardingState State { get; } = state;
}
