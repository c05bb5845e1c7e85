using System.Globalization;
using System.Text;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>What AWS puts into every account and region: the default VPC and its parts. Source: AWS, "Default VPCs".</summary>
/// <remarks>A pure function of account and region, ids too: a partition that nobody has changed need not be kept.</remarks>
public static class FreshPartition
{
    /// <summary>Made once for each account and region, before anything is asked for there.</summary>
    public static Partition Make(PartitionKey key)
    {
        int made = 1;
        string NextId(string prefix) => $"{prefix}-{HexOf($"{key}/{prefix}/{made++}")}";
        DhcpOptions options = RegionOptions(key);
        Partition partition = Partition.Empty(key).Put(new RegionSettings()).Put(options);
        return WithDefaultVpc(partition, options.Id, NextId);
    }

    /// <summary>The option set that every VPC of the account and region begins with; its id is always the same.</summary>
    public static DhcpOptions RegionOptions(PartitionKey key) =>
        DefaultOptions(key.Region, prefix => $"{prefix}-{HexOf($"{key}/{prefix}/0")}");

    public static DhcpOptions DefaultOptions(string region, NewId newId) => new()
    {
        Id = new(newId(DhcpOptions.IdPrefix)),
        Configurations =
        [
            new DhcpConfiguration("domain-name", [Regions.InternalDomain(region)]),
            new DhcpConfiguration("domain-name-servers", ["AmazonProvidedDNS"]),
        ],
    };

    /// <summary>The rows of a default VPC, as CreateDefaultVpc makes it too.</summary>
    public static IReadOnlyList<IResource> DefaultVpcRows(PartitionKey key, Id<DhcpOptions> options, NewId newId)
    {
        Vpc vpc = new()
        {
            Id = new(newId(Vpc.IdPrefix)),
            Cidrs = [new CidrAssociation(newId("vpc-cidr-assoc"), Prefix.Parse("172.31.0.0/16"))],
            DhcpOptionsId = options,
            IsDefault = true,
            EnableDnsHostnames = true,
        };
        InternetGateway gateway = new() { Id = new(newId(InternetGateway.IdPrefix)), VpcId = vpc.Id };
        RouteTable main = VpcParts.MainRouteTable(vpc, newId);
        Route toInternet = new(
            Prefix.AnyV4, null, new RouteTarget(RouteTargetKind.InternetGateway, gateway.Id.Value), RouteOrigin.CreateRoute);
        List<IResource> rows = [vpc, gateway, main with { Routes = main.Routes.Add(toInternet) }, VpcParts.DefaultGroup(vpc, newId)];
        NetworkAcl acl = VpcParts.DefaultAcl(vpc, newId);
        int index = 0;
        foreach (Zone zone in Regions.ZonesOf(key.Account, key.Region))
        {
            Subnet subnet = DefaultSubnet(vpc.Id, zone.Name, DefaultSubnetCidr(index++), newId);
            rows.Add(subnet);
            acl = acl with { Associations = acl.Associations.Add(new NetworkAclAssociation(newId("aclassoc"), subnet.Id)) };
        }

        rows.Add(acl);
        return rows;
    }

    /// <summary>The n-th /20 of 172.31.0.0/16.</summary>
    public static Prefix DefaultSubnetCidr(int index) =>
        new(IpAddress.Parse("172.31.0.0").Plus((UInt128)index << 12), 20);

    public static Subnet DefaultSubnet(Id<Vpc> vpc, string zone, Prefix cidr, NewId newId) => new()
    {
        Id = new(newId(Subnet.IdPrefix)),
        VpcId = vpc,
        Zone = zone,
        Cidr = cidr,
        DefaultForZone = true,
        MapPublicIpOnLaunch = true,
    };

    private static Partition WithDefaultVpc(Partition partition, Id<DhcpOptions> options, NewId newId)
    {
        foreach (IResource row in DefaultVpcRows(partition.Key, options, newId))
        {
            Kind kind = Kinds.All.Single(k => k.Type == row.GetType());
            partition = partition.With(partition.Table(kind).PutRow(row));
        }

        return partition;
    }

    /// <summary>17 hexadecimal digits from a name: FNV-1a with 128 bits (RFC 9923), its bits mixed once more so that every digit depends on all.</summary>
    /// <remarks>Nothing here is secret, and a plain hash does not load the cryptographic libraries: a tenth of the memory at rest.</remarks>
    private static string HexOf(string seed)
    {
        UInt128 prime = new(0x0000000001000000, 0x000000000000013B);
        UInt128 hash = new(0x6c62272e07bb0142, 0x62b821756295c58d);
        foreach (byte one in Encoding.UTF8.GetBytes(seed))
        {
            hash = unchecked((hash ^ one) * prime);
        }

        hash = unchecked((hash ^ (hash >> 67)) * new UInt128(0x9e3779b97f4a7c15, 0xf39cc0605cedc835));
        hash ^= hash >> 71;
        return hash.ToString("x32", CultureInfo.InvariantCulture)[..17];
    }
}
