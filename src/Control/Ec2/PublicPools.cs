using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Pools of the account's own addresses. Source: EC2 API, DescribePublicIpv4Pools, DescribeIpv6Pools, CreatePublicIpv4Pool.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<PublicIpv4Pool> PublicIpv4PoolIds = new(
        "PoolId", "InvalidPublicIpv4PoolID.NotFound", "InvalidPublicIpv4PoolID.Malformed", "The pool ID '{0}' does not exist");

    internal static readonly IdRules<Ipv6AddressPool> Ipv6AddressPoolIds = new(
        "PoolId", "InvalidIpv6PoolID.NotFound", "InvalidIpv6PoolID.Malformed", "The pool ID '{0}' does not exist");

    private static readonly FilterTable<PublicIpv4Pool> PublicIpv4PoolFilters = new();

    private static readonly FilterTable<Ipv6AddressPool> Ipv6AddressPoolFilters = new();

    public Aws.CreatePublicIpv4PoolResult CreatePublicIpv4Pool(CommandContext context, Aws.CreatePublicIpv4PoolRequest request)
    {
        CheckBorderGroup(context, request.NetworkBorderGroup);
        PublicIpv4Pool pool = context.Put(new PublicIpv4Pool
        {
            Id = new(context.NewId(PublicIpv4Pool.IdPrefix)),
            NetworkBorderGroup = context.Region,
            Tags = TagRules.New<PublicIpv4Pool>(request.TagSpecifications),
        });
        return new Aws.CreatePublicIpv4PoolResult { PoolId = pool.Id.Value };
    }

    public Aws.DeletePublicIpv4PoolResult DeletePublicIpv4Pool(CommandContext context, Aws.DeletePublicIpv4PoolRequest request)
    {
        CheckBorderGroup(context, request.NetworkBorderGroup);
        PublicIpv4Pool pool = PublicIpv4PoolIds.Get(context, request.PoolId);
        if (!pool.Ranges.IsEmpty)
        {
            throw Fault.InUse($"The pool '{pool.Id}' has CIDRs and cannot be deleted.");
        }

        context.Remove(pool.Id);
        return new Aws.DeletePublicIpv4PoolResult { ReturnValue = true };
    }

    public Aws.DescribePublicIpv4PoolsResult DescribePublicIpv4Pools(CommandContext context, Aws.DescribePublicIpv4PoolsRequest request)
    {
        Pager.RefuseIdsWithPages(request.PoolIds, "poolIds", request.MaxResults);
        IEnumerable<PublicIpv4Pool> rows =
            PublicIpv4PoolFilters.Apply(context, PublicIpv4PoolIds.GetAll(context, request.PoolIds), request.Filters);
        Page<PublicIpv4Pool> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 1, most: 10);
        Partition here = context.Here;
        return new Aws.DescribePublicIpv4PoolsResult
        {
            PublicIpv4Pools = [.. page.Rows.Select(p => ToWire(here, p))],
            NextToken = page.NextToken,
        };
    }

    /// <remarks>CIDRs come to these pools out of IPAM pools, and Trunkline has none: every id of one is unknown.</remarks>
    public Aws.ProvisionPublicIpv4PoolCidrResult ProvisionPublicIpv4PoolCidr(
        CommandContext context, Aws.ProvisionPublicIpv4PoolCidrRequest request)
    {
        CheckBorderGroup(context, request.NetworkBorderGroup);
        PublicIpv4PoolIds.Get(context, request.PoolId);
        int length = Door.Required(request.NetmaskLength, "NetmaskLength");
        if (length is < 24 or > 32)
        {
            throw Fault.InvalidValue(length.ToString(System.Globalization.CultureInfo.InvariantCulture), "netmaskLength");
        }

        string ipamPool = Door.Required(request.IpamPoolId, "IpamPoolId");
        throw new Fault("InvalidIpamPoolId.NotFound", $"The ipam-pool ID '{ipamPool}' does not exist");
    }

    public Aws.DeprovisionPublicIpv4PoolCidrResult DeprovisionPublicIpv4PoolCidr(
        CommandContext context, Aws.DeprovisionPublicIpv4PoolCidrRequest request)
    {
        PublicIpv4Pool pool = PublicIpv4PoolIds.Get(context, request.PoolId);
        Prefix cidr = Door.Ipv4Cidr(request.Cidr, "cidr");
        if (!pool.Ranges.Contains(cidr))
        {
            throw Fault.Invalid($"The CIDR {cidr} is not provisioned to the pool {pool.Id}.");
        }

        // What came with BYOIP leaves with BYOIP: the range and its pool are one.
        throw new Fault("OperationNotPermitted", $"The CIDR {cidr} was provisioned through BYOIP. Use DeprovisionByoipCidr.");
    }

    public Aws.DescribeIpv6PoolsResult DescribeIpv6Pools(CommandContext context, Aws.DescribeIpv6PoolsRequest request)
    {
        Pager.RefuseIdsWithPages(request.PoolIds, "poolIds", request.MaxResults);
        IEnumerable<Ipv6AddressPool> rows =
            Ipv6AddressPoolFilters.Apply(context, Ipv6AddressPoolIds.GetAll(context, request.PoolIds), request.Filters);
        Page<Ipv6AddressPool> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 1, most: 1000);
        return new Aws.DescribeIpv6PoolsResult
        {
            Ipv6Pools =
            [
                .. page.Rows.Select(p => new Aws.Ipv6Pool
                {
                    PoolId = p.Id.Value,
                    Description = p.Description,
                    PoolCidrBlocks = [.. p.Ranges.Select(r => new Aws.PoolCidrBlock { Cidr = r.ToString() })],
                    Tags = TagRules.ToWire(p.Tags),
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    public Aws.GetAssociatedIpv6PoolCidrsResult GetAssociatedIpv6PoolCidrs(
        CommandContext context, Aws.GetAssociatedIpv6PoolCidrsRequest request)
    {
        Ipv6AddressPool pool = Ipv6AddressPoolIds.Get(context, request.PoolId);
        IEnumerable<(string Cidr, string Vpc)> rows = UsesOf(context.Here, pool.Id)
            .Select(u => (Cidr: u.Cidr.ToString(), Vpc: u.Vpc.Value))
            .OrderBy(u => u.Cidr, StringComparer.Ordinal);
        Page<(string Cidr, string Vpc)> page = Pager.Page(rows, request.MaxResults, request.NextToken, u => u.Cidr, least: 1, most: 1000);
        return new Aws.GetAssociatedIpv6PoolCidrsResult
        {
            Ipv6CidrAssociations =
                [.. page.Rows.Select(u => new Aws.Ipv6CidrAssociation { Ipv6Cidr = u.Cidr, AssociatedResource = u.Vpc })],
            NextToken = page.NextToken,
        };
    }

    /// <summary>A range brought to the region has a pool of its own, to allocate from.</summary>
    private static void PutPool(CommandContext context, ByoipCidr range, IReadOnlyList<Aws.TagSpecification>? tags)
    {
        if (range.Cidr.IsV4)
        {
            context.Put(new PublicIpv4Pool
            {
                Id = new(context.NewId(PublicIpv4Pool.IdPrefix)),
                Description = range.Description,
                Ranges = [range.Cidr],
                NetworkBorderGroup = context.Region,
                Tags = TagRules.New<PublicIpv4Pool>(tags),
            });
            return;
        }

        context.Put(new Ipv6AddressPool
        {
            Id = new(context.NewId(Ipv6AddressPool.IdPrefix)),
            Description = range.Description,
            Ranges = [range.Cidr],
            Tags = TagRules.New<Ipv6AddressPool>(tags),
        });
    }

    /// <summary>The pool of a range goes with it, once nothing of it is in use.</summary>
    private static void RemoveFromPools(CommandContext context, Prefix cidr)
    {
        string word = cidr.ToString();
        foreach (PublicIpv4Pool pool in context.Here.By<PublicIpv4Pool>(word).ToList())
        {
            RefuseUsedRange(context.Here.By<ElasticIp>(pool.Id.Value).Any(), cidr);
            context.Remove(pool.Id);
        }

        foreach (Ipv6AddressPool pool in context.Here.By<Ipv6AddressPool>(word).ToList())
        {
            RefuseUsedRange(UsesOf(context.Here, pool.Id).Any(), cidr);
            context.Remove(pool.Id);
        }
    }

    private static void RefuseUsedRange(bool used, Prefix cidr)
    {
        if (used)
        {
            throw new Fault("IncorrectState", $"The CIDR {cidr} has addresses in use. Release them before you deprovision it.");
        }
    }

    private static IEnumerable<(Prefix Cidr, Id<Vpc> Vpc)> UsesOf(Partition here, Id<Ipv6AddressPool> pool) =>
        here.All<Vpc>().SelectMany(v => v.Ipv6Cidrs.Where(a => a.Pool == pool.Value).Select(a => (a.Cidr, v.Id)));

    private static Aws.PublicIpv4Pool ToWire(Partition here, PublicIpv4Pool pool)
    {
        ImmutableArray<IpAddress> used = [.. here.By<ElasticIp>(pool.Id.Value).Select(e => e.PublicIp)];
        int total = pool.Ranges.Sum(r => (int)r.Count);
        return new Aws.PublicIpv4Pool
        {
            PoolId = pool.Id.Value,
            Description = pool.Description ?? "",
            NetworkBorderGroup = pool.NetworkBorderGroup,
            PoolAddressRanges =
            [
                .. pool.Ranges.Select(r => new Aws.PublicIpv4PoolRange
                {
                    FirstAddress = r.First.ToString(),
                    LastAddress = r.Last.ToString(),
                    AddressCount = (int)r.Count,
                    AvailableAddressCount = (int)r.Count - used.Count(r.Contains),
                }),
            ],
            TotalAddressCount = total,
            TotalAvailableAddressCount = total - used.Length,
            Tags = TagRules.ToWire(pool.Tags),
        };
    }
}
