using Trunkline.Planes.Linux.Probe;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>Everything that the helper can do, one line for each part.</summary>
internal static class AgentCatalog
{
    public static AgentRegistry All()
    {
        AgentRegistry registry = new();
        CoreOperations.Register(registry);
        Packets.ProbeOperations.Register(registry);
        KernelOperations.Register(registry);
        KernelProbe.Register(registry);
        Machines.MachineOperations.Register(registry);
        return registry;
    }
}
