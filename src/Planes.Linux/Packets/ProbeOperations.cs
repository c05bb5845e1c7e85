using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>Packets to send for real.</summary>
/// <param name="Namespaces">Where to look for them.</param>
public sealed record ProbeRequest(ImmutableArray<ProbeSite> Namespaces, ImmutableArray<ProbeShot> Shots);

/// <summary>A namespace as a probe needs to know it.</summary>
public sealed record ProbeSite(string Name, NamespaceRole Role, ImmutableArray<Link> Links);

/// <summary>One packet and where it starts.</summary>
/// <param name="Link">Null: the namespace's own routing.</param>
public sealed record ProbeShot(string Namespace, string? Link, ProbeHeader Header);

/// <summary>What became of each packet, in the order of the shots.</summary>
public sealed record ProbeReply(ImmutableArray<ShotResult> Results);

/// <param name="Back">Of the receiver's answer; null where there was none.</param>
public sealed record ShotResult(ShotFate There, ShotFate? Back);

/// <summary>One packet's fate; see <see cref="PacketFate"/>.</summary>
public sealed record ShotFate(
    PacketEnd End, string Namespace, string? Link, ProbeHeader? Header, string Reason, ImmutableArray<ProbePass> Passes);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(IpAddressConverter), typeof(PrefixConverter)])]
[JsonSerializable(typeof(ProbeRequest))]
[JsonSerializable(typeof(ProbeReply))]
internal sealed partial class PacketJson : JsonSerializerContext;

/// <summary>Sends packets for real, in the helper.</summary>
internal static class ProbeOperations
{
    public const string Probe = "packet.probe";

    /// <summary>Probes of this process, so that no two have the same id.</summary>
    private static int made = Environment.TickCount & 0xFFFFFF;

    public static void Register(AgentRegistry registry) =>
        registry.Add(Probe, PacketJson.Default.ProbeRequest, PacketJson.Default.ProbeReply, (host, request, _) => ValueTask.FromResult(Run(host, request)));

    private static ProbeReply Run(AgentHost host, ProbeRequest request)
    {
        HostNetwork network = NetworkOf(request);

        // One at a time: a fate is told by what the namespaces say while a packet is on its way.
        lock (PacketJson.Default)
        {
            using Prober prober = new(host.Directory.Netns, host.Kernel.Beside);
            try
            {
                prober.Follow(network);
                return new ProbeReply([.. request.Shots.Select(s => One(network, prober, s))]);
            }
            finally
            {
                prober.Withdraw();
            }
        }
    }

    private static ShotResult One(HostNetwork network, Prober prober, ProbeShot shot)
    {
        uint id = (uint)Interlocked.Increment(ref made) * 16;
        ProbeHeader header = shot.Header;
        if (header.IsIcmp && header.SourcePort == 0)
        {
            header = header with { SourcePort = (ushort)(id >> 4) };
        }

        ProbePlace from = new(shot.Namespace, shot.Link);
        bool tcp = header.Protocol == ProbeHeader.Tcp;
        PacketFate there = prober.Send(from, new ProbePacket(header, id, tcp ? TcpFlags.Syn : TcpFlags.None));
        ShotFate forward = FateOf(network, prober, from, header, there);
        if (there.End != PacketEnd.Received || !there.Packet!.Value.Header.IsAnswered)
        {
            return new ShotResult(forward, null);
        }

        (PacketFate back, ProbePlace at) = (prober.Answer(there), prober.AnswersFrom(there));
        ShotFate reply = FateOf(network, prober, at, there.Packet.Value.Header.Reply(), back);
        if (tcp)
        {
            // Ends the connection that conntrack has seen begin.
            prober.Send(from, new ProbePacket(header, id, TcpFlags.Reset));
        }

        return new ShotResult(forward, reply);
    }

    private static ShotFate FateOf(HostNetwork network, Prober prober, ProbePlace from, ProbeHeader sent, PacketFate fate) => new(
        fate.End, fate.At.Namespace, fate.At.Link, fate.Packet?.Header, fate.Reason, [.. ProbePasses.Of(network, prober, from, sent, fate)]);

    private static HostNetwork NetworkOf(ProbeRequest request)
    {
        ImmutableSortedDictionary<string, string> none = ImmutableSortedDictionary<string, string>.Empty;
        return new HostNetwork(HostNetwork.Empty.Namespaces.AddRange(request.Namespaces.Select(n => KeyValuePair.Create(
            n.Name,
            new NamespaceNetwork(n.Name, n.Role, null, none, n.Links.ToImmutableSortedDictionary(l => l.Name, l => l, StringComparer.Ordinal), [], [],
                [], [], null)))));
    }
}
