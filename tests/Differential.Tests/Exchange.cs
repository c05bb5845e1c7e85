using System.Globalization;
using System.Text;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Packets;
using Trunkline.Tracing;

namespace Trunkline.Tests.Differential;

/// <summary>One packet and its answer, sent for real and held against the model's trace.</summary>
internal sealed class Exchange(Field field, Partition rows, ForwardingState state, Trace trace)
{
    private readonly Expected expected = Expected.Of(trace);

    /// <summary>How many of the two packets went the short way: they arrived, and no router told of them.</summary>
    public int Short { get; private set; }

    public Disagreement? Compare(ProbePlace from, ProbePacket packet)
    {
        PacketFate there = field.Prober.Send(from, packet);
        Outcome forward = OutcomeOf(there);
        Short += IsShort(from, there) ? 1 : 0;
        if (!Agree(expected.Forward, forward, there, trace.Forward))
        {
            return Tell("forward", expected.Forward, forward, there, null);
        }

        if (expected.Return is not { } reply)
        {
            return null;
        }

        PacketFate back = field.Prober.Answer(there);
        Outcome answered = OutcomeOf(back);
        Short += IsShort(there.At, back) ? 1 : 0;
        bool agree = IsStray(reply, answered) || (expected.Mismatch
            ? answered.Code is "NO_MATCHING_CONNECTION" || (answered.Code is null && !IsAwaited(from, packet.Header, back))
            : Agree(reply, answered, back, trace.Return));
        return agree ? null : Tell("return", reply, answered, there, back);
    }

    /// <summary>
    /// An answer that comes to a filter which has not seen the question: both drop it. The model asks the rules first, the kernel has no
    /// connection that it could belong to; AWS's documentation does not say which is asked first.
    /// </summary>
    private static bool IsStray(Outcome model, Outcome real) =>
        real.Code == nameof(ExplanationCode.NO_MATCHING_CONNECTION)
        && model.Code is nameof(ExplanationCode.ENI_SG_RULES_MISMATCH)
            or nameof(ExplanationCode.SG_HAS_NO_RULES) or nameof(ExplanationCode.SG_REFERENCES_NOT_PRESERVED);

    private static bool PassedOn((string Namespace, TraceEvent Event) told) =>
        told.Namespace.StartsWith(LinuxNames.Machine(""), StringComparison.Ordinal) && told.Event.Chain == ProbeNamespace.Left;

    private static bool IsShort(ProbePlace from, PacketFate fate) => fate.End == PacketEnd.Received
        && (fate.At.Namespace.StartsWith(LinuxNames.Machine(""), StringComparison.Ordinal)
            || from.Namespace.StartsWith(LinuxNames.Machine(""), StringComparison.Ordinal))
        && !fate.Events.Any(e => e.Namespace.StartsWith(LinuxNames.Router(""), StringComparison.Ordinal));

    private static bool IsAwaited(ProbePlace from, ProbeHeader sent, PacketFate back) =>
        back.At.Namespace == from.Namespace && back.Packet is { } came && came.Header == sent.Reply();

    private Outcome OutcomeOf(PacketFate fate) => fate.End switch
    {
        PacketEnd.Received => new Outcome(null, field.WhoIs(rows, state, fate), fate.Packet!.Value.Header.ToString()),
        PacketEnd.Dropped => new Outcome(fate.Reason.Split(' ')[0], "", ""),
        _ => new Outcome(Outcome.Lost, "", ""),
    };

    private static bool Agree(Outcome model, Outcome real, PacketFate fate, IReadOnlyList<Hop> hops)
    {
        if (model.Code is { } code)
        {
            // A loop has no rule: it ends when the packet's hop limit does. What a machine passes on to an absent neighbour ends at its ARP.
            return real.Code == code
                || (real.Code == Outcome.Lost && code is nameof(ExplanationCode.FORWARDING_LOOP))
                || (real.Code == Outcome.Lost && code is nameof(ExplanationCode.NO_POSSIBLE_DESTINATION) && fate.Events.Any(PassedOn));
        }

        return real.Code is null && real.Where == model.Where && Headers.Fit(hops[^1].Outbound, fate.Packet!.Value.Header);
    }

    private Disagreement Tell(string leg, Outcome model, Outcome real, PacketFate there, PacketFate? back)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{leg}: model: {model}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{leg}: kernel: {real}");
        text.AppendLine("model's trace:");
        text.AppendLine(string.Join('\n', TraceText.Render(trace, TraceLength.Detailed).Select(l => "  " + l)));
        text.AppendLine("kernel's trace:");
        Show(text, there);
        if (back is not null)
        {
            text.AppendLine("  the answer:");
            Show(text, back);
        }

        string sign = $"{leg}: model {model.Code ?? "received"}, kernel {real.Code ?? "received"}";
        string how = model.Code is not null || real.Code is not null ? "" : model.Where == real.Where ? " as another" : " elsewhere";
        return new Disagreement(sign + how, text.ToString());
    }

    private void Show(StringBuilder text, PacketFate fate)
    {
        foreach ((string name, TraceEvent one) in fate.Events)
        {
            bool told = one.Handle != 0 && (one.Table != ProbeNamespace.Table || one.Chain is not ProbeNamespace.Came);
            if (!told && one.Packet is null)
            {
                continue;
            }

            string header = one.Packet is { } packet ? $" {packet.Header} ttl {packet.Ttl}" : "";
            string comment = field.Prober.CommentOf(name, one) is { Length: > 0 } said ? $" \"{said}\"" : "";
            string verdict = one.Verdict switch { 0 => "drop", 1 => "accept", -1 => "continue", -3 => "jump", -4 => "goto", -5 => "return", _ => "" };
            string links = $"{field.Prober.LinkOf(name, one.InLink)}>{field.Prober.LinkOf(name, one.OutLink)}";
            string rule = $"{one.Table} {one.Chain} {one.Handle} {verdict}{comment}";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name,-24} {links,-20} {rule} mark {one.Mark:x}{header}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"  end: {fate.End} at {fate.At.Namespace} {fate.At.Link} {fate.Reason}");
    }
}
