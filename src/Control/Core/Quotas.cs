using System.Collections.Immutable;

namespace Trunkline.Control;

/// <summary>An adjustable quota of AWS's: its default, and the words in which AWS refuses.</summary>
/// <param name="Name">The name in a quota file.</param>
/// <param name="Default">AWS's default value.</param>
/// <param name="Status">The HTTP status of the refusal.</param>
public sealed record Quota(string Name, int Default, string FaultCode, string Message, int Status = 400);

/// <summary>The adjustable quotas, by AWS's "Amazon VPC quotas" and "EC2 quotas". Hard limits are not here: they always hold.</summary>
public sealed class Quotas
{
    public static readonly Quota VpcsPerRegion =
        new("vpcs-per-region", 5, "VpcLimitExceeded", "The maximum number of VPCs has been reached.");

    public static readonly Quota SubnetsPerVpc =
        new("subnets-per-vpc", 200, "SubnetLimitExceeded", "The maximum number of subnets has been reached.");

    public static readonly Quota CidrsPerVpc =
        new("ipv4-cidrs-per-vpc", 5, "CidrLimitExceeded", "This network '{0}' has met its maximum number of allowed CIDRs: {1}");

    public static readonly Quota Ipv6CidrsPerVpc =
        new("ipv6-cidrs-per-vpc", 5, "CidrLimitExceeded", "This network '{0}' has met its maximum number of allowed IPv6 CIDRs: {1}");

    public static readonly Quota InternetGatewaysPerRegion = new(
        "internet-gateways-per-region", 5, "InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.");

    public static readonly Quota EgressOnlyGatewaysPerRegion = new(
        "egress-only-internet-gateways-per-region", 5, "EgressOnlyInternetGatewayLimitExceeded",
        "The maximum number of egress-only internet gateways has been reached.");

    public static readonly Quota RouteTablesPerVpc =
        new("route-tables-per-vpc", 200, "RouteTableLimitExceeded", "The maximum number of route tables has been reached.");

    public static readonly Quota RoutesPerTable =
        new("routes-per-route-table", 500, "RouteLimitExceeded", "The maximum number of routes has been reached.");

    public static readonly Quota NatGatewaysPerZone = new(
        "nat-gateways-per-availability-zone", 5, "NatGatewayLimitExceeded",
        "The maximum number of NAT gateways for the Availability Zone has been reached.");

    public static readonly Quota ElasticIpsPerRegion =
        new("elastic-ips-per-region", 5, "AddressLimitExceeded", "The maximum number of addresses has been reached.");

    public static readonly Quota SecurityGroupsPerRegion = new(
        "security-groups-per-region", 2500, "SecurityGroupLimitExceeded", "The maximum number of security groups has been reached.");

    public static readonly Quota RulesPerSecurityGroup = new(
        "rules-per-security-group", 60, "RulesPerSecurityGroupLimitExceeded",
        "The maximum number of rules per security group has been reached.");

    public static readonly Quota SecurityGroupsPerInterface = new(
        "security-groups-per-interface", 5, "SecurityGroupsPerInterfaceLimitExceeded",
        "The maximum number of security groups per interface has been reached.");

    public static readonly Quota NetworkAclsPerVpc =
        new("network-acls-per-vpc", 200, "NetworkAclLimitExceeded", "The maximum number of network ACLs has been reached.");

    public static readonly Quota EntriesPerAcl = new(
        "rules-per-network-acl", 20, "NetworkAclEntryLimitExceeded", "The maximum number of network ACL entries has been reached.");

    public static readonly Quota InterfacesPerRegion = new(
        "network-interfaces-per-region", 5000, "NetworkInterfaceLimitExceeded",
        "The maximum number of network interfaces has been reached.");

    public static readonly Quota ByoipCidrsPerRegion = new(
        "byoip-cidrs-per-region", 5, "ByoipCidrLimitExceeded", "The maximum number of BYOIP address ranges has been reached.");

    public static readonly Quota ClassicLoadBalancersPerRegion = new(
        "classic-load-balancers-per-region", 20, "TooManyLoadBalancers", "The quota for the number of load balancers has been reached.");

    public static readonly Quota ListenersPerClassicLoadBalancer = new(
        "listeners-per-classic-load-balancer", 100, "InvalidConfigurationRequest",
        "The quota for the number of listeners of a load balancer has been reached.", 409);

    public static readonly Quota InstancesPerClassicLoadBalancer = new(
        "registered-instances-per-classic-load-balancer", 1000, "InvalidInstance",
        "The quota for the number of instances registered with a load balancer has been reached.");

    public static readonly Quota IamRoles = new(
        "iam-roles", 1000, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: {0}", 409);

    public static readonly Quota IamInstanceProfiles = new(
        "iam-instance-profiles", 1000, "LimitExceeded", "Cannot exceed quota for InstanceProfilesPerAccount: {0}", 409);

    public static readonly Quota IamPolicies = new(
        "iam-policies", 1500, "LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: {0}", 409);

    public static readonly Quota IamServerCertificates = new(
        "iam-server-certificates", 20, "LimitExceeded", "Cannot exceed quota for ServerCertificatesPerAccount: {0}", 409);

    public static readonly Quota IamPoliciesPerRole = new(
        "iam-policies-per-role", 10, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: {0}", 409);

    public static readonly Quota BlockPublicAccessExclusions = new(
        "vpc-block-public-access-exclusions-per-region", 50, "VpcBlockPublicAccessExclusionLimitExceeded",
        "The maximum number of VPC Block Public Access exclusions has been reached.");

    public static readonly Quota HostedZonesPerAccount = new(
        "hosted-zones-per-account", 500, "TooManyHostedZones",
        "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones");

    public static readonly Quota VpcsPerHostedZone = new(
        "vpcs-per-hosted-zone", 300, "LimitsExceeded", "This operation can't be completed because the current account has reached the limit of VPCs.");

    public static readonly Quota RecordsPerHostedZone = new(
        "records-per-hosted-zone", 10_000, "LimitsExceeded",
        "This operation can't be completed because the hosted zone has reached the limit of records: {0}");

    public static readonly Quota PrefixListsPerRegion = new(
        "prefix-lists-per-region", 100, "PrefixListLimitExceeded", "The maximum number of prefix lists has been reached.");

    public static readonly Quota GatewayEndpointsPerRegion = new(
        "gateway-endpoints-per-region", 20, "VpcEndpointLimitExceeded", "The maximum number of gateway VPC endpoints has been reached.");

    public static readonly Quota InterfaceEndpointsPerVpc = new(
        "interface-endpoints-per-vpc", 50, "VpcEndpointLimitExceeded",
        "The maximum number of interface and Gateway Load Balancer VPC endpoints in the VPC has been reached.");

    public static readonly Quota AddressUnitsPerVpc = new(
        "network-address-usage-per-vpc", 64_000, "NetworkAddressUsageLimitExceeded",
        "The maximum network address usage of the VPC has been reached.");

    public static readonly Quota PeeringsPerVpc = new(
        "active-vpc-peering-connections-per-vpc", 50, "VpcPeeringConnectionsPerVpcLimitExceeded",
        "The maximum number of active VPC peering connections of the VPC has been reached.");

    public static readonly Quota OutstandingPeeringsPerVpc = new(
        "outstanding-vpc-peering-connections-per-vpc", 25, "OutstandingVpcPeeringConnectionLimitExceeded",
        "The maximum number of outstanding VPC peering connection requests has been reached.");

    public static readonly Quota CustomerGatewaysPerRegion = new(
        "customer-gateways-per-region", 50, "CustomerGatewayLimitExceeded", "The maximum number of customer gateways has been reached.");

    public static readonly Quota VpnGatewaysPerRegion = new(
        "virtual-private-gateways-per-region", 5, "VpnGatewayLimitExceeded",
        "The maximum number of virtual private gateways has been reached.");

    public static readonly Quota VpnConnectionsPerRegion = new(
        "vpn-connections-per-region", 50, "VpnConnectionLimitExceeded", "The maximum number of VPN connections has been reached.");

    public static readonly Quota VpnConnectionsPerGateway = new(
        "vpn-connections-per-virtual-private-gateway", 10, "VpnConnectionLimitExceeded",
        "The maximum number of VPN connections of the virtual private gateway has been reached.");

    public static readonly Quota StaticRoutesPerVpn = new(
        "static-routes-per-vpn-connection", 100, "RouteLimitExceeded", "The maximum number of static routes has been reached.");

    /// <summary>Every quota: what a quota file may name.</summary>
    public static readonly ImmutableArray<Quota> All =
    [
        VpcsPerRegion, SubnetsPerVpc, CidrsPerVpc, Ipv6CidrsPerVpc, InternetGatewaysPerRegion, EgressOnlyGatewaysPerRegion,
        RouteTablesPerVpc, RoutesPerTable, NatGatewaysPerZone, ElasticIpsPerRegion, SecurityGroupsPerRegion, RulesPerSecurityGroup,
        SecurityGroupsPerInterface, NetworkAclsPerVpc, EntriesPerAcl, InterfacesPerRegion, ByoipCidrsPerRegion,
        ClassicLoadBalancersPerRegion, ListenersPerClassicLoadBalancer, InstancesPerClassicLoadBalancer,
        IamRoles, IamInstanceProfiles, IamPolicies, IamServerCertificates, IamPoliciesPerRole,
        BlockPublicAccessExclusions, HostedZonesPerAccount, VpcsPerHostedZone, RecordsPerHostedZone,
        PrefixListsPerRegion, GatewayEndpointsPerRegion, InterfaceEndpointsPerVpc, AddressUnitsPerVpc,
        PeeringsPerVpc, OutstandingPeeringsPerVpc, CustomerGatewaysPerRegion, VpnGatewaysPerRegion, VpnConnectionsPerRegion,
        VpnConnectionsPerGateway, StaticRoutesPerVpn,
        .. Ec2.TransitGatewayQuotas.All, .. Elbv2.LoadBalancerQuotas.All, Acm.AcmService.NamesPerCertificate,
        .. DirectConnect.DxQuotas.All,
        .. Ram.RamQuotas.All, .. NetworkManager.NmQuotas.All,
    ];

    /// <summary>No adjustable quota holds.</summary>
    public static readonly Quotas Off = new(ImmutableDictionary<string, int>.Empty);

    /// <summary>AWS's defaults.</summary>
    public static readonly Quotas AwsDefaults = new(All.ToImmutableDictionary(q => q.Name, q => q.Default));

    private readonly ImmutableDictionary<string, int> limits;

    public Quotas(ImmutableDictionary<string, int> limits)
    {
        this.limits = limits;
    }

    /// <summary>Refuses when <paramref name="wanted"/> of something would be over its quota.</summary>
    /// <param name="arguments">What stands in the message for <c>{0}</c>; the limit comes after them.</param>
    public void Check(Quota quota, int wanted, params object[] arguments)
    {
        if (limits.TryGetValue(quota.Name, out int limit) && wanted > limit)
        {
            throw new Fault(
                quota.FaultCode,
                string.Format(System.Globalization.CultureInfo.InvariantCulture, quota.Message, [.. arguments, limit]),
                quota.Status);
        }
    }

    /// <summary>Whether a quota holds at all: what is costly to count need not be counted where it does not.</summary>
    public bool Holds(Quota quota) => limits.ContainsKey(quota.Name);

    /// <summary>Whether so many of something are within their quota; a quota that does not hold allows any number.</summary>
    public bool Allows(Quota quota, int wanted) => !limits.TryGetValue(quota.Name, out int limit) || wanted <= limit;

    /// <summary>The limit that holds, or AWS's default where none does; for answers that print it.</summary>
    public int LimitOf(Quota quota) => limits.GetValueOrDefault(quota.Name, quota.Default);
}
