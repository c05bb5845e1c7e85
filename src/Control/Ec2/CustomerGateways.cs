using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.NetworkManager;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Customer gateways. Source: AWS Site-to-Site VPN, "Customer gateway options"; EC2 API, CreateCustomerGateway, DeleteCustomerGateway,
/// DescribeCustomerGateways.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<CustomerGateway> CustomerGatewayIds = new(
        "CustomerGatewayId", "InvalidCustomerGatewayID.NotFound", "InvalidCustomerGatewayId.Malformed",
        "The customerGateway ID '{0}' does not exist");

    /// <summary>The only kind of VPN that AWS has.</summary>
    internal const string VpnType = "ipsec.1";

    /// <summary>How long a gateway or connection of VPN's that was deleted is still described.</summary>
    private static readonly TimeSpan VpnAfterlife = TimeSpan.FromHours(1);

    /// <summary>The ASN of a gateway that gives none.</summary>
    private const long UsualCustomerAsn = 65000;

    /// <summary>Blocks that no router on the internet, or behind Direct Connect, has an address in.</summary>
    private static readonly ImmutableArray<Prefix> NoRouters =
    [
        Prefix.Parse("0.0.0.0/8"), Prefix.Parse("127.0.0.0/8"), WellKnown.LinkLocalV4, Prefix.Parse("224.0.0.0/3"),
        Prefix.Parse("::/127"), Prefix.Parse("fe80::/10"), Prefix.Parse("ff00::/8"),
    ];

    private static readonly FilterTable<CustomerGateway> CustomerGatewayFilters = new()
    {
        { "bgp-asn", gateway => gateway.Asn.ToString(CultureInfo.InvariantCulture) },
        { "customer-gateway-id", gateway => gateway.Id.Value },
        { "ip-address", gateway => gateway.IpAddress?.ToString() },
        { "state", gateway => StateOf(gateway.State) },
        { "type", _ => VpnType },
    };

    /// <summary>An identical request returns the gateway that stands.</summary>
    public Aws.CreateCustomerGatewayResult CreateCustomerGateway(CommandContext context, Aws.CreateCustomerGatewayRequest request)
    {
        CheckVpnType(request.Type);
        CustomerGateway wanted = new()
        {
            Id = new(context.NewId(CustomerGateway.IdPrefix)),
            IpAddress = RouterAddress(request),
            Asn = RouterAsn(context, request),
            CertificateArn = RouterCertificate(context, request.CertificateArn),
            DeviceName = request.DeviceName is { Length: > 255 } ? throw Fault.InvalidValue(request.DeviceName, "deviceName") : request.DeviceName,
            Tags = TagRules.New<CustomerGateway>(request.TagSpecifications),
        };
        if (wanted.IpAddress is null && wanted.CertificateArn is null)
        {
            throw Fault.Missing("ipAddress");
        }

        CustomerGateway? same = context.Here.All<CustomerGateway>().FirstOrDefault(g => IsSame(g, wanted));
        if (same is null)
        {
            int count = context.Here.All<CustomerGateway>().Count(g => g.State != VpnState.Deleted);
            context.Quotas.Check(Quotas.CustomerGatewaysPerRegion, count + 1);
        }

        return new Aws.CreateCustomerGatewayResult { CustomerGateway = ToWire(same ?? context.Put(wanted)) };
    }

    /// <summary>Refused while a VPN connection uses it.</summary>
    public Aws.DeleteCustomerGatewayResult DeleteCustomerGateway(CommandContext context, Aws.DeleteCustomerGatewayRequest request)
    {
        CustomerGateway gateway = UsableCustomerGateway(context, request.CustomerGatewayId);
        if (context.Here.By<VpnConnection>(gateway.Key).Any())
        {
            throw new Fault("IncorrectState", "The customer gateway is in use.");
        }

        context.Put(gateway with { State = VpnState.Deleted, DeleteTime = context.Now });
        GoneGateways.CustomerGateway(context, gateway);
        return new Aws.DeleteCustomerGatewayResult();
    }

    public Aws.DescribeCustomerGatewaysResult DescribeCustomerGateways(
        CommandContext context, Aws.DescribeCustomerGatewaysRequest request)
    {
        IEnumerable<CustomerGateway> rows = CustomerGatewayFilters.Apply(
            context, InSight(context, CustomerGatewayIds, request.CustomerGatewayIds, g => g.DeleteTime), request.Filters);
        return new Aws.DescribeCustomerGatewaysResult { CustomerGateways = [.. rows.Select(ToWire)] };
    }

    /// <summary>The rows of the ids of a request, or all, without those that were deleted long ago.</summary>
    private static IEnumerable<T> InSight<T>(
        CommandContext context, IdRules<T> rules, IReadOnlyList<string>? ids, Func<T, DateTimeOffset?> deleted)
        where T : class, IResource<T>
    {
        List<T> rows = [.. rules.GetAll(context, ids)];
        if (ids is { Count: > 0 } && rows.Find(r => !IsInSight(context, deleted(r))) is { } gone)
        {
            throw rules.NotFound(gone.Key);
        }

        return rows.Where(r => IsInSight(context, deleted(r)));
    }

    /// <summary>Whether what was deleted at a time, or not at all, is still described.</summary>
    private static bool IsInSight(CommandContext context, DateTimeOffset? deleted) =>
        deleted is not { } end || context.Now - end < VpnAfterlife;

    /// <summary>A gateway that was not deleted.</summary>
    private static CustomerGateway UsableCustomerGateway(CommandContext context, string? id)
    {
        CustomerGateway gateway = CustomerGatewayIds.Get(context, id);
        return gateway.State != VpnState.Deleted ? gateway : throw CustomerGatewayIds.NotFound(gateway.Id.Value);
    }

    private static void CheckVpnType(string? type)
    {
        if (Door.Required(type, "type") != VpnType)
        {
            throw Fault.Invalid($"Value ({type}) for parameter type is invalid. Invalid VPN type: expecting {VpnType}.");
        }
    }

    /// <summary>AWS's name of a state.</summary>
    internal static string StateOf(VpnState state) => state switch
    {
        VpnState.Pending => "pending",
        VpnState.Available => "available",
        VpnState.Deleting => "deleting",
        _ => "deleted",
    };

    /// <summary>The deprecated name of the parameter is taken too, not both.</summary>
    private static IpAddress? RouterAddress(Aws.CreateCustomerGatewayRequest request)
    {
        if (request.IpAddress is not null && request.PublicIp is not null && request.IpAddress != request.PublicIp)
        {
            throw Fault.Combination("The parameter publicIp cannot be used with the parameter ipAddress");
        }

        if ((request.IpAddress ?? request.PublicIp) is not { } text)
        {
            return null;
        }

        return IpAddress.TryParse(text, out IpAddress address) && !NoRouters.Any(p => p.Family == address.Family && p.Contains(address))
            ? address
            : throw Fault.Invalid($"Value ({text}) for parameter ipAddress is invalid. Invalid IP address");
    }

    /// <summary>Two parameters for two ranges of numbers.</summary>
    private static long RouterAsn(CommandContext context, Aws.CreateCustomerGatewayRequest request)
    {
        if (request.BgpAsn is not null && request.BgpAsnExtended is not null)
        {
            throw Fault.Combination("The parameter bgpAsn cannot be used with the parameter bgpAsnExtended");
        }

        if (request.BgpAsn is < 1)
        {
            throw Fault.Invalid($"Value ({request.BgpAsn}) for parameter bgpAsn is invalid. Expecting a value between 1 and 2147483647.");
        }

        if (request.BgpAsnExtended is < 2_147_483_648 or > 4_294_967_295)
        {
            throw Fault.Invalid(
                $"Value ({request.BgpAsnExtended}) for parameter bgpAsnExtended is invalid. Expecting a value between 2147483648 and 4294967295.");
        }

        long asn = request.BgpAsn ?? request.BgpAsnExtended ?? UsualCustomerAsn;
        return IsAmazons(context.Region, asn)
            ? throw Fault.Invalid($"Value ({asn}) for parameter bgpAsn is invalid. The ASN is reserved in the region {context.Region}.")
            : asn;
    }

    /// <summary>ASNs that AWS keeps. Source: AWS Site-to-Site VPN, "Customer gateway options".</summary>
    private static bool IsAmazons(string region, long asn) => (asn, region) switch
    {
        (7224, _) => true,
        (9059, "eu-west-1") => true,
        (10124, "ap-northeast-1") => true,
        (17943, "ap-southeast-1") => true,
        _ => false,
    };

    /// <summary>A certificate of the account's own, in this region.</summary>
    private static string? RouterCertificate(CommandContext context, string? arn)
    {
        bool isGood = arn is null || context.Here.All<Certificate>().Any(c => c.Arn == arn);
        return isGood ? arn : throw Fault.InvalidValue(arn, "certificateArn");
    }

    private static bool IsSame(CustomerGateway one, CustomerGateway other) =>
        one.State != VpnState.Deleted && one.IpAddress == other.IpAddress && one.Asn == other.Asn
        && one.CertificateArn == other.CertificateArn && one.DeviceName == other.DeviceName;

    private static Aws.CustomerGateway ToWire(CustomerGateway gateway)
    {
        string asn = gateway.Asn.ToString(CultureInfo.InvariantCulture);
        bool isExtended = gateway.Asn > int.MaxValue;
        return new Aws.CustomerGateway
        {
            CustomerGatewayId = gateway.Id.Value,
            State = StateOf(gateway.State),
            Type = VpnType,
            IpAddress = gateway.IpAddress?.ToString(),
            BgpAsn = isExtended ? null : asn,
            BgpAsnExtended = isExtended ? asn : null,
            CertificateArn = gateway.CertificateArn,
            DeviceName = gateway.DeviceName,
            Tags = TagRules.ToWire(gateway.Tags),
        };
    }
}
