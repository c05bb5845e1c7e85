using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>Makes a new id of AWS's form from a prefix: <c>rtb</c> to <c>rtb-0123456789abcdef0</c>.</summary>
public delegate string NewId(string prefix);

/// <summary>What comes with every VPC. Source: AWS, "Default VPCs" and "VPC basics".</summary>
public static class VpcParts
{
    // The same in every VPC, so held once.
    private static readonly ImmutableArray<NetworkAclEntry> OpenV4 =
        [.. AclEntries(isEgress: false, Family.V4, allow: true), .. AclEntries(isEgress: true, Family.V4, allow: true)];

    private static readonly ImmutableArray<NetworkAclEntry> OpenBoth =
    [
        .. AclEntries(isEgress: false, Family.V4, allow: true),
        .. AclEntries(isEgress: false, Family.V6, allow: true),
        .. AclEntries(isEgress: true, Family.V4, allow: true),
        .. AclEntries(isEgress: true, Family.V6, allow: true),
    ];

    private static readonly RulePeer AnywhereV4 = new(Prefix.AnyV4);
    private static readonly RulePeer AnywhereV6 = new(Prefix.AnyV6);

    public static RouteTable MainRouteTable(Vpc vpc, NewId newId) => new()
    {
        Id = new(newId(RouteTable.IdPrefix)),
        VpcId = vpc.Id,
        Routes = LocalRoutes(vpc),
        Associations = [new RouteTableAssociation(newId("rtbassoc"), null, null, Main: true)],
    };

    /// <summary>One local route per block of the VPC, IPv4 first.</summary>
    public static ImmutableArray<Route> LocalRoutes(Vpc vpc) =>
        [.. vpc.Cidrs.Concat(vpc.Ipv6Cidrs).Select(a => new Route(a.Cidr, null, RouteTarget.Local, RouteOrigin.CreateRouteTable))];

    public static NetworkAcl DefaultAcl(Vpc vpc, NewId newId) => new()
    {
        Id = new(newId(NetworkAcl.IdPrefix)),
        VpcId = vpc.Id,
        IsDefault = true,
        Entries = vpc.Ipv6Cidrs.IsEmpty ? OpenV4 : OpenBoth,
    };

    /// <summary>The closing deny of one direction and family, after a rule that allows all where <paramref name="allow"/> is set.</summary>
    public static ImmutableArray<NetworkAclEntry> AclEntries(bool isEgress, Family family, bool allow)
    {
        (Prefix any, int first, int last) = family == Family.V4
            ? (Prefix.AnyV4, 100, NetworkAcl.LastRule)
            : (Prefix.AnyV6, 101, NetworkAcl.LastRuleV6);
        NetworkAclEntry deny = new(last, isEgress, Allows: false, -1, any);
        return allow ? [new NetworkAclEntry(first, isEgress, Allows: true, -1, any), deny] : [deny];
    }

    public static SecurityGroup DefaultGroup(Vpc vpc, NewId newId)
    {
        Id<SecurityGroup> id = new(newId(SecurityGroup.IdPrefix));
        return new SecurityGroup
        {
            Id = id,
            Name = "default",
            Description = "default VPC security group",
            VpcId = vpc.Id,
            Rules =
            [
                new SecurityGroupRule(newId("sgr"), IsEgress: false, -1, null, null, new RulePeer(null, id)),
                .. AllowAllOut(vpc, newId),
            ],
        };
    }

    /// <summary>The egress rules a new group begins with; IPv6 too where the VPC has it.</summary>
    public static ImmutableArray<SecurityGroupRule> AllowAllOut(Vpc vpc, NewId newId)
    {
        SecurityGroupRule v4 = new(newId("sgr"), IsEgress: true, -1, null, null, AnywhereV4);
        return vpc.Ipv6Cidrs.IsEmpty
            ? [v4]
            : [v4, new SecurityGroupRule(newId("sgr"), IsEgress: true, -1, null, null, AnywhereV6)];
    }
}
