using System.Collections.Immutable;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>
/// Turns a forwarding state into what one Linux host holds to carry its packets: namespaces, links, addresses, routes, rules and filters,
/// so that the kernel's fate of every packet is the model's. Pure: the same state gives the same network, whatever was compiled before.
/// </summary>
public static class LinuxCompiler
{
    /// <summary>Compiles a state, building on an earlier compile where there is one: what did not change stays the same object.</summary>
    /// <param name="used">Ids of machines that somebody uses; they get a namespace of their own, as do machines that routes lead to.</param>
    /// <param name="previous">Of an earlier state; its network is compared with, where the states do not share handles.</param>
    public static CompiledNetwork Compile(ForwardingState state, IReadOnlySet<string> used, CompiledNetwork? previous = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(used);
        if (previous is null)
        {
            return new NetworkDraft(state, used, null).Make();
        }

        return previous.State.SharesHandlesWith(state)
            ? new NetworkDraft(state, used, previous).Make()
            : Reuse(new NetworkDraft(state, used, null).Make(), previous);
    }

    /// <summary>Takes over every namespace that is the same in an unrelated compile.</summary>
    private static CompiledNetwork Reuse(CompiledNetwork made, CompiledNetwork previous)
    {
        ImmutableSortedDictionary<string, NamespaceNetwork>.Builder all = made.Network.Namespaces.ToBuilder();
        foreach ((string name, NamespaceNetwork old) in previous.Network.Namespaces)
        {
            if (all.TryGetValue(name, out NamespaceNetwork? now) && Namespaces.Same(old, now))
            {
                all[name] = old;
            }
        }

        return new CompiledNetwork(made.State, made.Used, new HostNetwork(all.ToImmutable()))
        {
            Machines = made.Machines,
            Domains = made.Domains,
            SetUsers = made.SetUsers,
            World = made.World,
            Unbound = made.Unbound,
        };
    }
}
