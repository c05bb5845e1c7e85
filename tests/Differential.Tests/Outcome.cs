using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Planes.Linux.Packets;
using Trunkline.Tracing;

namespace Trunkline.Tests.Differential;

/// <summary>The fate of one packet, by model or kernel, in words that can be compared.</summary>
/// <param name="Code">Why it was dropped; null where it arrived.</param>
/// <param name="Where">Who received it: an interface's id, <c>outside</c>, <c>service</c>; "" where nobody did.</param>
/// <param name="Header">As it was received.</param>
internal sealed record Outcome(string? Code, string Where, string Header)
{
    public const string Outside = "outside";
    public const string Service = "service";

    /// <summary>The kernel dropped it without a rule.</summary>
    public const string Lost = "LOST";

    public override string ToString() => Code is null ? $"received at {Where} as {Header}" : $"dropped {Code}";
}

/// <summary>What the model says of one flow.</summary>
/// <param name="Forward">The packet's fate.</param>
/// <param name="Return">The reply's; null where no reply is due.</param>
/// <param name="Mismatch">The reply arrives somewhere, and is not what the sender waits for.</param>
internal sealed record Expected(Outcome Forward, Outcome? Return, bool Mismatch)
{
    public static Expected Of(Trace trace)
    {
        bool there = trace.Verdict.Arrived;
        Outcome forward = there ? Arrived(trace.Forward) : new Outcome(trace.Code.ToString(), "", "");
        if (!there || trace.Return.IsEmpty)
        {
            return new Expected(forward, null, Mismatch: false);
        }

        bool back = trace.Verdict.Delivered;
        Outcome reply = back ? Arrived(trace.Return) : new Outcome(trace.Code.ToString(), "", "");
        bool mismatch = !back && trace.Code == ExplanationCode.NO_MATCHING_CONNECTION
            && trace.Drop!.Component.Kind is "instance" or "internet" or "internet-host";
        return new Expected(forward, reply, mismatch);
    }

    private static Outcome Arrived(IReadOnlyList<Hop> hops)
    {
        Hop last = hops[^1];
        string where = last.Component.Kind switch
        {
            "internet" or "internet-host" => Outcome.Outside,
            "service" => Outcome.Service,
            _ => hops.Last(h => h.Component.Kind == NetworkInterface.Kind).Component.Id,
        };
        return new Outcome(null, where, HeaderText.Of(last.Outbound));
    }
}

/// <summary>Compares headers where the model leaves a port open.</summary>
internal static class Headers
{
    /// <summary>Whether a real header is one that the model's stands for.</summary>
    public static bool Fit(Header model, ProbeHeader real) =>
        model.Protocol == real.Protocol && model.Source == real.Source && model.Destination == real.Destination
        && (model.SourcePorts is not { } from || (from.From <= real.SourcePort && real.SourcePort <= from.To))
        && (model.DestinationPorts is not { } to || (to.From <= real.DestinationPort && real.DestinationPort <= to.To))
        && (model.Icmp is not { } icmp || (icmp.Type << 8 | icmp.Code) == real.DestinationPort);

    public static ProbeHeader Of(Flow flow, ushort identifier) => new(
        flow.Source, flow.Destination, flow.Protocol, Protocols.IsIcmp(flow.Protocol) ? identifier : flow.SourcePort, flow.DestinationPort);
}
