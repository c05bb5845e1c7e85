using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Blocks of a VPC, added and taken away. Source: AWS, "VPC CIDR blocks"; EC2 API, AssociateVpcCidrBlock.</summary>
public sealed partial class Ec2Service
{
    /// <summary>Every route table of the VPC gets a local route for the new block.</summary>
    public Aws.AssociateVpcCidrBlockResult AssociateVpcCidrBlock(CommandContext context, Aws.AssociateVpcCidrBlockRequest request)
    {
        RefuseSet("Ipv4IpamPoolId", request.Ipv4IpamPoolId);
        RefuseSet("Ipv4NetmaskLength", request.Ipv4NetmaskLength);
        RefuseSet("Ipv6IpamPoolId", request.Ipv6IpamPoolId);
        RefuseSet("Ipv6NetmaskLength", request.Ipv6NetmaskLength);
        RefuseSet("Ipv6Pool", request.Ipv6Pool);
        RefuseSet("Ipv6CidrBlock", request.Ipv6CidrBlock);
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        bool ipv6 = request.AmazonProvidedIpv6CidrBlock == true;
        string borderGroup = CheckedBorderGroup(context, request.Ipv6CidrBlockNetworkBorderGroup, ipv6);
        if (ipv6 == (request.CidrBlock is not null))
        {
            throw ipv6
                ? Fault.Combination("The parameter cidrBlock cannot be used with the parameter amazonProvidedIpv6CidrBlock")
                : new Fault("MissingParameter", "Either 'cidrBlock' or 'amazonProvidedIpv6CidrBlock' should be provided.");
        }

        return ipv6 ? AddIpv6(context, vpc, borderGroup) : AddIpv4(context, vpc, request.CidrBlock!);
    }

    /// <summary>The primary block stays for ever; another goes when no subnet lies in it.</summary>
    public Aws.DisassociateVpcCidrBlockResult DisassociateVpcCidrBlock(CommandContext context, Aws.DisassociateVpcCidrBlockRequest request)
    {
        string id = Door.Required(request.AssociationId, "associationId");
        Vpc vpc = VpcOfAssociation(context, id);
        CidrAssociation association = vpc.Cidrs.Concat(vpc.Ipv6Cidrs).Single(a => a.Id == id);
        if (id == vpc.Cidrs[0].Id)
        {
            throw new Fault(
                "OperationNotPermitted",
                $"The vpc CIDR block with association ID {id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC");
        }

        if (context.Here.By<Subnet>(vpc.Key).Any(s => HasBlockIn(s, association.Cidr)))
        {
            throw new Fault("InvalidCidrBlock.InUse", $"The vpc {vpc.Id} currently has a subnet within CIDR block {association.Cidr}");
        }

        context.Put(vpc with { Cidrs = vpc.Cidrs.Remove(association), Ipv6Cidrs = vpc.Ipv6Cidrs.Remove(association) });
        foreach (RouteTable table in context.Here.By<RouteTable>(vpc.Key).ToList())
        {
            context.Put(table with { Routes = table.Routes.RemoveAll(r => r.Cidr == association.Cidr) });
        }

        PeeringRows.CidrsChanged(context, vpc.Id);
        bool v4 = association.Cidr.IsV4;
        return new Aws.DisassociateVpcCidrBlockResult
        {
            VpcId = vpc.Id.Value,
            CidrBlockAssociation = v4 ? Ipv4ToWire(association, "disassociating") : null,
            Ipv6CidrBlockAssociation = v4 ? null : Ipv6ToWire(association, "disassociating"),
        };
    }

    private static Aws.AssociateVpcCidrBlockResult AddIpv4(CommandContext context, Vpc vpc, string text)
    {
        Prefix cidr = CidrRules.CheckedVpcCidr(text);
        CidrRules.CheckSecondary(context.Here, vpc, cidr);
        PeeringRows.CheckNewCidr(context, vpc, cidr);
        context.Quotas.Check(Quotas.CidrsPerVpc, vpc.Cidrs.Length + 1, vpc.Id.Value);
        CidrAssociation added = new(context.NewId("vpc-cidr-assoc"), cidr);
        context.Put(vpc with { Cidrs = vpc.Cidrs.Add(added) });
        AddLocalRoutes(context, vpc, cidr);
        PeeringRows.CidrsChanged(context, vpc.Id);
        return new Aws.AssociateVpcCidrBlockResult { VpcId = vpc.Id.Value, CidrBlockAssociation = Ipv4ToWire(added, "associating") };
    }

    private static Aws.AssociateVpcCidrBlockResult AddIpv6(CommandContext context, Vpc vpc, string borderGroup)
    {
        context.Quotas.Check(Quotas.Ipv6CidrsPerVpc, vpc.Ipv6Cidrs.Length + 1, vpc.Id.Value);
        CidrAssociation added = NewIpv6Association(context, borderGroup);
        PeeringRows.CheckNewCidr(context, vpc, added.Cidr);
        Vpc next = context.Put(vpc with { Ipv6Cidrs = vpc.Ipv6Cidrs.Add(added) });
        AddLocalRoutes(context, vpc, added.Cidr);
        PeeringRows.CidrsChanged(context, vpc.Id);
        if (vpc.Ipv6Cidrs.IsEmpty)
        {
            OpenDefaultsToIpv6(context, vpc, next);
        }

        return new Aws.AssociateVpcCidrBlockResult { VpcId = vpc.Id.Value, Ipv6CidrBlockAssociation = Ipv6ToWire(added, "associating") };
    }

    /// <summary>The new local route stands after the other ones of its family.</summary>
    private static void AddLocalRoutes(CommandContext context, Vpc vpc, Prefix cidr)
    {
        Route local = new(cidr, null, RouteTarget.Local, RouteOrigin.CreateRouteTable);
        foreach (RouteTable table in context.Here.By<RouteTable>(vpc.Key).ToList())
        {
            int at = table.Routes.Count(r => r.Origin == RouteOrigin.CreateRouteTable && (!cidr.IsV4 || r.Cidr is { IsV4: true }));
            context.Put(table with { Routes = table.Routes.Insert(at, local) });
        }
    }

    /// <summary>
    /// With its first IPv6 block, the rules that a VPC began with are widened to IPv6, unless they were changed: the default ACL's and the
    /// default group's outbound one. Every other ACL gets the closing deny of IPv6.
    /// </summary>
    private static void OpenDefaultsToIpv6(CommandContext context, Vpc before, Vpc after)
    {
        static string NoId(string prefix) => prefix;
        ImmutableArray<NetworkAclEntry> untouched = VpcParts.DefaultAcl(before, NoId).Entries;
        ImmutableArray<NetworkAclEntry> opened = VpcParts.DefaultAcl(after, NoId).Entries;
        foreach (NetworkAcl acl in context.Here.By<NetworkAcl>(after.Key).ToList())
        {
            context.Put(acl with
            {
                Entries = acl.IsDefault && acl.Entries.SequenceEqual(untouched) ? opened : WithClosingIpv6(acl.Entries),
            });
        }

        SecurityGroup group = context.Here.By<SecurityGroup>(SecurityGroup.NameWord(after.Id, "default")).Single();
        if (group.Rules.Where(r => r.IsEgress).ToList() is [{ Protocol: -1, Peer.Cidr: { IsV4: true, IsDefault: true } }])
        {
            SecurityGroupRule rule = VpcParts.AllowAllOut(after, context.NewId)[^1];
            context.Put(group with { Rules = group.Rules.Add(rule) });
        }
    }

    /// <summary>The entries with the last deny of IPv6 in each direction; nothing where they have it.</summary>
    private static ImmutableArray<NetworkAclEntry> WithClosingIpv6(ImmutableArray<NetworkAclEntry> entries)
    {
        if (entries.Any(e => e.Number == NetworkAcl.LastRuleV6))
        {
            return entries;
        }

        return
        [
            .. entries.Where(e => !e.IsEgress),
            .. VpcParts.AclEntries(isEgress: false, Family.V6, allow: false),
            .. entries.Where(e => e.IsEgress),
            .. VpcParts.AclEntries(isEgress: true, Family.V6, allow: false),
        ];
    }

    private static Vpc VpcOfAssociation(CommandContext context, string id) =>
        context.Here.By<Vpc>(id).SingleOrDefault(v => v.Cidrs.Concat(v.Ipv6Cidrs).Any(a => a.Id == id))
        ?? throw new Fault(
            id.StartsWith("vpc-cidr-assoc-", StringComparison.Ordinal)
                ? "InvalidVpcCidrBlockAssociationID.NotFound"
                : "InvalidVpcCidrBlockAssociationID.Malformed",
            $"The vpc CIDR block association ID '{id}' does not exist");

    private static bool HasBlockIn(Subnet subnet, Prefix block) =>
        (subnet.Cidr is { } cidr && block.Contains(cidr)) || subnet.Ipv6Cidrs.Any(a => block.Contains(a.Cidr));

    private static Aws.VpcCidrBlockAssociation Ipv4ToWire(CidrAssociation association, string state) => new()
    {
        AssociationId = association.Id,
        CidrBlock = association.Cidr.ToString(),
        CidrBlockState = new Aws.VpcCidrBlockState { State = state },
    };

    private static Aws.VpcIpv6CidrBlockAssociation Ipv6ToWire(CidrAssociation association, string state) => new()
    {
        AssociationId = association.Id,
        Ipv6CidrBlock = association.Cidr.ToString(),
        Ipv6CidrBlockState = new Aws.VpcCidrBlockState { State = state },
        Ipv6Pool = association.Pool,
        NetworkBorderGroup = association.NetworkBorderGroup,
        IpSource = "amazon",
        Ipv6AddressAttribute = "public",
    };
}
