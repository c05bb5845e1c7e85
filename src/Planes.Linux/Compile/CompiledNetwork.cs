using System.Collections.Immutable;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>A compile and what the next one can build on. A value: the next leaves it as it is.</summary>
public sealed class CompiledNetwork
{
    internal CompiledNetwork(ForwardingState state, IReadOnlySet<string> used, HostNetwork network)
    {
        State = state;
        Used = used;
        Network = network;
    }

    /// <summary>What the host shall hold.</summary>
    public HostNetwork Network { get; }

    /// <summary>What it was compiled from.</summary>
    public ForwardingState State { get; }

    /// <summary>Ids of the machines that somebody uses.</summary>
    public IReadOnlySet<string> Used { get; }

    /// <summary>Handles of the machines that have a namespace of their own.</summary>
    internal ImmutableHashSet<int> Machines { get; init; } = [];

    internal ImmutableDictionary<int, DomainParts> Domains { get; init; } = ImmutableDictionary<int, DomainParts>.Empty;

    /// <summary>How many need a set: by namespace and name.</summary>
    internal ImmutableDictionary<(string Namespace, string Set), int> SetUsers { get; init; } =
        ImmutableDictionary<(string Namespace, string Set), int>.Empty;

    /// <summary>The facts of the internet itself.</summary>
    internal ImmutableArray<Fact> World { get; init; } = [];

    /// <summary>The facts of public addresses that are nobody's.</summary>
    internal ImmutableArray<Fact> Unbound { get; init; } = [];

    /// <summary>Where the machine of an interface is: its namespace and its link there; null where it has none of its own.</summary>
    /// <param name="nic">The interface's handle in <see cref="State"/>.</param>
    public (string Namespace, string Link)? PlaceOf(int nic)
    {
        ref readonly Nic at = ref State.Nics[nic];
        bool own = at.Machine >= 0 && at.Has(NicTraits.Attached) && at.Has(NicTraits.Running) && Machines.Contains(at.Machine);
        return own
            ? (LinuxNames.Machine(State.Machines[at.Machine].Row.Id), LinuxNames.MachineLink(State.NicMores[nic].Slot))
            : null;
    }
}

/// <summary>What is kept of one domain.</summary>
/// <param name="Via">Interfaces that its routes name.</param>
/// <param name="Facts">Of its router, beside interfaces and filters.</param>
/// <param name="Filters">How many of its interfaces have a filter.</param>
internal sealed record DomainParts(DomainPlan Plan, HashSet<int> Via, IReadOnlyCollection<Fact> Facts, ImmutableDictionary<int, int> Filters);
