using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>The addresses of a Connect peer. Source: AWS, "Transit gateway Connect peers"; EC2 API, CreateTransitGatewayConnectPeer.</summary>
internal static class ConnectPeerRules
{
    private static readonly Prefix LinkLocal = Prefix.Parse("169.254.0.0/16");
    private static readonly Prefix UniqueLocal = Prefix.Parse("fd00::/8");

    /// <summary>Ranges inside 169.254.0.0/16 that AWS keeps for itself.</summary>
    private static readonly ImmutableArray<Prefix> Reserved =
    [
        Prefix.Parse("169.254.0.0/29"), Prefix.Parse("169.254.1.0/29"), Prefix.Parse("169.254.2.0/29"), Prefix.Parse("169.254.3.0/29"),
        Prefix.Parse("169.254.4.0/29"), Prefix.Parse("169.254.5.0/29"), Prefix.Parse("169.254.169.248/29"),
    ];

    public static IpAddress CheckedAddress(string? text, string parameter) =>
        IpAddress.TryParse(Door.Required(text, parameter), out IpAddress address) ? address : throw Fault.InvalidValue(text, parameter);

    /// <summary>The outer address of the gateway's side: as asked for, or the first free one of its ranges of the peer's family.</summary>
    public static IpAddress OuterAddress(Partition home, TransitGateway gateway, IpAddress peer, string? asked)
    {
        ImmutableArray<Prefix> ranges = [.. gateway.Cidrs.Where(c => c.Family == peer.Family)];
        if (ranges.IsEmpty)
        {
            throw new Fault(
                "InvalidParameterValue", $"{gateway.Id} has no {(peer.IsV4 ? "IPv4" : "IPv6")} CIDR block for the address of a Connect peer.");
        }

        List<TransitGatewayConnectPeer> peers = [.. TransitGatewayRules.PeersOf(home, gateway)];
        if (asked is null)
        {
            return FirstFree(ranges, peers);
        }

        IpAddress address = CheckedAddress(asked, "TransitGatewayAddress");
        if (address.Family != peer.Family)
        {
            throw Fault.Combination("The parameters TransitGatewayAddress and PeerAddress must be of the same IP address family.");
        }

        if (!ranges.Any(r => r.Contains(address)))
        {
            throw Fault.Invalid($"Value ({asked}) for parameter TransitGatewayAddress is invalid. It is in no CIDR block of {gateway.Id}.");
        }

        return peers.Exists(p => p.TransitGatewayAddress == address && p.PeerAddress == peer)
            ? throw Fault.Invalid($"A Connect peer between {address} and {peer} already exists.")
            : address;
    }

    /// <summary>One /29 of IPv4 and at most one /125 of IPv6, in that order; no two peers of a gateway have overlapping ones.</summary>
    public static ImmutableArray<Prefix> CheckedInside(Partition home, TransitGateway gateway, IReadOnlyList<string>? texts)
    {
        ImmutableArray<Prefix> inside = [.. (texts ?? []).Select(t => Door.AnyCidr(t, "InsideCidrBlocks")).OrderBy(c => c.Family)];
        if (inside.IsEmpty)
        {
            throw Fault.Missing("InsideCidrBlocks");
        }

        if (inside.Count(c => c.IsV4) != 1 || inside.Length > 2)
        {
            throw Fault.Invalid("InsideCidrBlocks must have one IPv4 CIDR block, and one IPv6 CIDR block at most.");
        }

        foreach (Prefix cidr in inside)
        {
            CheckInside(cidr);
            if (TransitGatewayRules.PeersOf(home, gateway).FirstOrDefault(p => p.InsideCidrs.Any(c => c.Overlaps(cidr))) is { } other)
            {
                throw Fault.Invalid($"The inside CIDR block {cidr} overlaps with that of {other.Id}.");
            }
        }

        return inside;
    }

    private static void CheckInside(Prefix cidr)
    {
        bool isRight = cidr.IsV4
            ? cidr.Length == 29 && LinkLocal.Contains(cidr)
            : cidr.Length == 125 && UniqueLocal.Contains(cidr);
        if (!isRight)
        {
            throw Fault.Invalid(
                $"Value ({cidr}) for parameter InsideCidrBlocks is invalid. It must be a /29 of {LinkLocal} or a /125 of {UniqueLocal}.");
        }

        if (cidr.IsV4 && Reserved.Contains(cidr))
        {
            throw Fault.Invalid($"Value ({cidr}) for parameter InsideCidrBlocks is invalid. The CIDR block is reserved.");
        }
    }

    private static IpAddress FirstFree(ImmutableArray<Prefix> ranges, List<TransitGatewayConnectPeer> peers)
    {
        HashSet<IpAddress> taken = [.. peers.Select(p => p.TransitGatewayAddress)];
        foreach (Prefix range in ranges)
        {
            for (IpAddress address = range.First.Plus(1); range.Contains(address); address = address.Plus(1))
            {
                if (!taken.Contains(address))
                {
                    return address;
                }
            }
        }

        throw new Fault("InsufficientFreeAddresses", "The CIDR blocks of the transit gateway have no free address.");
    }
}
