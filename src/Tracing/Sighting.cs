using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Tracing;

/// <summary>Where a real packet was seen.</summary>
public enum SightingPlace
{
    /// <summary>At a machine; the row is the instance.</summary>
    Machine,

    /// <summary>In an address space's router; the row is the VPC.</summary>
    Router,

    /// <summary>At a port-sharing translator; the row is the NAT gateway.</summary>
    Translator,

    /// <summary>On the internet; no row.</summary>
    Outside,
}

/// <summary>A real packet's way through one place.</summary>
/// <param name="Row">The place's row id; null outside.</param>
/// <param name="In">By which interface (its row id) it came; <see cref="Border"/>, <see cref="OneWay"/>, or null where it began here.</param>
/// <param name="Out">By which it left; null where it ended here.</param>
public sealed record Sighting(SightingPlace Place, string? Row, string? In, string? Out, Sighted Before, Sighted After)
{
    /// <summary>The link to the internet.</summary>
    public const string Border = "border";

    /// <summary>The link to the internet that is IPv6's and outward only.</summary>
    public const string OneWay = "one-way";
}

/// <summary>A real packet's header.</summary>
/// <param name="DestinationPort">For ICMP type × 256 + code.</param>
public readonly record struct Sighted(IpAddress Source, IpAddress Destination, byte Protocol, ushort SourcePort, ushort DestinationPort);

/// <summary>One real journey.</summary>
/// <param name="Received">Whether somebody took the packet in the end.</param>
/// <param name="Reason">The words of the rule that dropped it: a code, and what it stems from; "" where no rule did.</param>
/// <param name="Ways">In order.</param>
public sealed record SightedJourney(bool Received, string Reason, ImmutableArray<Sighting> Ways);
