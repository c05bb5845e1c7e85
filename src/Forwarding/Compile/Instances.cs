using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

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
            Machine made = Facts(work, row, new(key, runs, -1));
            handle = work.Machines.Add(made);
            work.MachineHandles = work.Add(work.MachineHandles, key, handle);
        }
        else
        {
            ref Machine machine = ref work.Machines.Edit(handle);
            machine = Facts(work, row, machine with { Runs = runs });
        }

        Announce(work, handle);
    }

    private static Machine Facts(Workspace work, Instance row, Machine machine) => machine with
    {
        NamedById = NamedById(row),
        Ports = work.World.PortsOf(row),
        Status = work.World.StatusOf(row),
        Speaker = work.World.SpeakerOf(row),
    };

    private static bool NamedById(Instance row) => row.HostnameType == "resource-name";

    /// <summary>Under its name as a router, while it is one.</summary>
    private static void Announce(Workspace work, int handle)
    {
        if (work.Machines[handle].Speaker is { } speaker)
        {
            work.Routers = work.Routers.SetItem(speaker, handle);
        }
        else if (!work.Routers.IsEmpty)
        {
            work.Routers = work.Routers.Remove(Speaker.OfMachine(work.Machines[handle].Row.Id));
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.MachineHandles.Find(key) >= 0)
        {
            work.Routers = work.Routers.Remove(Speaker.OfMachine(id));
            work.MachineHandles = work.Add(work.MachineHandles, key, -1);
        }
    }
}
