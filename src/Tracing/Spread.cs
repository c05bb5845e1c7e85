using System.Collections.Immutable;

namespace Trunkline.Tracing;

/// <summary>What became of many flows that differ in nothing but their source port: how many arrived, and which lines carried how many of them.</summary>
/// <param name="Flows">How many were sent.</param>
/// <param name="Delivered">How many of them arrived and were answered.</param>
/// <param name="Lines">Every line that carried one on the way there, in the order of their ids.</param>
public sealed record Spread(int Flows, int Delivered, ImmutableArray<LineUse> Lines)
{
    /// <summary>As many as there are ephemeral ports on Linux: 32768 to 60999.</summary>
    public const int FlowsMax = 60999 - Flow.DefaultSourcePort + 1;
}

/// <summary>A line (tunnel, virtual interface, Connect session) and how much went over it.</summary>
/// <param name="Line"><c>vpn-…/1</c>.</param>
/// <param name="Of">The VPN connection, virtual interface or peer that it belongs to.</param>
/// <param name="Flows">How many flows it carried.</param>
public sealed record LineUse(string Line, Component Of, int Flows);
