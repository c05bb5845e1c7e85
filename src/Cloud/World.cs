using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>What lies outside AWS, and what AWS's control plane cannot know: what has failed, and on which ports machines listen.</summary>
public sealed record World
{
    public static readonly World Default = new();

    /// <summary>How far the cloud's clock is ahead of the machine's, in whole seconds and more than none; null where it is the machine's.</summary>
    public TimeSpan? Ahead { get; init; }

    /// <summary>Whether a public address that no host names answers, on every port.</summary>
    public bool InternetAnswers { get; init; } = true;

    public ImmutableArray<InternetHost> Hosts { get; init; } = [];

    /// <summary>What is declared to have failed, ascending and each once.</summary>
    public ImmutableArray<WorldFailure> Failures { get; init; } = [];

    /// <summary>Machines that listen on some ports only, in the order of their names; one that is not here listens everywhere.</summary>
    public ImmutableArray<ListeningMachine> Listening { get; init; } = [];

    /// <summary>Data centres and offices, in the order of their names.</summary>
    public ImmutableArray<Site> Sites { get; init; } = [];

    /// <summary>Instances that are routers, in the order of their names.</summary>
    public ImmutableArray<RoutingMachine> Roles { get; init; } = [];

    /// <summary>What the cloud's clock shows when the machine's shows this.</summary>
    public DateTimeOffset TimeAt(DateTimeOffset machine) => machine + (Ahead ?? TimeSpan.Zero);
}

/// <summary>A host, or a range of them, on the internet.</summary>
/// <param name="Name">Unique among the hosts.</param>
/// <param name="Addresses">Public blocks it has; a single address is a /32 or /128.</param>
/// <param name="Answers">False: packets to it are lost, whatever the port.</param>
/// <param name="Ports">Where it listens; empty: everywhere.</param>
public sealed record InternetHost(string Name, ImmutableArray<Prefix> Addresses, bool Answers, ImmutableArray<HostPort> Ports);

/// <param name="Protocol">IANA protocol number: 6 or 17.</param>
public sealed record HostPort(int Protocol, int From, int To);

/// <summary>Something that does not work although its configuration is right.</summary>
/// <param name="Subject">
/// <c>instance:i-…</c>, <c>eni:eni-…</c>, <c>az:us-east-1a</c> (everything with an interface or a tunnel's end in the zone),
/// <c>target:TARGET-GROUP-KEY/ID:PORT</c> and <c>target:CLASSIC-NAME/i-…</c> (the program behind one target), <c>tunnel:vpn-…/1</c>,
/// <c>update:vpn-…/1</c> (AWS is updating the tunnel's end: it works, and the other one is preferred), <c>vif:dxvif-…</c>,
/// <c>connection:dxcon-…</c>, <c>location:CODE</c> (a Direct Connect location), or <c>router:SITE/NAME</c>.
/// </param>
public sealed record WorldFailure(PartitionKey Partition, string Subject) : IComparable<WorldFailure>
{
    public const string Instance = "instance:";
    public const string Interface = "eni:";
    public const string Zone = "az:";
    public const string Target = "target:";
    public const string Tunnel = "tunnel:";
    public const string Update = "update:";
    public const string Router = "router:";
    public const string VirtualInterface = "vif:";
    public const string Connection = "connection:";
    public const string Location = "location:";

    public static ImmutableArray<string> Words { get; } =
        [Instance, Interface, Zone, Target, Tunnel, Update, Router, VirtualInterface, Connection, Location];

    /// <summary>The partition of what lies outside every account: routers and Direct Connect locations.</summary>
    public static readonly PartitionKey Nowhere = new("", "");

    public int CompareTo(WorldFailure? other) => other is null ? 1
        : Partition.CompareTo(other.Partition) is not 0 and int order ? order
        : string.CompareOrdinal(Subject, other.Subject);

    /// <summary><c>ACCOUNT/REGION/SUBJECT</c>.</summary>
    public override string ToString() => $"{Partition}/{Subject}";
}

/// <summary>A machine whose programs listen on these ports and no others.</summary>
/// <param name="Machine">An instance's id, or its tag <c>Name</c>.</param>
/// <param name="Ports">None: it answers pings and nothing else.</param>
/// <param name="Status">The HTTP status that its programs answer health checks with, 100 to 599.</param>
public sealed record ListeningMachine(string Machine, ImmutableArray<HostPort> Ports, int Status = ListeningMachine.Well)
{
    /// <summary>What a program says that is well.</summary>
    public const int Well = 200;

    public bool Equals(ListeningMachine? other) =>
        other is not null && Machine == other.Machine && Status == other.Status && Ports.SequenceEqual(other.Ports);

    public override int GetHashCode() => HashCode.Combine(Machine, Status, Ports.Length);
}
