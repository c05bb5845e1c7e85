using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Instance → machine: one that does not run receives and sends nothing. Source: AWS, "Amazon EC2 instance state changes".</summary>
internal static class Instances
{
    public static void Put(Workspace work, int partition, Instance row)
    {
        RowKey key = new(partition, row.Key);
        bool runs = row.State == InstanceState.Running;
        int handle = work.MachineHandles.Find(key);
        if (handle < 0)
        {
            Machine made = new(key, runs, -1) { NamedById = NamedById(row), Ports = work.World.PortsOf(row), Status = work.World.StatusOf(row) };
            work.MachineHandles = work.Add(work.MachineHandles, key, work.Machines.Add(made));
        }
        else
        {
            ref Machine machine = ref work.Machines.Edit(handle);
            machine = machine with { Runs = runs, NamedById = NamedById(row), Ports = work.World.PortsOf(row), Status = work.World.StatusOf(row) };
        }
    }

    private static bool NamedById(Instance row) => row.HostnameType == "resource-name";

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.MachineHandles.Find(key) >= 0)
        {
            work.MachineHandles = work.Add(work.MachineHandles, key, -1);
        }
    }
}
