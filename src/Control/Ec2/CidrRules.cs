using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Which blocks a VPC or subnet may have. Source: AWS, "VPC CIDR blocks", "IPv4 CIDR block association restrictions".</summary>
internal static class CidrRules
{
    private static readonly Prefix LowTen = Prefix.Parse("10.0.0.0/15");
    private static readonly Prefix FirstTen = Prefix.Parse("10.0.0.0/16");
    private static readonly Prefix DefaultVpc = Prefix.Parse("172.31.0.0/16");
    private static readonly ImmutableArray<Prefix> Never =
        [WellKnown.LinkLocalV4, Prefix.Parse("0.0.0.0/8"), Prefix.Parse("127.0.0.0/8"), Prefix.Parse("224.0.0.0/3")];

    /// <summary>AWS's table: for a VPC whose primary block lies in the first column, what may not be added.</summary>
    private static readonly ImmutableArray<(Prefix Range, ImmutableArray<Prefix> Restricted)> Table =
    [
        (WellKnown.Ten, [WellKnown.OneSevenTwo, WellKnown.OneNineTwo, WellKnown.Benchmarking19]),
        (WellKnown.OneSevenTwo, [WellKnown.Ten, WellKnown.OneNineTwo, DefaultVpc, WellKnown.Benchmarking19]),
        (WellKnown.OneNineTwo, [WellKnown.Ten, WellKnown.OneSevenTwo, WellKnown.Benchmarking19]),
        (WellKnown.Benchmarking19, [WellKnown.Ten, WellKnown.OneSevenTwo, WellKnown.OneNineTwo]),
        (Prefix.AnyV4, [WellKnown.Ten, WellKnown.OneSevenTwo, WellKnown.OneNineTwo, WellKnown.Benchmarking19]),
    ];

    /// <summary>/16 to /28, host bits cleared; blocks that no VPC may have (link-local, loopback, multicast) are refused.</summary>
    public static Prefix CheckedVpcCidr(string? text)
    {
        Prefix cidr = Door.Ipv4Cidr(text, "cidrBlock");
        return cidr.Length is < 16 or > 28 || Never.Any(cidr.Overlaps) ? throw BadVpcRange(text) : cidr;
    }

    /// <summary>
    /// Refuses a secondary block by AWS's table, by overlap with the VPC's own blocks, and by routes that it would take over.
    /// </summary>
    public static void CheckSecondary(Partition here, Vpc vpc, Prefix added)
    {
        ImmutableArray<Prefix> restricted = Table.First(row => row.Range.Contains(vpc.PrimaryCidr)).Restricted;
        bool low = added.Overlaps(FirstTen) && vpc.Cidrs.Any(a => LowTen.Contains(a.Cidr));
        if (vpc.Cidrs.Any(a => a.Cidr.Overlaps(added)))
        {
            throw new Fault("InvalidVpc.Range", $"The CIDR '{added}' conflicts with another CIDR block of the VPC '{vpc.Id}'.");
        }

        if (low || restricted.Any(added.Overlaps))
        {
            throw new Fault(
                "InvalidVpc.Range",
                $"The CIDR '{added}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a "
                + "publicly-routable CIDR. For additional restrictions, see "
                + "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Subnets.html");
        }

        foreach (RouteTable table in here.By<RouteTable>(vpc.Key))
        {
            foreach (Route route in table.Routes)
            {
                if (route.Cidr is { IsV4: true } destination && added.Contains(destination))
                {
                    throw new Fault(
                        "InvalidVpc.Range",
                        $"The CIDR '{added}' is the same as or larger than the destination '{destination}' of a route in the route table "
                        + $"'{table.Id}'.");
                }
            }
        }
    }

    /// <summary>An IPv4 block of a subnet: /16 to /28, inside one block of its VPC, free of its neighbours.</summary>
    public static Prefix CheckedSubnetCidr(Partition here, Vpc vpc, string? text)
    {
        Prefix cidr = Door.Ipv4Cidr(text, "cidrBlock");
        if (cidr.Length is < 16 or > 28 || !vpc.Cidrs.Any(a => a.Cidr.Contains(cidr)))
        {
            throw new Fault("InvalidSubnet.Range", $"The CIDR '{text}' is invalid.");
        }

        return here.By<Subnet>(vpc.Key).Any(s => s.Cidr is { } other && other.Overlaps(cidr))
            ? throw new Fault("InvalidSubnet.Conflict", $"The CIDR '{text}' conflicts with another subnet")
            : cidr;
    }

    /// <summary>An IPv6 block of a subnet: /44 to /64 in steps of four, inside a block of its VPC, free of its neighbours.</summary>
    public static Prefix CheckedSubnetIpv6Cidr(Partition here, Vpc vpc, string? text)
    {
        Prefix cidr = Door.Ipv6Cidr(text, "ipv6CidrBlock");
        if (cidr.Length is < 44 or > 64 || cidr.Length % 4 != 0 || !vpc.Ipv6Cidrs.Any(a => a.Cidr.Contains(cidr)))
        {
            throw new Fault("InvalidSubnet.Range", $"The IPv6 CIDR '{text}' is invalid.");
        }

        return here.By<Subnet>(vpc.Key).Any(s => s.Ipv6Cidrs.Any(a => a.Cidr.Overlaps(cidr)))
            ? throw new Fault("InvalidSubnet.Conflict", $"The IPv6 CIDR '{text}' conflicts with another subnet")
            : cidr;
    }

    private static Fault BadVpcRange(string? text) => new("InvalidVpc.Range", $"The CIDR '{text}' is invalid.");
}
