using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Subnets. Source: AWS, "Subnets for your VPC", "Subnet CIDR blocks"; EC2 API, CreateSubnet, DeleteSubnet, DescribeSubnets.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<Subnet> SubnetIds =
        new("SubnetId", "InvalidSubnetID.NotFound", "InvalidSubnetId.Malformed", "The subnet ID '{0}' does not exist");

    private static readonly FilterTable<Subnet> SubnetFilters = new()
    {
        { "availability-zone", subnet => subnet.Zone },
        { "availabilityZone", subnet => subnet.Zone },
        { "availability-zone-id", ZoneIdOf },
        { "availabilityZoneId", ZoneIdOf },
        { "available-ip-address-count", (here, subnet) => AddressPool.FreeIpv4Count(here, subnet).ToString(CultureInfo.InvariantCulture) },
        { "cidr-block", subnet => subnet.Cidr?.ToString() },
        { "cidr", subnet => subnet.Cidr?.ToString() },
        { "cidrBlock", subnet => subnet.Cidr?.ToString() },
        { "customer-owned-ipv4-pool", _ => (string?)null },
        { "default-for-az", subnet => subnet.DefaultForZone },
        { "defaultForAz", subnet => subnet.DefaultForZone },
        { "enable-dns64", subnet => subnet.EnableDns64 },
        { "enable-lni-at-device-index", subnet => subnet.EnableLniAtDeviceIndex?.ToString(CultureInfo.InvariantCulture) },
        { "ipv6-cidr-block-association.ipv6-cidr-block", subnet => subnet.Ipv6Cidrs.Select(a => a.Cidr.ToString()) },
        { "ipv6-cidr-block-association.association-id", subnet => subnet.Ipv6Cidrs.Select(a => a.Id) },
        { "ipv6-cidr-block-association.state", subnet => subnet.Ipv6Cidrs.Select(_ => "associated") },
        { "ipv6-native", subnet => subnet.Ipv6Native },
        { "map-customer-owned-ip-on-launch", _ => false },
        { "map-public-ip-on-launch", subnet => subnet.MapPublicIpOnLaunch },
        { "outpost-arn", _ => (string?)null },
        { "owner-id", (here, subnet) => subnet.Owner ?? here.Account },
        { "private-dns-name-options-on-launch.hostname-type", subnet => subnet.HostnameType },
        { "private-dns-name-options-on-launch.enable-resource-name-dns-a-record", subnet => subnet.ResourceNameDnsA },
        { "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", subnet => subnet.ResourceNameDnsAaaa },
        { "state", _ => "available" },
        { "subnet-arn", (here, subnet) => $"arn:aws:ec2:{here.Region}:{subnet.Owner ?? here.Account}:subnet/{subnet.Id}" },
        { "subnet-id", subnet => subnet.Id.Value },
        { "vpc-id", subnet => subnet.VpcId.Value },
    };

    public Aws.CreateSubnetResult CreateSubnet(CommandContext context, Aws.CreateSubnetRequest request)
    {
        RefuseSet("OutpostArn", request.OutpostArn);
        RefuseSet("Ipv4IpamPoolId", request.Ipv4IpamPoolId);
        RefuseSet("Ipv4NetmaskLength", request.Ipv4NetmaskLength);
        RefuseSet("Ipv6IpamPoolId", request.Ipv6IpamPoolId);
        RefuseSet("Ipv6NetmaskLength", request.Ipv6NetmaskLength);
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        bool native = request.Ipv6Native == true;
        if (native && request.CidrBlock is not null)
        {
            throw Fault.Combination("The parameter cidrBlock cannot be used with the parameter ipv6Native");
        }

        if (native && request.Ipv6CidrBlock is null)
        {
            throw Fault.Missing("ipv6CidrBlock");
        }

        Subnet subnet = new()
        {
            Id = new(context.NewId(Subnet.IdPrefix)),
            VpcId = vpc.Id,
            Zone = SubnetZone(context, vpc, request.AvailabilityZone, request.AvailabilityZoneId),
            Cidr = native ? null : CidrRules.CheckedSubnetCidr(context.Here, vpc, request.CidrBlock),
            Ipv6Cidrs = request.Ipv6CidrBlock is { } block
                ? [NewSubnetAssociation(context, CidrRules.CheckedSubnetIpv6Cidr(context.Here, vpc, block))]
                : [],
            Tags = TagRules.New<Subnet>(request.TagSpecifications),
        };
        PutNewSubnet(context, vpc, native ? AsNative(subnet) : subnet);
        return new Aws.CreateSubnetResult { Subnet = ToWire(context, context.Here.Get(subnet.Id), "associating") };
    }

    /// <summary>
    /// A default subnet where the zone has none: the first free /20 of the default VPC, or its first free /64 if IPv6 only.
    /// </summary>
    public Aws.CreateDefaultSubnetResult CreateDefaultSubnet(CommandContext context, Aws.CreateDefaultSubnetRequest request)
    {
        Vpc vpc = context.Here.By<Vpc>(Vpc.DefaultWord).FirstOrDefault()
            ?? throw new Fault("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.");
        if (request.AvailabilityZone is null && request.AvailabilityZoneId is null)
        {
            throw Fault.Missing("availabilityZone");
        }

        Zone zone = Door.ZoneOf(context, request.AvailabilityZone, request.AvailabilityZoneId);
        if (context.Here.By<Subnet>(vpc.Key).FirstOrDefault(s => s.DefaultForZone && s.Zone == zone.Name) is { } there)
        {
            throw new Fault(
                "DefaultSubnetAlreadyExistsInAvailabilityZone", $"'{there.Id}' is already the default subnet in {zone.Name}.");
        }

        Subnet subnet = request.Ipv6Native == true ? NativeDefaultSubnet(context, vpc, zone) : DefaultSubnet(context, vpc, zone);
        PutNewSubnet(context, vpc, subnet);
        return new Aws.CreateDefaultSubnetResult { Subnet = ToWire(context, subnet, "associating") };
    }

    /// <summary>Refused while anything stands in it; its bindings to an ACL and a route table go with it.</summary>
    public Aws.DeleteSubnetResult DeleteSubnet(CommandContext context, Aws.DeleteSubnetRequest request)
    {
        Subnet subnet = SubnetIds.Get(context, request.SubnetId);
        Partition here = context.Here;
        Kind acls = Kind.Of<NetworkAcl>();
        Kind tables = Kind.Of<RouteTable>();
        if (Kinds.All.Any(kind => kind != acls && kind != tables && !GoesWith.Has(kind) && here.Table(kind).RowsBy(subnet.Key).Any()))
        {
            throw Fault.InUse($"The subnet '{subnet.Id}' has dependencies and cannot be deleted.");
        }

        foreach (NetworkAcl acl in here.By<NetworkAcl>(subnet.Key))
        {
            context.Put(acl with { Associations = acl.Associations.RemoveAll(a => a.SubnetId == subnet.Id) });
        }

        foreach (RouteTable table in here.By<RouteTable>(subnet.Key))
        {
            context.Put(table with { Associations = table.Associations.RemoveAll(a => a.SubnetId == subnet.Id) });
        }

        context.Remove(subnet.Id);
        return new Aws.DeleteSubnetResult();
    }

    public Aws.DescribeSubnetsResult DescribeSubnets(CommandContext context, Aws.DescribeSubnetsRequest request)
    {
        Pager.RefuseIdsWithPages(request.SubnetIds, "subnetIds", request.MaxResults);
        IEnumerable<Subnet> rows = SubnetFilters.Apply(context, SubnetIds.GetAll(context, request.SubnetIds), request.Filters);
        Page<Subnet> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeSubnetsResult
        {
            Subnets = [.. page.Rows.Select(s => ToWire(context, s, "associated"))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>A subnet always has one ACL: the VPC's default one to begin with.</summary>
    private static void PutNewSubnet(CommandContext context, Vpc vpc, Subnet subnet)
    {
        context.Quotas.Check(Quotas.SubnetsPerVpc, context.Here.By<Subnet>(vpc.Key).Count() + 1);
        context.Put(subnet);
        NetworkAcl acl = context.Here.By<NetworkAcl>(vpc.Key).Single(a => a.IsDefault);
        context.Put(acl with { Associations = acl.Associations.Add(new NetworkAclAssociation(context.NewId("aclassoc"), subnet.Id)) });
    }

    /// <summary>The zone asked for; else, as AWS chooses one, that in which the VPC has the fewest subnets.</summary>
    private static string SubnetZone(CommandContext context, Vpc vpc, string? name, string? zoneId)
    {
        if (name is not null || zoneId is not null)
        {
            return Door.ZoneOf(context, name, zoneId).Name;
        }

        ILookup<string, Subnet> subnets = context.Here.By<Subnet>(vpc.Key).ToLookup(s => s.Zone, StringComparer.Ordinal);
        return Regions.ZonesOf(context.Account, context.Region).MinBy(z => subnets[z.Name].Count())!.Name;
    }

    private static Subnet DefaultSubnet(CommandContext context, Vpc vpc, Zone zone)
    {
        List<Prefix> taken = [.. context.Here.By<Subnet>(vpc.Key).Where(s => s.Cidr is not null).Select(s => s.Cidr!.Value)];
        Prefix cidr = FirstFree(vpc.PrimaryCidr, Math.Max(20, vpc.PrimaryCidr.Length), taken)
            ?? throw new Fault("InsufficientFreeAddressesInVpc", $"The vpc '{vpc.Id}' has no free CIDR block for a default subnet.");
        return FreshPartition.DefaultSubnet(vpc.Id, zone.Name, cidr, context.NewId);
    }

    private static Subnet NativeDefaultSubnet(CommandContext context, Vpc vpc, Zone zone)
    {
        if (vpc.Ipv6Cidrs.IsEmpty)
        {
            throw Fault.Invalid($"The vpc '{vpc.Id}' does not have an IPv6 CIDR block.");
        }

        List<Prefix> taken = [.. context.Here.By<Subnet>(vpc.Key).SelectMany(s => s.Ipv6Cidrs).Select(a => a.Cidr)];
        Prefix cidr = vpc.Ipv6Cidrs.Select(a => FirstFree(a.Cidr, 64, taken)).FirstOrDefault(free => free is not null)
            ?? throw new Fault("InsufficientFreeAddressesInVpc", $"The vpc '{vpc.Id}' has no free IPv6 CIDR block for a default subnet.");
        return AsNative(new Subnet
        {
            Id = new(context.NewId(Subnet.IdPrefix)),
            VpcId = vpc.Id,
            Zone = zone.Name,
            Ipv6Cidrs = [NewSubnetAssociation(context, cidr)],
            DefaultForZone = true,
        });
    }

    /// <summary>The first block of a length inside another that overlaps none of those taken; null where there is none.</summary>
    private static Prefix? FirstFree(Prefix inside, int length, List<Prefix> taken)
    {
        IpAddress at = inside.First;
        while (inside.Contains(at))
        {
            Prefix candidate = new(at, length);
            int blocked = taken.FindIndex(candidate.Overlaps);
            if (blocked < 0)
            {
                return candidate;
            }

            Prefix past = taken[blocked].Contains(candidate) ? taken[blocked] : candidate;
            if (past.Last >= inside.Last)
            {
                return null;
            }

            at = past.Last.Plus(1);
        }

        return null;
    }

    /// <summary>In an IPv6-only subnet every interface gets an IPv6 address, and names are made from instance ids.</summary>
    private static Subnet AsNative(Subnet subnet) =>
        subnet with { Ipv6Native = true, AssignIpv6AddressOnCreation = true, HostnameType = "resource-name" };

    private static string ZoneIdOf(Partition here, Subnet subnet) =>
        Regions.ZonesOf(here.Account, here.Region).FirstOrDefault(z => z.Name == subnet.Zone)?.ZoneId ?? "";

    private static CidrAssociation NewSubnetAssociation(CommandContext context, Prefix cidr) =>
        new(context.NewId("subnet-cidr-assoc"), cidr);

    private static Aws.Subnet ToWire(CommandContext context, Subnet subnet, string ipv6State) => new()
    {
        SubnetId = subnet.Id.Value,
        SubnetArn = $"arn:aws:ec2:{context.Region}:{subnet.Owner ?? context.Account}:subnet/{subnet.Id}",
        OwnerId = subnet.Owner ?? context.Account,
        VpcId = subnet.VpcId.Value,
        State = "available",
        AvailabilityZone = subnet.Zone,
        AvailabilityZoneId = ZoneIdOf(context.Here, subnet),
        CidrBlock = subnet.Cidr?.ToString(),
        AvailableIpAddressCount = AddressPool.FreeIpv4Count(context.Here, subnet),
        Ipv6CidrBlockAssociationSet = [.. subnet.Ipv6Cidrs.Select(a => SubnetIpv6ToWire(a, ipv6State))],
        AssignIpv6AddressOnCreation = subnet.AssignIpv6AddressOnCreation,
        DefaultForAz = subnet.DefaultForZone,
        MapPublicIpOnLaunch = subnet.MapPublicIpOnLaunch,
        MapCustomerOwnedIpOnLaunch = false,
        EnableDns64 = subnet.EnableDns64,
        EnableLniAtDeviceIndex = subnet.EnableLniAtDeviceIndex,
        Ipv6Native = subnet.Ipv6Native,
        PrivateDnsNameOptionsOnLaunch = new Aws.PrivateDnsNameOptionsOnLaunch
        {
            HostnameType = subnet.HostnameType,
            EnableResourceNameDnsARecord = subnet.ResourceNameDnsA,
            EnableResourceNameDnsAAAARecord = subnet.ResourceNameDnsAaaa,
        },
        BlockPublicAccessStates = new Aws.BlockPublicAccessStates { InternetGatewayBlockMode = "off" },
        Tags = TagRules.ToWire(subnet.Tags),
    };

    private static Aws.SubnetIpv6CidrBlockAssociation SubnetIpv6ToWire(CidrAssociation association, string state) => new()
    {
        AssociationId = association.Id,
        Ipv6CidrBlock = association.Cidr.ToString(),
        Ipv6CidrBlockState = new Aws.SubnetCidrBlockState { State = state },
        Ipv6AddressAttribute = "public",
        IpSource = "amazon",
    };
}
