using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;
using Trunkline.Planes.Linux.Packets;
using Trunkline.Tests.Clouds;
using Link = Trunkline.Planes.Linux.Desired.Link;

namespace Trunkline.Tests.Differential;

/// <summary>A cloud carried by this kernel, and real packets in it.</summary>
internal sealed class Field : IDisposable
{
    private readonly HostKernel kernel;
    private readonly Prober prober;
    private CompiledNetwork? compiled;
    private bool failed;

    public Field(string directory)
    {
        Directory.CreateDirectory(directory);
        kernel = new HostKernel(directory) { LearnsProbes = true };
        prober = new Prober(kernel.Namespaces.PathOf);
    }

    public HostNetwork Network => compiled?.Network ?? HostNetwork.Empty;

    public Prober Prober => prober;

    /// <summary>Leads the kernel from what it holds to the state.</summary>
    public void Apply(ForwardingState state, IReadOnlySet<string> used)
    {
        CompiledNetwork next = LinuxCompiler.Compile(state, used, compiled);
        Lead(Network, next.Network);
        compiled = next;
        prober.Follow(next.Network);
    }

    /// <summary>Where packets of an interface start; null where it has no namespace.</summary>
    public ProbePlace? PlaceOf(NetworkInterface row)
    {
        if (row.Attachment?.InstanceId is not { } instance
            || !Network.Namespaces.TryGetValue(LinuxNames.Machine(instance.Value), out NamespaceNetwork? machine))
        {
            return null;
        }

        string router = LinuxNames.NicLink(row.Key);
        Link? link = machine.Links.Values.FirstOrDefault(l => l.PeerName == router);
        return link is null ? null : new ProbePlace(machine.Name, link.Name);
    }

    /// <summary>Who received a packet, in the model's words.</summary>
    public string WhoIs(Partition rows, ForwardingState state, PacketFate fate)
    {
        NamespaceNetwork at = Network.Namespaces[fate.At.Namespace];
        switch (at.Role)
        {
            case NamespaceRole.Outside:
                return Outcome.Outside;
            case NamespaceRole.Router:
                return Outcome.Service;
            case NamespaceRole.Idle:
                IpAddress address = fate.Packet!.Value.Header.Destination;
                int domain = state.DomainOf(CloudBuilder.Home, rows.All<Vpc>().First(v => LinuxNames.Idle(v.Key) == at.Name).Key);
                int nic = state.NicAt(domain, address.Bits, address.IsV4);
                return nic < 0 ? $"idle {address}" : state.NicMores[nic].Row.Id;
            default:
                return rows.All<NetworkInterface>().FirstOrDefault(e => PlaceOf(e) == fate.At)?.Key ?? $"{at.Name} {fate.At.Link}";
        }
    }

    public void Dispose()
    {
        prober.Dispose();
        try
        {
            Lead(failed ? kernel.Observe() : Network, HostNetwork.Empty);
        }
        finally
        {
            kernel.Dispose();
        }
    }

    private void Lead(HostNetwork there, HostNetwork next)
    {
        HostDelta delta = HostDelta.Between(there, next);
        IReadOnlyList<HostFailure> failures = kernel.Apply(delta);
        if (failures.Count > 0)
        {
            failed = true;
            throw new FieldException(string.Join('\n', failures.Take(5).Select(f => $"{f.Step.Namespace}: {f.Step.What}: {f.Why}")));
        }
    }
}

/// <summary>The kernel refused what the compile wants.</summary>
internal sealed class FieldException(string message) : Exception(message);
