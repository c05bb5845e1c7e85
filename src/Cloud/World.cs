using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>What lies outside AWS. Sites and AWS's public services take their place beside the hosts.</summary>
public sealed record World
{
    public static readonly World Default = new();

    /// <summary>Whether a public address that no host names answers, on every port.</summary>
    public bool InternetAnswers { get; init; } = true;

    public ImmutableArray<InternetHost> Hosts { get; init; } = [];
}

/// <summary>A host, or a range of them, on the internet.</summary>
/// <param name="Name">Unique among the hosts.</param>
/// <param name="Addresses">Public blocks it has; a single address is a /32 or /128.</param>
/// <param name="Answers">False: packets to it are lost, whatever the port.</param>
/// <param name="Ports">Where it listens; empty: everywhere.</param>
public sealed record InternetHost(string Name, ImmutableArray<Prefix> Addresses, bool Answers, ImmutableArray<HostPort> Ports);

/// <param name="Protocol">IANA protocol number: 6 or 17.</param>
public sealed record HostPort(int Protocol, int From, int To);
