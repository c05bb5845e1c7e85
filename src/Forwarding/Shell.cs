using Trunkline.Cloud;

namespace Trunkline.Forwarding;

/// <summary>The compiled cloud.</summary>
public sealed class ForwardingState;

/// <summary>Compiles.</summary>
public static class Compiler
{
    public static ForwardingState Compile(CloudSnapshot snapshot) => new();

    public static ForwardingState Apply(ForwardingState state, CloudSnapshot next, IReadOnlyList<Change> changes) => new();
}
