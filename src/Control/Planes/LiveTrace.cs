using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Names;
using Trunkline.Forwarding;
using Trunkline.Planes;
using Trunkline.Tracing;

namespace Trunkline.Control;

/// <summary>One packet by the model and by the kernel.</summary>
/// <param name="Model">What should become of it.</param>
/// <param name="Real">What became of it.</param>
/// <param name="Differences">One line for each thing in which they differ; empty where they agree.</param>
public sealed record LiveTrace(Trace Model, Trace Real, IReadOnlyList<string> Differences)
{
    private const int FirstEphemeral = 32768;
    private const int LastEphemeral = 60999;

    /// <summary>Sends the packet for real and lays what happened beside what the model says.</summary>
    /// <exception cref="Fault">It cannot be sent.</exception>
    public static async ValueTask<LiveTrace> Ask(PlaneFollower follower, PartitionKey home, FlowQuestion question, CancellationToken stop)
    {
        await follower.Settled(stop).ConfigureAwait(false);
        ForwardingState state = follower.State ?? throw new Fault("PlaneFailed", "the plane carries nothing yet: see `trunkline status`");

        // A port of its own, so that no filter takes it for a packet of a connection that was let pass before.
        FlowQuestion fresh = question.SourcePort is null && Protocols.HasPorts(question.Protocol)
            ? question with { SourcePort = Random.Shared.Next(FirstEphemeral, LastEphemeral) }
            : question;
        if (!new EndpointResolver(state, home, new TraceNames(new Tracer(state))).TryResolve(fresh, out Flow flow, out string error))
        {
            throw new Fault("UnknownEndpoint", error);
        }

        JsonObject arguments = new()
        {
            ["nic"] = flow.Origin.Kind == OriginKind.Nic ? state.NicMores[flow.Origin.Handle].Row.Id : null,
            ["source"] = flow.Source.ToString(),
            ["destination"] = flow.Destination.ToString(),
            ["protocol"] = (int)flow.Protocol,
            ["sourcePort"] = (int)flow.SourcePort,
            ["destinationPort"] = (int)flow.DestinationPort,
        };
        Trace model = new Tracer(state).Explain(flow);
        JsonNode? told;
        try
        {
            told = await follower.Ask(home, "probe", arguments, null, stop).ConfigureAwait(false);
        }
        catch (Fault refused) when (refused.Code == "NotRunning" && model.Drop is { Code: ExplanationCode.BAD_STATE, Leg: Leg.Forward })
        {
            // A machine that does not run cannot send: both sides say so.
            return new LiveTrace(model, model, []);
        }

        SightedJourney forward = JourneyOf(told!["forward"]!);
        SightedJourney? back = told["return"] is { } reply ? JourneyOf(reply) : null;
        Trace real = new SightedTrace(state).Build(flow, forward, back);
        return new LiveTrace(model, real, [.. Compare(model, real)]);
    }

    private static IEnumerable<string> Compare(Trace model, Trace real)
    {
        if (model.Verdict.Delivered != real.Verdict.Delivered || model.Drop?.Leg != real.Drop?.Leg)
        {
            yield return $"the model says {Words(model)}, the kernel {Words(real)}";
        }
        else if (model.Code != real.Code)
        {
            yield return $"the model's reason is {model.Code}, the kernel's {real.Code}";
        }

        if (model.Verdict.Arrived && real.Verdict.Arrived && model.Forward[^1].Outbound is { } said && real.Forward[^1].Outbound is { } seen
            && !Fits(said, seen))
        {
            yield return $"the model's receiver sees {HeaderText.Of(said)}, the kernel's {HeaderText.Of(seen)}";
        }
    }

    /// <summary>A translator may choose any port of the model's range.</summary>
    private static bool Fits(Header said, Header seen) =>
        said.Source == seen.Source && said.Destination == seen.Destination && said.Protocol == seen.Protocol
        && Fits(said.SourcePorts, seen.SourcePorts) && Fits(said.DestinationPorts, seen.DestinationPorts);

    private static bool Fits(PortRange? said, PortRange? seen) =>
        said is null || (seen is not null && said.From <= seen.From && seen.To <= said.To);

    private static string Words(Trace trace) =>
        trace.Drop is null ? "delivered" : $"dropped {trace.Code} on the way {(trace.Drop.Leg == Leg.Forward ? "there" : "back")}";

    private static SightedJourney JourneyOf(JsonNode told) => new(
        (string?)told["end"] == "received", (string?)told["reason"] ?? "", [.. told["ways"]!.AsArray().Select(w => WayOf(w!))]);

    private static Sighting WayOf(JsonNode way) => new(
        Enum.Parse<SightingPlace>((string)way["place"]!, ignoreCase: true), (string?)way["row"], (string?)way["in"], (string?)way["out"],
        HeaderOf(way["before"]!), HeaderOf(way["after"]!));

    private static Sighted HeaderOf(JsonNode header) => new(
        IpAddress.Parse((string)header["source"]!), IpAddress.Parse((string)header["destination"]!), (byte)(int)header["protocol"]!,
        (ushort)(int)header["sourcePort"]!, (ushort)(int)header["destinationPort"]!);
}
