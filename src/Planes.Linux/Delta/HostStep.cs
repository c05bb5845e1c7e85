using System.Text.Json.Serialization;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Delta;

/// <summary>Why a step is taken.</summary>
public enum StepCause : byte
{
    /// <summary>Wanted, and not there.</summary>
    Missing,

    /// <summary>There, and not wanted.</summary>
    Unwanted,

    /// <summary>There, but otherwise than wanted.</summary>
    Differs,
}

/// <summary>One write into the kernel.</summary>
/// <param name="Namespace">The network namespace it is made in.</param>
[JsonDerivedType(typeof(AddNamespace), nameof(AddNamespace))]
[JsonDerivedType(typeof(RemoveNamespace), nameof(RemoveNamespace))]
[JsonDerivedType(typeof(SetSysctl), nameof(SetSysctl))]
[JsonDerivedType(typeof(LoadFilter), nameof(LoadFilter))]
[JsonDerivedType(typeof(ChangeFilter), nameof(ChangeFilter))]
[JsonDerivedType(typeof(RemoveFilter), nameof(RemoveFilter))]
[JsonDerivedType(typeof(AddPair), nameof(AddPair))]
[JsonDerivedType(typeof(SetLink), nameof(SetLink))]
[JsonDerivedType(typeof(RemoveLink), nameof(RemoveLink))]
[JsonDerivedType(typeof(AddAddress), nameof(AddAddress))]
[JsonDerivedType(typeof(RemoveAddress), nameof(RemoveAddress))]
[JsonDerivedType(typeof(SetNeighbour), nameof(SetNeighbour))]
[JsonDerivedType(typeof(RemoveNeighbour), nameof(RemoveNeighbour))]
[JsonDerivedType(typeof(SetRoute), nameof(SetRoute))]
[JsonDerivedType(typeof(RemoveRoute), nameof(RemoveRoute))]
[JsonDerivedType(typeof(AddRule), nameof(AddRule))]
[JsonDerivedType(typeof(RemoveRule), nameof(RemoveRule))]
public abstract record HostStep(string Namespace, StepCause Cause)
{
    /// <summary>What is done, in one line.</summary>
    public abstract string What { get; }

    /// <summary>Why, in words.</summary>
    public string Reason => Cause switch
    {
        StepCause.Missing => "wanted and not there",
        StepCause.Unwanted => "there and not wanted",
        _ => "there, but otherwise than wanted",
    };

    /// <summary>As a plan shows it.</summary>
    public PlaneStep ToPlaneStep() => new(Namespace, What, Reason);
}

/// <summary>Makes the namespace where it is not there, and marks it with its role and host name.</summary>
public sealed record AddNamespace(string Namespace, StepCause Cause, NamespaceRole Role, string? HostName) : HostStep(Namespace, Cause)
{
    public override string What => $"add {Role} namespace";
}

/// <summary>Deletes the namespace and all that is in it.</summary>
public sealed record RemoveNamespace(string Namespace, StepCause Cause) : HostStep(Namespace, Cause)
{
    public override string What => "remove namespace";
}

/// <param name="Path">Below /proc/sys, with slashes.</param>
public sealed record SetSysctl(string Namespace, StepCause Cause, string Path, string Value) : HostStep(Namespace, Cause)
{
    public override string What => $"set {Path} = {Value}";
}

/// <summary>Replaces the whole table in one transaction.</summary>
public sealed record LoadFilter(string Namespace, StepCause Cause, NftTable Table) : HostStep(Namespace, Cause)
{
    public override string What => $"load table of {Table.Sets.Count} sets and {Table.Chains.Count} chains";
}

/// <summary>Changes the table in one transaction.</summary>
public sealed record ChangeFilter(string Namespace, StepCause Cause, NftDelta Delta) : HostStep(Namespace, Cause)
{
    public override string What => $"change {Delta.Count} parts of the table";
}

/// <summary>Deletes the table.</summary>
public sealed record RemoveFilter(string Namespace, StepCause Cause) : HostStep(Namespace, Cause)
{
    public override string What => "remove table";
}

/// <summary>Makes a pair of links, both ends down, each in its namespace.</summary>
/// <param name="Near">The end in <see cref="HostStep.Namespace"/>.</param>
/// <param name="Far">The end in <c>Near.PeerNamespace</c>.</param>
public sealed record AddPair(string Namespace, StepCause Cause, Link Near, Link Far) : HostStep(Namespace, Cause)
{
    public override string What => $"add link {Near.Name} to {Far.Name} in {Near.PeerNamespace}";
}

/// <summary>Gives one end the properties that differ and brings it up.</summary>
/// <param name="Was">What it is now; null for one that was just made, with its properties.</param>
public sealed record SetLink(string Namespace, StepCause Cause, Link Link, Link? Was = null) : HostStep(Namespace, Cause)
{
    public override string What => $"set link {Link.Name} up";
}

/// <summary>Deletes a link, and with it the other end.</summary>
public sealed record RemoveLink(string Namespace, StepCause Cause, string Name) : HostStep(Namespace, Cause)
{
    public override string What => $"remove link {Name}";
}

public sealed record AddAddress(string Namespace, StepCause Cause, LinkAddress Address) : HostStep(Namespace, Cause)
{
    public override string What => $"add address {Address.Address}/{Address.Length} to {Address.Link}";
}

public sealed record RemoveAddress(string Namespace, StepCause Cause, LinkAddress Address) : HostStep(Namespace, Cause)
{
    public override string What => $"remove address {Address.Address}/{Address.Length} from {Address.Link}";
}

/// <summary>Writes a neighbour entry, over what is there for its address.</summary>
public sealed record SetNeighbour(string Namespace, StepCause Cause, Neighbour Neighbour) : HostStep(Namespace, Cause)
{
    public override string What => $"set neighbour {Neighbour.Address} on {Neighbour.Link} to {Neighbour.Mac}";
}

public sealed record RemoveNeighbour(string Namespace, StepCause Cause, Neighbour Neighbour) : HostStep(Namespace, Cause)
{
    public override string What => $"remove neighbour {Neighbour.Address} on {Neighbour.Link}";
}

/// <summary>Writes a route, over what is there for its destination in its table.</summary>
public sealed record SetRoute(string Namespace, StepCause Cause, KernelRoute Route) : HostStep(Namespace, Cause)
{
    public override string What => $"set route {HostDelta.Text(Route)}";
}

public sealed record RemoveRoute(string Namespace, StepCause Cause, KernelRoute Route) : HostStep(Namespace, Cause)
{
    public override string What => $"remove route {HostDelta.Text(Route)}";
}

public sealed record AddRule(string Namespace, StepCause Cause, KernelRule Rule) : HostStep(Namespace, Cause)
{
    public override string What => $"add rule {HostDelta.Text(Rule)}";
}

public sealed record RemoveRule(string Namespace, StepCause Cause, KernelRule Rule) : HostStep(Namespace, Cause)
{
    public override string What => $"remove rule {HostDelta.Text(Rule)}";
}
