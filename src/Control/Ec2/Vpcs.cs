using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ram;

namespace Trunkline.Control.Ec2;

/// <summary>
/// VPCs. Source: AWS, "VPC CIDR blocks"; EC2 API, CreateVpc, DeleteVpc, DescribeVpcs, ModifyVpcAttribute, CreateDefaultVpc.
/// </summary>
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
        { "owner-id", (here, vpc) => vpc.Owner ?? here.Account },
        { "state", _ => "available" },
        { "vpc-id", vpc => vpc.Id.Value },
    };

    public Aws.CreateVpcResult CreateVpc(CommandContext context, Aws.CreateVpcRequest request)
    {
        RefuseIpam(request);
        Prefix cidr = CidrRules.CheckedVpcCidr(
            request.CidrBlock ?? throw new Fault("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."));
        context.Quotas.Check(Quotas.VpcsPerRegion, SharedNetworks.OwnCount<Vpc>(context) + 1);
        bool ipv6 = request.AmazonProvidedIpv6CidrBlock == true;
        string borderGroup = CheckedBorderGroup(context, request.Ipv6CidrBlockNetworkBorderGroup, ipv6);
        Vpc vpc = new()
        {
            Id = new(context.NewId(Vpc.IdPrefix)),
            Cidrs = [new CidrAssociation(context.NewId("vpc-cidr-assoc"), cidr)],
            Ipv6Cidrs = ipv6 ? [NewIpv6Association(context, borderGroup)] : [],
            DhcpOptionsId = RegionDefaultOptions(context),
            InstanceTenancy = Door.OneOf(request.InstanceTenancy, "instanceTenancy", "default", "dedicated") ?? "default",
            Tags = TagRules.New<Vpc>(request.TagSpecifications),
        };
        context.Put(vpc);
        context.Put(VpcParts.MainRouteTable(vpc, context.NewId));
        context.Put(VpcParts.DefaultAcl(vpc, context.NewId));
        context.Put(VpcParts.DefaultGroup(vpc, context.NewId));
        return new Aws.CreateVpcResult { Vpc = ToWire(context, vpc, "pending") };
    }

    /// <summary>A second default VPC is refused; the first one's parts are made as a new account has them.</summary>
    public Aws.CreateDefaultVpcResult CreateDefaultVpc(CommandContext context, Aws.CreateDefaultVpcRequest request)
    {
        if (context.Here.Table<Vpc>().Any(Vpc.DefaultWord))
        {
            throw new Fault("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
        }

        context.Quotas.Check(Quotas.VpcsPerRegion, SharedNetworks.OwnCount<Vpc>(context) + 1);
        context.Quotas.Check(Quotas.InternetGatewaysPerRegion, context.Here.Table<InternetGateway>().Count + 1);
        Id<DhcpOptions> options = RegionDefaultOptions(context);
        foreach (IResource row in FreshPartition.DefaultVpcRows(context.Caller.Partition, options, context.NewId))
        {
            context.PutRow(Kinds.All.Single(k => k.Type == row.GetType()), row);
        }

        return new Aws.CreateDefaultVpcResult { Vpc = ToWire(context, context.Here.By<Vpc>(Vpc.DefaultWord).Single(), "pending") };
    }

    /// <summary>
    /// The main table, the default ACL and the default group go with their VPC; anything else in it must have gone before.
    /// </summary>
    public Aws.DeleteVpcResult DeleteVpc(CommandContext context, Aws.DeleteVpcRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        Partition here = context.Here;
        RouteTable main = here.By<RouteTable>(vpc.Key).Single(t => t.IsMain);
        NetworkAcl acl = here.By<NetworkAcl>(vpc.Key).Single(a => a.IsDefault);
        SecurityGroup group = here.By<SecurityGroup>(SecurityGroup.NameWord(vpc.Id, "default")).Single();
        bool used = Kinds.All.Any(
            kind => !GoesWith.Has(kind) && here.Table(kind).RowsBy(vpc.Key).Any(row => row.Key != main.Key && row.Key != acl.Key && row.Key != group.Key));
        if (used)
        {
            throw Fault.InUse($"The vpc '{vpc.Id}' has dependencies and cannot be deleted.");
        }

        PeeringRows.BeforeVpcGoes(context, vpc);
        context.Remove(main.Id);
        context.Remove(acl.Id);
        context.Remove(group.Id);
        context.Remove(vpc.Id);
        return new Aws.DeleteVpcResult();
    }

    public Aws.DescribeVpcsResult DescribeVpcs(CommandContext context, Aws.DescribeVpcsRequest request)
    {
        Pager.RefuseIdsWithPages(request.VpcIds, "vpcIds", request.MaxResults);
        IEnumerable<Vpc> rows = VpcFilters.Apply(context, VpcIds.GetAll(context, request.VpcIds), request.Filters);
        Page<Vpc> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeVpcsResult
        {
            Vpcs = [.. page.Rows.Select(v => ToWire(context, v, "available"))],
            NextToken = page.NextToken,
        };
    }

    public Aws.DescribeVpcAttributeResult DescribeVpcAttribute(CommandContext context, Aws.DescribeVpcAttributeRequest request)
    {
        Vpc vpc = VpcIds.GetUsable(context, request.VpcId);
        string attribute = Door.Required(request.Attribute, "attribute");
        static Aws.AttributeBooleanValue Value(bool value) => new() { Value = value };
        Aws.DescribeVpcAttributeResult result = new() { VpcId = vpc.Id.Value };
        return attribute switch
        {
            "enableDnsSupport" => result with { EnableDnsSupport = Value(vpc.EnableDnsSupport) },
            "enableDnsHostnames" => result with { EnableDnsHostnames = Value(vpc.EnableDnsHostnames) },
            "enableNetworkAddressUsageMetrics" =>
                result with { EnableNetworkAddressUsageMetrics = Value(vpc.EnableNetworkAddressUsageMetrics) },
            _ => throw Fault.InvalidValue(attribute, "attribute"),
        };
    }

    /// <summary>One attribute a request, as AWS has it. Host names need the resolver; turning that off takes both.</summary>
    public Aws.ModifyVpcAttributeResult ModifyVpcAttribute(CommandContext context, Aws.ModifyVpcAttributeRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        OneAttribute<Vpc> change = new();
        change.Add("enableDnsHostnames", request.EnableDnsHostnames, (row, on) => row with { EnableDnsHostnames = on });
        change.Add("enableDnsSupport", request.EnableDnsSupport, (row, on) => row with { EnableDnsSupport = on });
        change.Add(
            "enableNetworkAddressUsageMetrics",
            request.EnableNetworkAddressUsageMetrics,
            (row, on) => row with { EnableNetworkAddressUsageMetrics = on });
        Vpc next = change.Apply(vpc);
        if (next.EnableDnsHostnames && !vpc.EnableDnsHostnames && !next.EnableDnsSupport)
        {
            throw Fault.Combination("You can only enable DNS hostnames if you've enabled DNS support.");
        }

        context.Put(next);
        return new Aws.ModifyVpcAttributeResult();
    }

    /// <summary>Dedicated tenancy can be given up, never taken; instances that run keep theirs.</summary>
    public Aws.ModifyVpcTenancyResult ModifyVpcTenancy(CommandContext context, Aws.ModifyVpcTenancyRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        string tenancy = Door.OneOf(Door.Required(request.InstanceTenancy, "instanceTenancy"), "instanceTenancy", "default")!;
        context.Put(vpc with { InstanceTenancy = tenancy });
        return new Aws.ModifyVpcTenancyResult { ReturnValue = true };
    }

    /// <summary>Address management pools, and pools of the customer's own IPv6 addresses, are not carried out.</summary>
    private static void RefuseIpam(Aws.CreateVpcRequest request)
    {
        RefuseSet("Ipv4IpamPoolId", request.Ipv4IpamPoolId);
        RefuseSet("Ipv4NetmaskLength", request.Ipv4NetmaskLength);
        RefuseSet("Ipv6IpamPoolId", request.Ipv6IpamPoolId);
        RefuseSet("Ipv6NetmaskLength", request.Ipv6NetmaskLength);
        RefuseSet("Ipv6Pool", request.Ipv6Pool);
        RefuseSet("Ipv6CidrBlock", request.Ipv6CidrBlock);
        RefuseSet("VpcEncryptionControl", request.VpcEncryptionControl);
    }

    private static void RefuseSet(string parameter, object? value)
    {
        if (value is not null)
        {
            throw Fault.Unsupported(parameter);
        }
    }

    /// <summary>Regions without local zones have one border group, named as the region is.</summary>
    private static string CheckedBorderGroup(CommandContext context, string? asked, bool ipv6)
    {
        if (asked is not null && !ipv6)
        {
            throw Fault.Combination(
                "The parameter ipv6CidrBlockNetworkBorderGroup can only be used with the parameter amazonProvidedIpv6CidrBlock");
        }

        return asked is null || asked == context.Region
            ? context.Region
            : throw Fault.InvalidValue(asked, "ipv6CidrBlockNetworkBorderGroup");
    }

    private static CidrAssociation NewIpv6Association(CommandContext context, string borderGroup) => new(
        context.NewId("vpc-cidr-assoc"), Ipv6Pool.Pick(context), "Amazon", borderGroup);

    /// <summary>The region's own option set: every new VPC has it. It is made again where it was deleted.</summary>
    private static Id<DhcpOptions> RegionDefaultOptions(CommandContext context)
    {
        DhcpOptions options = FreshPartition.RegionOptions(context.Caller.Partition);
        return (context.Here.Find(options.Id) ?? context.Put(options)).Id;
    }

    private static Aws.Vpc ToWire(CommandContext context, Vpc vpc, string state) => new()
    {
        VpcId = vpc.Id.Value,
        OwnerId = vpc.Owner ?? context.Account,
        State = state,
        CidrBlock = vpc.PrimaryCidr.ToString(),
        DhcpOptionsId = vpc.DhcpOptionsId?.Value ?? "default",
        InstanceTenancy = vpc.InstanceTenancy,
        IsDefault = vpc.IsDefault,
        CidrBlockAssociationSet = [.. vpc.Cidrs.Select(a => Ipv4ToWire(a, "associated"))],
        Ipv6CidrBlockAssociationSet = vpc.Ipv6Cidrs.IsEmpty ? null : [.. vpc.Ipv6Cidrs.Select(a => Ipv6ToWire(a, "associated"))],
        BlockPublicAccessStates = new Aws.BlockPublicAccessStates { InternetGatewayBlockMode = "off" },
        Tags = TagRules.ToWire(vpc.Tags),
    };
}
