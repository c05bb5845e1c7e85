using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>VPCs. Source: AWS, "VPC CIDR blocks"; EC2 API, CreateVpc, DeleteVpc, DescribeVpcs.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<Vpc> VpcIds =
        new("VpcId", "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "The vpc ID '{0}' does not exist");

    private static readonly FilterTable<Vpc> VpcFilters = new()
    {
        { "cidr", vpc => vpc.PrimaryCidr.ToString() },
        { "cidr-block-association.cidr-block", vpc => vpc.Cidrs.Select(a => a.Cidr.ToString()) },
        { "cidr-block-association.association-id", vpc => vpc.Cidrs.Select(a => a.Id) },
        { "cidr-block-association.state", vpc => vpc.Cidrs.Select(_ => "associated") },
        { "dhcp-options-id", vpc => vpc.DhcpOptionsId?.Value ?? "default" },
        { "ipv6-cidr-block-association.ipv6-cidr-block", vpc => vpc.Ipv6Cidrs.Select(a => a.Cidr.ToString()) },
        { "ipv6-cidr-block-association.ipv6-pool", vpc => vpc.Ipv6Cidrs.Select(a => a.Pool) },
        { "ipv6-cidr-block-association.association-id", vpc => vpc.Ipv6Cidrs.Select(a => a.Id) },
        { "ipv6-cidr-block-association.state", vpc => vpc.Ipv6Cidrs.Select(_ => "associated") },
        { "is-default", vpc => vpc.IsDefault },
        { "isDefault", vpc => vpc.IsDefault },
        { "owner-id", (here, _) => here.Account },
        { "state", _ => "available" },
        { "vpc-id", vpc => vpc.Id.Value },
    };

    public Aws.CreateVpcResult CreateVpc(CommandContext context, Aws.CreateVpcRequest request)
    {
        RefuseIpam(request);
        Prefix cidr = CheckedVpcCidr(request.CidrBlock);
        context.Quotas.Check(Quotas.VpcsPerRegion, context.Here.Table<Vpc>().Count + 1);
        Vpc vpc = new()
        {
            Id = new(context.NewId(Vpc.IdPrefix)),
            Cidrs = [new CidrAssociation(context.NewId("vpc-cidr-assoc"), cidr)],
            Ipv6Cidrs = request.AmazonProvidedIpv6CidrBlock == true ? [NewIpv6Association(context, request.Ipv6CidrBlockNetworkBorderGroup)] : [],
            DhcpOptionsId = RegionDefaultOptions(context),
            InstanceTenancy = Door.OneOf(request.InstanceTenancy, "instanceTenancy", "default", "dedicated") ?? "default",
            Tags = TagRules.New<Vpc>(request.TagSpecifications),
        };
        PutNewVpc(context, vpc);
        return new Aws.CreateVpcResult { Vpc = ToWire(context, vpc, "pending") };
    }

    public Aws.DeleteVpcResult DeleteVpc(CommandContext context, Aws.DeleteVpcRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        Partition here = context.Here;
        RouteTable main = here.By<RouteTable>(vpc.Key).Single(t => t.IsMain);
        NetworkAcl acl = here.By<NetworkAcl>(vpc.Key).Single(a => a.IsDefault);
        SecurityGroup group = here.By<SecurityGroup>(SecurityGroup.NameWord(vpc.Id, "default")).Single();
        bool used = Kinds.All.Any(kind => here.Table(kind).RowsBy(vpc.Key).Any(row => row.Key != main.Key && row.Key != acl.Key && row.Key != group.Key));
        if (used)
        {
            throw Fault.InUse($"The vpc '{vpc.Id}' has dependencies and cannot be deleted.");
        }

        context.Remove(main.Id);
        context.Remove(acl.Id);
        context.Remove(group.Id);
        context.Remove(vpc.Id);
        return new();
    }

    public Aws.DescribeVpcsResult DescribeVpcs(CommandContext context, Aws.DescribeVpcsRequest request)
    {
        Pager.RefuseIdsWithPages(request.VpcIds, "vpcIds", request.MaxResults);
        IEnumerable<Vpc> rows = VpcFilters.Apply(context, VpcIds.GetAll(context, request.VpcIds), request.Filters);
        Page<Vpc> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeVpcsResult { Vpcs = [.. page.Rows.Select(v => ToWire(context, v, "available"))], NextToken = page.NextToken };
    }

    /// <summary>A VPC comes with a main route table, a default ACL and a default group.</summary>
    private static void PutNewVpc(CommandContext context, Vpc vpc)
    {
        context.Put(vpc);
        context.Put(VpcParts.MainRouteTable(vpc, context.NewId));
        context.Put(VpcParts.DefaultAcl(vpc, context.NewId));
        context.Put(VpcParts.DefaultGroup(vpc, context.NewId));
    }

    /// <summary>/16 to /28; 169.254.0.0/16 and other blocks that no VPC may have are refused.</summary>
    private static Prefix CheckedVpcCidr(string? text)
    {
        Prefix cidr = Door.Ipv4Cidr(text, "cidrBlock");
        if (cidr.Length is < 16 or > 28)
        {
            throw new Fault("InvalidVpc.Range", $"The CIDR '{text}' is invalid.");
        }

        return WellKnown.LinkLocalV4.Overlaps(cidr) || cidr.Overlaps(Prefix.Parse("127.0.0.0/8")) || cidr.Overlaps(Prefix.Parse("224.0.0.0/4"))
            ? throw new Fault("InvalidVpc.Range", $"The CIDR '{text}' is invalid.")
            : cidr;
    }

    private static void RefuseIpam(Aws.CreateVpcRequest request)
    {
        if (request.Ipv4IpamPoolId is not null)
        {
            throw Fault.Unsupported("Ipv4IpamPoolId");
        }

        if (request.Ipv6IpamPoolId is not null)
        {
            throw Fault.Unsupported("Ipv6IpamPoolId");
        }
    }

    private static CidrAssociation NewIpv6Association(CommandContext context, string? borderGroup) => new(
        context.NewId("vpc-cidr-assoc"), Ipv6Pool.Pick(context), "Amazon", borderGroup ?? context.Region);

    /// <summary>The region's own option set: every new VPC has it.</summary>
    private static Id<DhcpOptions>? RegionDefaultOptions(CommandContext context) =>
        context.Here.All<Vpc>().FirstOrDefault(v => v.IsDefault)?.DhcpOptionsId
        ?? context.Here.All<DhcpOptions>().FirstOrDefault()?.Id;

    private static Aws.Vpc ToWire(CommandContext context, Vpc vpc, string state) => new()
    {
        VpcId = vpc.Id.Value,
        OwnerId = context.Account,
        State = state,
        CidrBlock = vpc.PrimaryCidr.ToString(),
        DhcpOptionsId = vpc.DhcpOptionsId?.Value ?? "default",
        InstanceTenancy = vpc.InstanceTenancy,
        IsDefault = vpc.IsDefault,
        CidrBlockAssociationSet =
        [
            .. vpc.Cidrs.Select(a => new Aws.VpcCidrBlockAssociation
            {
                AssociationId = a.Id,
                CidrBlock = a.Cidr.ToString(),
                CidrBlockState = new Aws.VpcCidrBlockState { State = "associated" },
            }),
        ],
        Ipv6CidrBlockAssociationSet = vpc.Ipv6Cidrs.IsEmpty ? null :
        [
            .. vpc.Ipv6Cidrs.Select(a => new Aws.VpcIpv6CidrBlockAssociation
            {
                AssociationId = a.Id,
                Ipv6CidrBlock = a.Cidr.ToString(),
                Ipv6CidrBlockState = new Aws.VpcCidrBlockState { State = "associated" },
                Ipv6Pool = a.Pool,
                NetworkBorderGroup = a.NetworkBorderGroup,
                IpSource = "amazon",
                Ipv6AddressAttribute = "public",
            }),
        ],
        Tags = TagRules.ToWire(vpc.Tags),
    };
}
