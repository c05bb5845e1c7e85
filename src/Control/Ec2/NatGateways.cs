using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// NAT gateways in one zone, public and private. Source: AWS, "NAT gateways" and "Troubleshoot NAT gateways"; EC2 API, CreateNatGateway,
/// DeleteNatGateway, DescribeNatGateways.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<NatGateway> NatGatewayIds =
        new("NatGatewayId", "NatGatewayNotFound", "NatGatewayMalformed", "NAT gateway {0} was not found");

    /// <summary>IPv4 addresses of one gateway: the primary one and seven more. Source: AWS, "NAT gateway basics".</summary>
    private const int AddressesPerNatGateway = 8;

    /// <summary>How long a gateway that was deleted, or that failed, is still described.</summary>
    private static readonly TimeSpan NatGatewayAfterlife = TimeSpan.FromHours(1);

    private static readonly FilterTable<NatGateway> NatGatewayFilters = new()
    {
        { "nat-gateway-id", gateway => gateway.Id.Value },
        { "state", gateway => StateOf(gateway) },
        { "subnet-id", gateway => gateway.SubnetId?.Value },
        { "vpc-id", gateway => gateway.VpcId.Value },
    };

    public Aws.CreateNatGatewayResult CreateNatGateway(CommandContext context, Aws.CreateNatGatewayRequest request)
    {
        RefuseRegional(request);
        bool isPublic = (Door.OneOf(request.ConnectivityType, "connectivityType", "public", "private") ?? "public") == "public";
        RefuseMixedConnectivity(request, isPublic);
        Subnet subnet = SubnetIds.Get(context, request.SubnetId);
        List<ElasticIp> addresses = isPublic
            ? [.. AllocationIds(request).Select(id => NatGatewayElasticIps.Get(context, id))]
            : [];
        NatGateway gateway = new()
        {
            Id = new(context.NewId(NatGateway.IdPrefix)),
            VpcId = subnet.VpcId,
            SubnetId = subnet.Id,
            IsPublic = isPublic,
            CreateTime = context.Now,
            Tags = TagRules.New<NatGateway>(request.TagSpecifications),
        };
        NatGatewayInterface wish = NatGatewayInterface.Read(request, isPublic, addresses.Count);
        CheckZoneQuota(context, subnet);
        gateway = context.Put(
            FailureOf(context, gateway, subnet, addresses, wish) ?? Build(context, gateway, subnet, addresses, wish));
        NatGateway pending = gateway with { State = NatGatewayState.Pending, DeleteTime = null, FailureCode = null, FailureMessage = null };
        return new Aws.CreateNatGatewayResult
        {
            NatGateway = ToWire(pending),
            ClientToken = request.ClientToken,
        };
    }

    public Aws.DeleteNatGatewayResult DeleteNatGateway(CommandContext context, Aws.DeleteNatGatewayRequest request)
    {
        NatGateway gateway = NatGatewayIds.Get(context, request.NatGatewayId);
        if (gateway.State == NatGatewayState.Deleted)
        {
            throw NatGatewayIds.NotFound(gateway.Id.Value);
        }

        foreach (NatGatewayAddress address in gateway.State == NatGatewayState.Failed ? [] : gateway.Addresses)
        {
            Release(context, address);
        }

        // The interface goes last: Elastic IPs are bound to it until here. Routes to the gateway stay, as blackholes.
        foreach (Id<NetworkInterface> eni in gateway.Addresses.Select(a => a.NetworkInterfaceId).Distinct())
        {
            context.Remove(eni);
        }

        context.Put(gateway with { State = NatGatewayState.Deleted, DeleteTime = context.Now });
        return new Aws.DeleteNatGatewayResult { NatGatewayId = gateway.Id.Value };
    }

    public Aws.DescribeNatGatewaysResult DescribeNatGateways(CommandContext context, Aws.DescribeNatGatewaysRequest request)
    {
        Pager.RefuseIdsWithPages(request.NatGatewayIds, "natGatewayIds", request.MaxResults);
        IEnumerable<NatGateway> rows = request.NatGatewayIds is { Count: > 0 } ids
            ? [.. NatGatewayIds.GetAll(context, ids).Select(g => IsShown(context, g) ? g : throw NatGatewayIds.NotFound(g.Id.Value))]
            : context.Here.All<NatGateway>().Where(g => IsShown(context, g));
        Page<NatGateway> page = Pager.Page(
            NatGatewayFilters.Apply(context, rows, request.Filter), request.MaxResults, request.NextToken);
        return new Aws.DescribeNatGatewaysResult { NatGateways = [.. page.Rows.Select(ToWire)], NextToken = page.NextToken };
    }

    /// <summary>Regional gateways (rule 53) are not served: each of their parameters is refused by its name.</summary>
    private static void RefuseRegional(Aws.CreateNatGatewayRequest request)
    {
        if (Door.OneOf(request.AvailabilityMode, "availabilityMode", "zonal", "regional") == "regional")
        {
            throw Fault.Unsupported("AvailabilityMode=regional");
        }

        if (request.VpcId is not null)
        {
            throw Fault.Combination("The parameter vpcId can be specified only for a regional NAT gateway");
        }

        if (request.AvailabilityZoneAddresses is { Count: > 0 })
        {
            throw Fault.Combination("The parameter availabilityZoneAddresses can be specified only for a regional NAT gateway");
        }
    }

    private static void RefuseMixedConnectivity(Aws.CreateNatGatewayRequest request, bool isPublic)
    {
        if (isPublic && request.SecondaryPrivateIpAddressCount is not null)
        {
            throw Fault.Combination("The parameter secondaryPrivateIpAddressCount can be specified only for a private NAT gateway");
        }

        if (!isPublic && (request.AllocationId is not null || request.SecondaryAllocationIds is { Count: > 0 }))
        {
            throw Fault.Combination("An Elastic IP address cannot be specified for a private NAT gateway");
        }
    }

    /// <summary>The Elastic IPs of a public gateway, the primary one first.</summary>
    private static IEnumerable<string> AllocationIds(Aws.CreateNatGatewayRequest request)
    {
        List<string> ids = [Door.Required(request.AllocationId, "AllocationId"), .. request.SecondaryAllocationIds ?? []];
        return ids.Distinct(StringComparer.Ordinal).Count() == ids.Count
            ? ids
            : throw Fault.Invalid("The same allocation ID must not appear multiple times");
    }

    private static void CheckZoneQuota(CommandContext context, Subnet subnet)
    {
        int inZone = context.Here.By<Subnet>(subnet.Zone).Sum(s => context.Here.By<NatGateway>(s.Key).Count());
        context.Quotas.Check(Quotas.NatGatewaysPerZone, inZone + 1);
    }

    /// <summary>The gateway as AWS leaves it where it cannot be created: the request is answered, and the gateway then fails.</summary>
    private static NatGateway? FailureOf(
        CommandContext context, NatGateway gateway, Subnet subnet, List<ElasticIp> addresses, NatGatewayInterface wish)
    {
        (string? code, string? message) = (null, null);
        if (gateway.IsPublic && !context.Here.By<InternetGateway>(subnet.VpcId.Value).Any())
        {
            (code, message) = ("Gateway.NotAttached", $"Network {subnet.VpcId} has no Internet gateway attached");
        }
        else if (addresses.Find(a => a.Association is not null) is { } taken)
        {
            (code, message) = ("Resource.AlreadyAssociated", $"Elastic IP address {taken.Id} is already associated");
        }
        else if (AddressPool.FreeIpv4Count(context.Here, subnet) < wish.AddressCount)
        {
            (code, message) = ("InsufficientFreeAddressesInSubnet", "Subnet has insufficient free addresses to create this NAT gateway");
        }

        return code is null
            ? null
            : gateway with { State = NatGatewayState.Failed, DeleteTime = context.Now, FailureCode = code, FailureMessage = message };
    }

    private static NatGateway Build(
        CommandContext context, NatGateway gateway, Subnet subnet, List<ElasticIp> addresses, NatGatewayInterface wish)
    {
        NetworkInterface eni = InterfaceMaker.Create(context, wish.For(context, gateway.Id, subnet));
        return gateway with
        {
            Addresses =
            [
                .. eni.PrivateAddresses.Select(
                    (a, i) => NewAddress(context, eni.Id, a.Ip, i < addresses.Count ? addresses[i] : null, isPrimary: i == 0)),
            ],
        };
    }

    /// <summary>Binds an Elastic IP, if there is one, to an address of the gateway's interface.</summary>
    private static NatGatewayAddress NewAddress(
        CommandContext context, Id<NetworkInterface> eni, IpAddress ip, ElasticIp? elastic, bool isPrimary)
    {
        string? association = elastic is null ? null : Bind(context, elastic, eni, ip).Association?.Id;
        return new NatGatewayAddress(eni, ip, elastic?.Id, elastic?.PublicIp, association, isPrimary);
    }

    /// <summary>Frees the Elastic IP of an address; the Elastic IP itself stays the account's.</summary>
    private static void Release(CommandContext context, NatGatewayAddress address)
    {
        if (address.AllocationId is { } id && context.Here.Find(id) is { Association: not null } elastic)
        {
            context.Put(elastic with { Association = null });
        }
    }

    private static bool IsShown(CommandContext context, NatGateway gateway) =>
        gateway.DeleteTime is not { } end || context.Now - end < NatGatewayAfterlife;

    private static string StateOf(NatGateway gateway) => gateway.State switch
    {
        NatGatewayState.Pending => "pending",
        NatGatewayState.Failed => "failed",
        NatGatewayState.Available => "available",
        NatGatewayState.Deleting => "deleting",
        _ => "deleted",
    };

    private static Aws.NatGateway ToWire(NatGateway gateway) => new()
    {
        NatGatewayId = gateway.Id.Value,
        VpcId = gateway.VpcId.Value,
        SubnetId = gateway.SubnetId?.Value,
        State = StateOf(gateway),
        ConnectivityType = gateway.IsPublic ? "public" : "private",
        AvailabilityMode = "zonal",
        CreateTime = gateway.CreateTime,
        DeleteTime = gateway.DeleteTime,
        FailureCode = gateway.FailureCode,
        FailureMessage = gateway.FailureMessage,
        NatGatewayAddresses =
            [.. gateway.Addresses.Select(a => ToWire(a, gateway.State == NatGatewayState.Pending ? "associating" : "succeeded"))],
        Tags = TagRules.ToWire(gateway.Tags),
    };

    /// <param name="status">How far the address is: <c>assigning</c>, <c>succeeded</c> …</param>
    private static Aws.NatGatewayAddress ToWire(NatGatewayAddress address, string status) => new()
    {
        NetworkInterfaceId = address.NetworkInterfaceId.Value,
        PrivateIp = address.PrivateIp.ToString(),
        AllocationId = address.AllocationId?.Value,
        PublicIp = address.PublicIp?.ToString(),
        AssociationId = address.AssociationId,
        IsPrimary = address.IsPrimary,
        Status = status,
    };

    /// <summary>Elastic IPs of NAT gateways: one that is not there has another code here than elsewhere.</summary>
    private static class NatGatewayElasticIps
    {
        private static readonly IdRules<ElasticIp> Ids = new(
            "AllocationId", "InvalidElasticIpID.NotFound", "InvalidElasticIpID.Malformed", "The elasticIp ID '{0}' does not exist");

        public static ElasticIp Get(CommandContext context, string? id) => Ids.Get(context, id);
    }

    /// <summary>The private addresses that a new gateway asks for.</summary>
    private sealed record NatGatewayInterface(IpAddress? PrimaryIp, List<IpAddress> SecondaryIps, int SecondaryCount)
    {
        public int AddressCount => 1 + SecondaryIps.Count + SecondaryCount;

        /// <param name="elasticIps">How many Elastic IPs a public gateway has: one for each address.</param>
        public static NatGatewayInterface Read(Aws.CreateNatGatewayRequest request, bool isPublic, int elasticIps)
        {
            IpAddress? primary = request.PrivateIpAddress is { } text ? Door.Ipv4(text, "privateIpAddress") : null;
            List<IpAddress> secondary =
                [.. (request.SecondaryPrivateIpAddresses ?? []).Select(a => Door.Ipv4(a, "secondaryPrivateIpAddresses"))];
            int count = request.SecondaryPrivateIpAddressCount is { } asked
                ? CheckedCount(asked, "secondaryPrivateIpAddressCount")
                : isPublic ? elasticIps - 1 - secondary.Count : 0;
            if (secondary.Count > 0 && request.SecondaryPrivateIpAddressCount is not null)
            {
                throw Fault.Combination(
                    "The parameter secondaryPrivateIpAddressCount cannot be used with the parameter secondaryPrivateIpAddresses");
            }

            if (isPublic && secondary.Count > 0 && count != 0)
            {
                throw Fault.Combination("The number of secondary private IP addresses must match the number of secondary allocation IDs");
            }

            NatGatewayInterface wish = new(primary, secondary, count);
            CheckAddressLimit(wish.AddressCount);
            return wish;
        }

        public InterfaceWish For(CommandContext context, Id<NatGateway> gateway, Subnet subnet) => new()
        {
            Subnet = subnet,
            Description = $"Interface for NAT Gateway {gateway}",
            InterfaceType = "nat_gateway",
            PrimaryIp = PrimaryIp,
            SecondaryIps = [.. SecondaryIps],
            SecondaryCount = SecondaryCount,
            Ipv6Count = 0,
            RequesterManaged = true,
            RequesterId = "amazon-aws",
            SourceDestCheck = false,
            Attachment = new InterfaceAttachment(
                context.NewId("ela-attach"), null, "amazon-aws", DeviceIndex: 1, NetworkCardIndex: 0, context.Now,
                DeleteOnTermination: false),
        };
    }
}
