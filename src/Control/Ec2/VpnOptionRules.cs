using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Options of a VPN connection as a whole. Source: EC2 API, VpnConnectionOptionsSpecification; AWS Site-to-Site VPN, "Limits".</summary>
internal static class VpnOptionRules
{
    private const string Private = "PrivateIpv4";

    /// <summary>A new connection with the options that were asked for.</summary>
    public static VpnConnection Checked(
        VpnTarget target, CustomerGateway customer, Aws.VpnConnectionOptionsSpecification options, VpnConnection connection)
    {
        bool isIpv6 = Door.OneOf(options.TunnelInsideIpVersion, "tunnelInsideIpVersion", "ipv4", "ipv6") == "ipv6";
        string outside = Door.OneOf(options.OutsideIpAddressType, "outsideIpAddressType", "PublicIpv4", Private, "Ipv6") ?? "PublicIpv4";
        if (outside == "Ipv6")
        {
            throw Fault.Unsupported("OutsideIpAddressType=Ipv6");
        }

        bool isLarge = IsLarge(options.TunnelBandwidth) ?? false;
        VpnConnection next = connection with
        {
            EnableAcceleration = options.EnableAcceleration ?? false,
            StaticRoutesOnly = options.StaticRoutesOnly ?? false,
            CarriesIpv6 = isIpv6,
            OutsideIpAddressType = outside,
            TransportAttachmentId = options.TransportTransitGatewayAttachmentId,
            IsLarge = isLarge,
            LocalCidr = isIpv6 ? Prefix.AnyV6 : Prefix.AnyV4,
            RemoteCidr = isIpv6 ? Prefix.AnyV6 : Prefix.AnyV4,
        };
        CheckTarget(target, next);
        CheckOutside(customer, next);
        return WithCidrs(
            next, options.LocalIpv4NetworkCidr, options.RemoteIpv4NetworkCidr, options.LocalIpv6NetworkCidr, options.RemoteIpv6NetworkCidr);
    }

    /// <summary>The connection with other traffic selectors; those that were not given stay.</summary>
    public static VpnConnection WithCidrs(VpnConnection connection, string? local4, string? remote4, string? local6, string? remote6)
    {
        if (connection.CarriesIpv6 && (local4 is not null || remote4 is not null))
        {
            throw Fault.Combination("IPv4 network CIDRs cannot be used with a VPN connection whose tunnel inside IP version is ipv6");
        }

        if (!connection.CarriesIpv6 && (local6 is not null || remote6 is not null))
        {
            throw Fault.Combination("IPv6 network CIDRs cannot be used with a VPN connection whose tunnel inside IP version is ipv4");
        }

        return connection.CarriesIpv6
            ? connection with
            {
                LocalCidr = local6 is null ? connection.LocalCidr : Door.Ipv6Cidr(local6, "localIpv6NetworkCidr"),
                RemoteCidr = remote6 is null ? connection.RemoteCidr : Door.Ipv6Cidr(remote6, "remoteIpv6NetworkCidr"),
            }
            : connection with
            {
                LocalCidr = local4 is null ? connection.LocalCidr : Door.Ipv4Cidr(local4, "localIpv4NetworkCidr"),
                RemoteCidr = remote4 is null ? connection.RemoteCidr : Door.Ipv4Cidr(remote4, "remoteIpv4NetworkCidr"),
            };
    }

    /// <summary>Whether <c>large</c> was asked for; null where nothing was.</summary>
    public static bool? IsLarge(string? bandwidth) => Door.OneOf(bandwidth, "tunnelBandwidth", "standard", "large") switch
    {
        null => null,
        "large" => true,
        _ => false,
    };

    /// <summary>Rules 120, 122, 123: what only a transit gateway can have.</summary>
    public static void CheckTarget(VpnTarget target, VpnConnection connection)
    {
        bool isTransit = target.TransitGateway is not null;
        if (connection.EnableAcceleration && !isTransit)
        {
            throw Fault.Combination("Acceleration is supported for VPN connections that are attached to a transit gateway only.");
        }

        if (connection.CarriesIpv6 && !isTransit)
        {
            throw Fault.Combination("The tunnel inside IP version ipv6 is supported for VPN connections that are attached to a transit gateway only.");
        }

        if (connection.IsLarge && (!isTransit || connection.EnableAcceleration))
        {
            throw Fault.Combination(
                "The tunnel bandwidth large is supported for VPN connections without acceleration that are attached to a transit gateway only.");
        }

        if (connection.OutsideIpAddressType == Private && !isTransit)
        {
            throw Fault.Combination("Private outside IP addresses are supported for VPN connections that are attached to a transit gateway only.");
        }
    }

    /// <summary>Private outside addresses run over an attachment of Direct Connect; public ones over the internet.</summary>
    public static void CheckOutside(CustomerGateway customer, VpnConnection connection)
    {
        bool isPrivate = connection.OutsideIpAddressType == Private;
        if (isPrivate && connection.TransportAttachmentId is null)
        {
            throw Fault.Missing("transportTransitGatewayAttachmentId");
        }

        if (!isPrivate && connection.TransportAttachmentId is not null)
        {
            throw Fault.Combination("The parameter transportTransitGatewayAttachmentId can be used with the outside IP address type PrivateIpv4 only");
        }

        if (isPrivate && connection.EnableAcceleration)
        {
            throw Fault.Combination("Acceleration cannot be used with the outside IP address type PrivateIpv4");
        }

        if (customer.IpAddress is { } address
            && isPrivate != (WellKnown.IsRfc1918(address) || WellKnown.IsRfc6598(address)))
        {
            throw Fault.Combination(
                $"The IP address {address} of the customer gateway {customer.Id} does not match the outside IP address type "
                + connection.OutsideIpAddressType);
        }
    }
}
