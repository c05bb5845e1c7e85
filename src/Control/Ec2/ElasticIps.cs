using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Elastic IPs: allocate, release, describe. Source: AWS, "Elastic IP addresses"; EC2 API, AllocateAddress, ReleaseAddress.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<ElasticIp> ElasticIpIds = new(
        "AllocationId", "InvalidAllocationID.NotFound", "InvalidAllocationID.Malformed", "The allocation ID '{0}' does not exist");

    private static readonly FilterTable<ElasticIp> ElasticIpFilters = new()
    {
        { "allocation-id", e => e.Id.Value },
        { "association-id", e => e.Association?.Id },
        { "domain", _ => "vpc" },
        { "instance-id", (here, e) => InstanceOf(here, e)?.Value },
        { "network-border-group", e => e.NetworkBorderGroup },
        { "network-interface-id", e => e.Association?.NetworkInterfaceId.Value },
        { "network-interface-owner-id", (here, e) => e.Association is null ? null : here.Account },
        { "private-ip-address", e => e.Association?.PrivateIp.ToString() },
        { "public-ip", e => e.PublicIp.ToString() },
    };

    public Aws.AllocateAddressResult AllocateAddress(CommandContext context, Aws.AllocateAddressRequest request)
    {
        if (request.CustomerOwnedIpv4Pool is not null || request.IpamPoolId is not null)
        {
            throw Fault.Unsupported(request.IpamPoolId is null ? "CustomerOwnedIpv4Pool" : "IpamPoolId");
        }

        if (request.Domain is not (null or "vpc"))
        {
            throw Fault.InvalidValue(request.Domain, "domain");
        }

        CheckBorderGroup(context, request.NetworkBorderGroup);
        (IpAddress address, PublicIpv4Pool? pool) = AddressFor(context, request);
        if (pool is null)
        {
            int amazon = context.Here.All<ElasticIp>().Count(e => e.Pool == "amazon");
            context.Quotas.Check(Quotas.ElasticIpsPerRegion, amazon + 1);
        }

        ElasticIp eip = context.Put(new ElasticIp
        {
            Id = new(context.NewId(ElasticIp.IdPrefix)),
            PublicIp = address,
            Pool = pool?.Id.Value ?? "amazon",
            NetworkBorderGroup = pool?.NetworkBorderGroup ?? context.Region,
            Tags = TagRules.New<ElasticIp>(request.TagSpecifications),
        });
        return new Aws.AllocateAddressResult
        {
            AllocationId = eip.Id.Value,
            PublicIp = eip.PublicIp.ToString(),
            PublicIpv4Pool = eip.Pool,
            NetworkBorderGroup = eip.NetworkBorderGroup,
            Domain = "vpc",
        };
    }

    public Aws.ReleaseAddressResult ReleaseAddress(CommandContext context, Aws.ReleaseAddressRequest request)
    {
        if (request.AllocationId is null && request.PublicIp is not null)
        {
            throw Fault.Invalid("You must specify an allocation id when releasing a VPC elastic IP address");
        }

        ElasticIp eip = ElasticIpIds.Get(context, request.AllocationId);
        if (request.NetworkBorderGroup is { } group && group != eip.NetworkBorderGroup)
        {
            throw NoSuchAddress(eip.PublicIp.ToString());
        }

        if (eip.PtrRecord is not null)
        {
            throw new Fault(
                "InvalidAddress.PtrSet",
                $"The address with allocation id {eip.Id} cannot be released because a reverse DNS record is set on it.");
        }

        if (eip.Association is { } association)
        {
            // AWS frees an address by itself only where it is bound inside a default VPC.
            NetworkInterface eni = context.Here.Get(association.NetworkInterfaceId);
            if (eni.RequesterManaged || !context.Here.Get(eni.VpcId).IsDefault)
            {
                throw new Fault("InvalidIPAddress.InUse", $"Address {eip.PublicIp} is in use.");
            }

            Unbind(context, eip);
        }

        context.Remove(eip.Id);
        return new Aws.ReleaseAddressResult();
    }

    public Aws.DescribeAddressesResult DescribeAddresses(CommandContext context, Aws.DescribeAddressesRequest request)
    {
        IEnumerable<ElasticIp> rows = ElasticIpIds.GetAll(context, request.AllocationIds);
        if (request.PublicIps is { Count: > 0 } named)
        {
            HashSet<IpAddress> addresses = [.. named.Select(a => ByPublicIp(context.Here, a).PublicIp)];
            rows = rows.Where(e => addresses.Contains(e.PublicIp));
        }

        Partition here = context.Here;
        return new Aws.DescribeAddressesResult
        {
            Addresses = [.. ElasticIpFilters.Apply(context, rows, request.Filters).Select(e => ToWire(here, e))],
        };
    }

    internal static Fault NoSuchAddress(string address) => new("InvalidAddress.NotFound", $"Address '{address}' not found.");

    /// <summary>Everything lies in the region's own border group: there are no local zones.</summary>
    internal static void CheckBorderGroup(CommandContext context, string? group)
    {
        if (group is not null && group != context.Region)
        {
            throw Fault.InvalidValue(group, "networkBorderGroup");
        }
    }

    /// <summary>The account's Elastic IP with a public address.</summary>
    internal static ElasticIp ByPublicIp(Partition here, string? text)
    {
        IpAddress address = Door.Ipv4(text, "publicIp");
        return here.By<ElasticIp>(NetworkInterface.PublicWord(address)).FirstOrDefault() ?? throw NoSuchAddress(address.ToString());
    }

    private static (IpAddress Address, PublicIpv4Pool? Pool) AddressFor(CommandContext context, Aws.AllocateAddressRequest request)
    {
        PublicIpv4Pool? pool = request.PublicIpv4Pool is null or "amazon" ? null : PublicIpv4PoolIds.Get(context, request.PublicIpv4Pool);
        if (request.Address is not null)
        {
            return NamedAddress(context, Door.Ipv4(request.Address, "address"), pool, request.PublicIpv4Pool is not null);
        }

        if (pool is null)
        {
            return (AddressPool.PickPublicIpv4(context), null);
        }

        foreach (Prefix range in pool.Ranges)
        {
            if (AddressPool.PickPublicIpv4(context, range) is { } free)
            {
                return (free, pool);
            }
        }

        throw new Fault("InsufficientAddressCapacity", $"The pool {pool.Id} has no available addresses.");
    }

    /// <summary>An address by name: out of one of the account's own pools, or a free one of Amazon's that is taken back.</summary>
    private static (IpAddress Address, PublicIpv4Pool? Pool) NamedAddress(
        CommandContext context, IpAddress address, PublicIpv4Pool? pool, bool poolGiven)
    {
        PublicIpv4Pool? owner = poolGiven ? pool : context.Here.All<PublicIpv4Pool>().FirstOrDefault(p => p.Ranges.Any(r => r.Contains(address)));
        bool covered = owner?.Ranges.Any(r => r.Contains(address)) ?? PublicPool.Of(context.Region).Contains(address);
        if (!covered)
        {
            throw NoSuchAddress(address.ToString());
        }

        return AddressPool.IsPublicFree(context, address)
            ? (address, owner)
            : throw new Fault("InvalidIPAddress.InUse", $"Address {address} is in use.");
    }

    private static Id<Instance>? InstanceOf(Partition here, ElasticIp eip) =>
        eip.Association is { } a ? here.Get(a.NetworkInterfaceId).Attachment?.InstanceId : null;

    private static Aws.Address ToWire(Partition here, ElasticIp eip) => new()
    {
        AllocationId = eip.Id.Value,
        PublicIp = eip.PublicIp.ToString(),
        PublicIpv4Pool = eip.Pool,
        NetworkBorderGroup = eip.NetworkBorderGroup,
        Domain = "vpc",
        AssociationId = eip.Association?.Id,
        InstanceId = InstanceOf(here, eip)?.Value,
        NetworkInterfaceId = eip.Association?.NetworkInterfaceId.Value,
        NetworkInterfaceOwnerId = eip.Association is null ? null : here.Account,
        PrivateIpAddress = eip.Association?.PrivateIp.ToString(),
        Tags = TagRules.ToWire(eip.Tags),
    };
}
