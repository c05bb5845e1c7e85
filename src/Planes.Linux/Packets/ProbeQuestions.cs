using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>
/// <c>probe</c>: sends one packet for real and tells its way in the rows' names. Arguments: <c>nic</c> (the sending interface's row id, or
/// null for the internet), <c>source</c>, <c>destination</c>, <c>protocol</c>, <c>sourcePort</c>, <c>destinationPort</c>. Answer:
/// <c>forward</c> and <c>return</c> (null where no answer was sent), each <c>{end, reason, ways}</c>; a way is <c>{place, row, in, out,
/// before, after}</c>.
/// </summary>
internal static class ProbeQuestions
{
    /// <summary>Beyond so many machines a probe looks at the ones it must know only.</summary>
    private const int MachinesMax = 100;

    public static async ValueTask<JsonNode?> Probe(LinuxPlane plane, PlaneQuestion question, CancellationToken stop)
    {
        JsonObject arguments = question.Arguments;
        ProbeHeader header = new(
            AddressOf(arguments, "source"), AddressOf(arguments, "destination"), (byte)NumberOf(arguments, "protocol"),
            (ushort)NumberOf(arguments, "sourcePort"), (ushort)NumberOf(arguments, "destinationPort"));
        string? nic = (string?)arguments["nic"];
        ProbeShot shot = new(LinuxNames.Outside, null, header);
        HashSet<string> known = [];
        if (nic is not null)
        {
            string machine = MachineOf(question.State, nic);
            await plane.Use(machine, stop).ConfigureAwait(false);
            known.Add(LinuxNames.Machine(machine));
            string link = LinkOf(plane.There, machine, nic)
                ?? throw new PlaneException("NotThere", $"{nic} has no link in {machine}");
            shot = new ProbeShot(LinuxNames.Machine(machine), link, header);
        }

        if (ReceiverOf(question.State, nic, header.Destination) is { } receiver)
        {
            await plane.Use(receiver, stop).ConfigureAwait(false);
            known.Add(LinuxNames.Machine(receiver));
        }

        HostNetwork there = plane.There;
        ProbeRequest request = new(SitesOf(there, known), [shot]);
        ProbeReply reply = await plane.Agent.Call(
            ProbeOperations.Probe, request, PacketJson.Default.ProbeRequest, PacketJson.Default.ProbeReply, stop).ConfigureAwait(false);
        Rows rows = new(question.State, there);
        ShotResult result = reply.Results[0];
        return new JsonObject { ["forward"] = rows.Fate(result.There), ["return"] = result.Back is null ? null : rows.Fate(result.Back) };
    }

    private static IpAddress AddressOf(JsonObject arguments, string name) =>
        IpAddress.TryParse((string?)arguments[name], out IpAddress address)
            ? address
            : throw new PlaneException("InvalidArgument", $"'{name}' is not an address");

    private static int NumberOf(JsonObject arguments, string name) => (int?)arguments[name] ?? 0;

    private static string MachineOf(ForwardingState state, string nic)
    {
        for (int i = 0; i < state.Nics.Count; i++)
        {
            if (state.NicMores[i].Row.Id == nic)
            {
                int machine = state.Nics[i].Machine;
                return machine >= 0 ? state.Machines[machine].Row.Id : throw new PlaneException("NoMachine", $"{nic} is in no machine");
            }
        }

        throw new PlaneException("UnknownInterface", $"there is no {nic}");
    }

    /// <summary>The running machine that has the destination, as seen from the sender; null where none has it.</summary>
    private static string? ReceiverOf(ForwardingState state, string? from, IpAddress destination)
    {
        int nic = destination.IsV4 ? state.Public.Find(destination.V4Bits) : -1;
        if (nic < 0)
        {
            int domain = -1;
            for (int i = 0; i < state.Nics.Count && from is not null; i++)
            {
                domain = state.NicMores[i].Row.Id == from ? state.Nics[i].Domain : domain;
            }

            domain = domain < 0 && !destination.IsV4 ? state.Domains6.Find(destination.Bits) : domain;
            nic = domain < 0 ? -1 : state.NicAt(domain, destination.Bits, destination.IsV4);
        }

        return nic >= 0 && state.Nics[nic].Machine is >= 0 and int machine && state.Machines[machine].Runs ? state.Machines[machine].Row.Id : null;
    }

    private static string? LinkOf(HostNetwork there, string machine, string nic)
    {
        string router = LinuxNames.NicLink(nic);
        return there.Namespaces.GetValueOrDefault(LinuxNames.Machine(machine))?.Links.Values.FirstOrDefault(l => l.PeerName == router)?.Name;
    }

    private static ImmutableArray<ProbeSite> SitesOf(HostNetwork there, HashSet<string> known)
    {
        bool all = there.Namespaces.Values.Count(n => n.Role == NamespaceRole.Machine) <= MachinesMax;
        return
        [
            .. there.Namespaces.Values
                .Where(n => n.Role != NamespaceRole.Machine || all || known.Contains(n.Name))
                .Select(n => new ProbeSite(n.Name, n.Role, [.. n.Links.Values])),
        ];
    }

    /// <summary>Names of namespaces and links back to rows.</summary>
    private sealed class Rows(ForwardingState state, HostNetwork network)
    {
        private readonly Dictionary<string, string> nics = NicsOf(state);

        public JsonObject Fate(ShotFate fate) => new()
        {
            ["end"] = fate.End.ToString().ToLowerInvariant(),
            ["reason"] = fate.Reason,
            ["ways"] = new JsonArray([.. fate.Passes.Select(Way)]),
        };

        private JsonNode Way(ProbePass pass)
        {
            NamespaceNetwork at = network.Namespaces[pass.Namespace];
            string? row = at.Role switch
            {
                NamespaceRole.Machine => pass.Namespace[LinuxNames.Machine("").Length..],
                NamespaceRole.Router => pass.Namespace[LinuxNames.Router("").Length..],
                NamespaceRole.Translator => pass.Namespace[LinuxNames.Translator("").Length..],
                NamespaceRole.Idle => IdleMachine(pass),
                _ => null,
            };
            return new JsonObject
            {
                ["place"] = at.Role == NamespaceRole.Idle ? "machine" : at.Role.ToString().ToLowerInvariant(),
                ["row"] = row,
                ["in"] = LinkRow(at, pass.In, pass),
                ["out"] = LinkRow(at, pass.Out, pass),
                ["before"] = Header(pass.Before),
                ["after"] = Header(pass.After),
            };
        }

        private string? LinkRow(NamespaceNetwork at, string? link, ProbePass pass)
        {
            if (link is null || !at.Links.TryGetValue(link, out Link? found))
            {
                return null;
            }

            string name = at.Role == NamespaceRole.Router ? link : found.PeerName;
            return name switch
            {
                LinuxNames.BorderLink => "border",
                LinuxNames.OneWayLink => "one-way",
                LinuxNames.IdleLink => IdleNic(pass) is >= 0 and int nic ? state.NicMores[nic].Row.Id : "idle",
                _ => nics.GetValueOrDefault(name, name),
            };
        }

        private string? IdleMachine(ProbePass pass) =>
            IdleNic(pass) is >= 0 and int nic && state.Nics[nic].Machine is >= 0 and int machine ? state.Machines[machine].Row.Id : null;

        /// <summary>The interface that a packet to or from the idle namespace is about.</summary>
        private int IdleNic(ProbePass pass)
        {
            string domain = pass.Namespace[LinuxNames.Router("").Length..];
            for (int i = 0; i < state.Domains.Count; i++)
            {
                if (state.Domains[i].More.Row.Id == domain)
                {
                    bool leaves = pass.In is null || pass.In == LinuxNames.IdleLink;
                    IpAddress address = leaves ? pass.Before.Source : pass.After.Destination;
                    return state.NicAt(i, address.Bits, address.IsV4);
                }
            }

            return -1;
        }

        private static Dictionary<string, string> NicsOf(ForwardingState state)
        {
            Dictionary<string, string> found = new(StringComparer.Ordinal);
            for (int i = 0; i < state.Nics.Count; i++)
            {
                found[LinuxNames.NicLink(state.NicMores[i].Row.Id)] = state.NicMores[i].Row.Id;
            }

            return found;
        }

        private static JsonObject Header(ProbeHeader header) => new()
        {
            ["source"] = header.Source.ToString(),
            ["destination"] = header.Destination.ToString(),
            ["protocol"] = (int)header.Protocol,
            ["sourcePort"] = (int)header.SourcePort,
            ["destinationPort"] = (int)header.DestinationPort,
        };
    }
}
