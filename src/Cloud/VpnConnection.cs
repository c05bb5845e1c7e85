using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>
/// A VPN connection: two IPsec tunnels between a customer gateway and a virtual private gateway, a transit gateway, or nothing yet.
/// Source: AWS Site-to-Site VPN, "How AWS Site-to-Site VPN works".
/// </summary>
public sealed record VpnConnection : IResource<VpnConnection>, ITagged
{
    public static string Kind => "vpn-connection";

    public static string IdPrefix => "vpn";

    public required Id<VpnConnection> Id { get; init; }

    public required Id<CustomerGateway> CustomerGatewayId { get; init; }

    /// <summary>AWS's end; at most one of this and <see cref="TransitGatewayId"/> is set.</summary>
    public Id<VpnGateway>? VpnGatewayId { get; init; }

    /// <summary>AWS's end: <c>tgw-…</c>, of the same account and region.</summary>
    public string? TransitGatewayId { get; init; }

    /// <summary>The attachment that it is at its transit gateway: <c>tgw-attach-…</c>; null where there is none.</summary>
    public string? TransitGatewayAttachmentId { get; init; }

    /// <summary>Routes by hand (<see cref="Routes"/>, or those of the transit gateway's tables) instead of BGP.</summary>
    public bool StaticRoutesOnly { get; init; }

    public bool EnableAcceleration { get; init; }

    /// <summary>Whether the tunnels carry IPv6 instead of IPv4; with transit gateways only.</summary>
    public bool CarriesIpv6 { get; init; }

    /// <summary>What the customer's side may have as addresses (IKE's traffic selector).</summary>
    public Prefix LocalCidr { get; init; } = Prefix.AnyV4;

    /// <summary>What AWS's side may have as addresses.</summary>
    public Prefix RemoteCidr { get; init; } = Prefix.AnyV4;

    /// <summary><c>PublicIpv4</c>, <c>PrivateIpv4</c> (over Direct Connect) or <c>Ipv6</c>.</summary>
    public string OutsideIpAddressType { get; init; } = "PublicIpv4";

    /// <summary>The Direct Connect gateway's attachment that private tunnels run over: <c>tgw-attach-…</c>; null elsewhere.</summary>
    public string? TransportAttachmentId { get; init; }

    /// <summary>5 Gbps a tunnel instead of 1.25; with transit gateways only.</summary>
    public bool IsLarge { get; init; }

    /// <summary>Static routes to the customer's networks, ascending; connections of virtual private gateways only.</summary>
    public ImmutableArray<Prefix> Routes { get; init; } = [];

    /// <summary>Always two; tunnel 1 is the first.</summary>
    public required ImmutableArray<VpnTunnel> Tunnels { get; init; }

    public VpnState State { get; init; } = VpnState.Available;

    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>When it was deleted; it stays in describe for about an hour.</summary>
    public DateTimeOffset? DeleteTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <summary>Gigabits a second that one tunnel carries at most.</summary>
    [JsonIgnore]
    public double TunnelGbps => IsLarge ? 5 : 1.25;

    /// <remarks>A deleted connection holds on to nothing.</remarks>
    public IEnumerable<string> Keys
    {
        get
        {
            if (State == VpnState.Deleted)
            {
                yield break;
            }

            yield return CustomerGatewayId.Value;
            if (VpnGatewayId is { } gateway)
            {
                yield return gateway.Value;
            }

            if (TransitGatewayId is { } transit)
            {
                yield return transit;
            }

            foreach (VpnTunnel tunnel in Tunnels)
            {
                yield return TunnelWord(tunnel.OutsideIp);
            }
        }
    }

    /// <summary>The word a connection is found by from the outside address of one of its tunnels.</summary>
    public static string TunnelWord(IpAddress outside) => $"tunnel/{outside}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One tunnel. An option that is null has AWS's default and is not shown, as at AWS.</summary>
/// <remarks>Source: AWS Site-to-Site VPN, "Tunnel options".</remarks>
public sealed record VpnTunnel
{
    /// <summary>AWS's outside address: public, or private for tunnels over Direct Connect.</summary>
    public required IpAddress OutsideIp { get; init; }

    /// <summary>A /30 of 169.254.0.0/16: AWS has its first address, the customer its second; also BGP's addresses.</summary>
    public required Prefix InsideCidr { get; init; }

    /// <summary>A /126 of fd00::/8 where the tunnel carries IPv6; null elsewhere.</summary>
    public Prefix? InsideIpv6Cidr { get; init; }

    public required string PreSharedKey { get; init; }

    public int? Phase1LifetimeSeconds { get; init; }

    public int? Phase2LifetimeSeconds { get; init; }

    public int? RekeyMarginTimeSeconds { get; init; }

    public int? RekeyFuzzPercentage { get; init; }

    public int? ReplayWindowSize { get; init; }

    public int? DpdTimeoutSeconds { get; init; }

    /// <summary><c>clear</c> (the default), <c>none</c> or <c>restart</c>.</summary>
    public string? DpdTimeoutAction { get; init; }

    public ImmutableArray<string> Phase1Encryption { get; init; } = [];

    public ImmutableArray<string> Phase2Encryption { get; init; } = [];

    public ImmutableArray<string> Phase1Integrity { get; init; } = [];

    public ImmutableArray<string> Phase2Integrity { get; init; } = [];

    public ImmutableArray<int> Phase1DhGroups { get; init; } = [];

    public ImmutableArray<int> Phase2DhGroups { get; init; } = [];

    /// <summary>Some of <c>ikev1</c> and <c>ikev2</c>; empty for both.</summary>
    public ImmutableArray<string> IkeVersions { get; init; } = [];

    /// <summary><c>add</c> (the default: the customer begins) or <c>start</c>.</summary>
    public string? StartupAction { get; init; }

    public VpnTunnelLog Log { get; init; } = VpnTunnelLog.None;

    public bool? LifecycleControl { get; init; }

    /// <summary>When AWS last replaced the endpoint because it was asked to; null where it never did.</summary>
    public DateTimeOffset? LastReplaced { get; init; }

    /// <summary>AWS's inside address.</summary>
    [JsonIgnore]
    public IpAddress AwsInside => InsideCidr.First.Plus(1);

    /// <summary>The customer's inside address.</summary>
    [JsonIgnore]
    public IpAddress CustomerInside => InsideCidr.First.Plus(2);
}

/// <summary>Where a tunnel's activity is logged.</summary>
/// <param name="Enabled">Whether IPsec's activity is.</param>
/// <param name="Format"><c>json</c> or <c>text</c>; null where it is not.</param>
/// <param name="BgpEnabled">Whether BGP's activity is.</param>
public sealed record VpnTunnelLog(
    bool Enabled, string? GroupArn = null, string? Format = null, bool BgpEnabled = false, string? BgpGroupArn = null, string? BgpFormat = null)
{
    public static readonly VpnTunnelLog None = new(Enabled: false);
}
