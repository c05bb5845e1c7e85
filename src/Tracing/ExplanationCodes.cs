using System.Collections.Immutable;

namespace Trunkline.Tracing;

/// <summary>What each <see cref="ExplanationCode"/> says.</summary>
public static class ExplanationCodes
{
    private static readonly ImmutableDictionary<ExplanationCode, string> Texts = new Dictionary<ExplanationCode, string>
    {
        [ExplanationCode.BAD_STATE] = "component not in a functional state",
        [ExplanationCode.BAD_STATE_ATTACHMENT] = "attachment between the components not functional",
        [ExplanationCode.BAD_STATE_ROUTE] = "route not functional (blackhole)",
        [ExplanationCode.BAD_STATE_VPN] = "VPN connection not functional",
        [ExplanationCode.CANNOT_ROUTE] = "this route's CIDR/prefix list does not match the packet's destination",
        [ExplanationCode.ELB_ACL_RESTRICTION] = "Classic LB applies network ACLs to outbound traffic even to a target in its own subnet",
        [ExplanationCode.ELB_INSTALLED_AZ_RESTRICTION] = "LB sends only to targets in AZs enabled for it",
        [ExplanationCode.ELB_LISTENER_PORT_RESTRICTION] = "CLB listener accepts only its port inbound and its instance port outbound",
        [ExplanationCode.ELB_LISTENERS_MISMATCH] = "CLB has no listener that accepts the traffic",
        [ExplanationCode.ELB_NOT_CROSSZONE] = "cross-zone disabled, so some targets cannot be reached",
        [ExplanationCode.ELBV2_LISTENER_HAS_NO_TG] = "listener's target groups have no targets",
        [ExplanationCode.ELBV2_LISTENER_PORT_RESTRICTION] = "listener accepts only its destination port",
        [ExplanationCode.ELBV2_LISTENER_REQUIRES_TG_ACCEPT] = "no target group of the listener accepts the traffic",
        [ExplanationCode.ELBV2_LISTENERS_MISMATCH] = "LB has no listener that accepts the traffic",
        [ExplanationCode.ELBV2_NO_TARGETS_IN_AZ] = "LB has no targets in the AZs",
        [ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION]
            = "with source preservation on, the NLB leaves the outgoing source address unaltered",
        [ExplanationCode.ENI_ADDRESS_RESTRICTION] = "ENI rejects traffic whose source/destination is not its private IP",
        [ExplanationCode.ENI_SG_RULES_MISMATCH] = "security group has no inbound/outbound rule that applies",
        [ExplanationCode.ENI_SOURCE_DEST_CHECK_RESTRICTION]
            = "source/dest check on: inbound dst or outbound src is not one of the ENI's private IPs",
        [ExplanationCode.FIREWALL_RULES_RESTRICTION] = "blocked by a matching Network Firewall rule",
        [ExplanationCode.GATEWAY_REJECTS_SPOOFED_TRAFFIC] = "gateways reject spoofed addresses from the VPC",
        [ExplanationCode.GWLB_DESTINATION_PORT_RESTRICTION] = "GWLB to target must use port 6081",
        [ExplanationCode.GWLB_PROTOCOL_RESTRICTION] = "GWLB to target must be GENEVE (UDP)",
        [ExplanationCode.HIGHER_PRIORITY_ROUTE] = "a higher-priority route with the same CIDR wins",
        [ExplanationCode.IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS] = "IGW accepts only destinations inside the VPC CIDRs",
        [ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS] = "IGW rejects outbound to RFC1918",
        [ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS] = "IGW rejects outbound to 100.64.0.0/10",
        [ExplanationCode.IGW_NAT_REFLECTION] = "IGW as an intermediate component is unsupported; analyse in two halves",
        [ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS]
            = "destination is not the public IP of an ENI in the VPC with an available attachment",
        [ExplanationCode.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS]
            = "source has no public IP or is not an ENI of the VPC with an available attachment",
        [ExplanationCode.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS] = "IGW rejects inbound from RFC1918",
        [ExplanationCode.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS] = "IGW rejects inbound from 100.64.0.0/10",
        [ExplanationCode.INGRESS_RTB_NO_PUBLIC_IP] = "middlebox behind an ingress route table needs a public IP",
        [ExplanationCode.INGRESS_RTB_TRAFFIC_REDIRECTION]
            = "subnets whose traffic is redirected to a middlebox cannot use a direct IGW route",
        [ExplanationCode.MORE_SPECIFIC_ROUTE] = "a more specific route matches",
        [ExplanationCode.NGW_DEST_ADDRESS_PRESERVATION] = "NAT gateway does not alter destination",
        [ExplanationCode.NGW_REQUIRES_SOURCE_IN_VPC] = "NAT gateway only carries traffic from ENIs of its VPC (not peering, VPN, DX)",
        [ExplanationCode.NGW_SOURCE_ADDRESS_REASSIGN] = "NAT gateway rewrites the source to its private IP",
        [ExplanationCode.NO_POSSIBLE_DESTINATION] = "component cannot deliver anywhere, or destination is in another account/Region",
        [ExplanationCode.NO_ROUTE_TO_DESTINATION] = "route table has no applicable route",
        [ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR] = "source or destination not in the CIDR of the destination VPC",
        [ExplanationCode.PROTOCOL_RESTRICTION] = "component accepts only certain protocols",
        [ExplanationCode.REGIONAL_NGW_ROUTE_AZ_RESTRICTION] = "regional NAT gateway not registered in the originating AZ",
        [ExplanationCode.REMAP_EPHEMERAL_PORT] = "NAT gateway/LB remaps source port to 1024-65535",
        [ExplanationCode.SG_HAS_NO_RULES] = "security group has no rules in that direction",
        [ExplanationCode.SG_REFERENCES_NOT_PRESERVED] = "component drops SG identity, so SG-referencing rules cannot match",
        [ExplanationCode.SG_REFERENCING_SUPPORT] = "TGW VPC attachment lacks SG referencing support",
        [ExplanationCode.SUBNET_ACL_RESTRICTION] = "the subnet's network ACL must admit the traffic",
        [ExplanationCode.TARGET_ADDRESS_RESTRICTION] = "LB routes only to its targets' addresses",
        [ExplanationCode.TARGET_PORT_RESTRICTION] = "LB routes only to the registered port",
        [ExplanationCode.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION] = "attachment has no valid TGW route table association",
        [ExplanationCode.TGW_ATTACH_VPC_AZ_RESTRICTION]
            = "default mode: must leave by the ENI of the originating AZ; appliance mode: must use the forward path's AZ",
        [ExplanationCode.TGW_BAD_STATE_VPN] = "VPN not functional",
        [ExplanationCode.TGW_ROUTE_AZ_RESTRICTION] = "TGW attachment has no subnet in the originating AZ",
        [ExplanationCode.TGW_RTB_BAD_STATE_ROUTE] = "TGW route in bad state (blackhole)",
        [ExplanationCode.TGW_RTB_CANNOT_ROUTE] = "TGW route does not match the destination",
        [ExplanationCode.TGW_RTB_HIGHER_PRIORITY_ROUTE] = "higher-priority TGW route with the same CIDR",
        [ExplanationCode.TGW_RTB_MORE_SPECIFIC_ROUTE] = "more specific TGW route",
        [ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT] = "TGW route table has no route to that attachment",
        [ExplanationCode.TGW_RTB_ROUTES_ARE_UNKNOWN] = "TGW routes unknown (other account or error)",
        [ExplanationCode.UNKNOWN_DESTINATION] = "not enough information to extend the path",
        [ExplanationCode.UNKNOWN_PEERED_SGS] = "one peered VPC is unknown; SG references across it treated as deny",
        [ExplanationCode.UNKNOWN_RESOURCE] = "resource cannot be described",
        [ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS]
            = "VGW rejects outbound whose source is not an ENI of the VPC with an available attachment",
        [ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS] = "VGW rejects inbound whose destination is not such a private IP",
        [ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED] = "blocked by VPC BPA",
        [ExplanationCode.VPC_LOCAL_ROUTE_CIDR_RESTRICTION] = "local route only for destinations in the VPC CIDR",
        [ExplanationCode.VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION] = "gateway endpoint emits only sources in its prefix list",
        [ExplanationCode.VPCE_GATEWAY_PROTOCOL_RESTRICTION] = "gateway endpoint: TCP or ICMP echo only",
        [ExplanationCode.VPCE_INTRA_VPC_TRAFFIC] = "endpoint cannot initiate towards its own VPC",
        [ExplanationCode.VPCE_SERVICE_NOT_INSTALLED_IN_AZ] = "endpoint service not in that AZ",
        [ExplanationCode.DISCONNECTED_VPCS] = "source and destination VPCs not joined by a supported resource",
        [ExplanationCode.NO_PATH]
            = "no path (details not met, component isolated, source cannot initiate, unsupported feature such as IPv6)",
        [ExplanationCode.NO_SOURCE_OR_DESTINATION] = "source or destination does not exist",
        [ExplanationCode.UNASSOCIATED_COMPONENT] = "component not in a VPC of the account, or has no IPv4 ENI",
        [ExplanationCode.UNSUPPORTED_COMPONENT] = "component not supported",
        [ExplanationCode.COMPONENT_FILTER_RESTRICTION] = "no path through the named component",
        [ExplanationCode.COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT] = "no path because a filter removed a component",
        [ExplanationCode.FILTER_AT_DESTINATION_DESTINATION_ADDRESS] = "dst address at destination",
        [ExplanationCode.FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE] = "dst port range at destination",
        [ExplanationCode.FILTER_AT_DESTINATION_PROTOCOL] = "protocol at destination",
        [ExplanationCode.FILTER_AT_DESTINATION_SOURCE_ADDRESS] = "src address at destination",
        [ExplanationCode.FILTER_AT_DESTINATION_SOURCE_PORT_RANGE] = "src port range at destination",
        [ExplanationCode.FILTER_AT_SOURCE_DESTINATION_ADDRESS] = "dst address at source",
        [ExplanationCode.FILTER_AT_SOURCE_DESTINATION_PORT_RANGE] = "dst port range at source",
        [ExplanationCode.FILTER_AT_SOURCE_PROTOCOL] = "protocol at source",
        [ExplanationCode.FILTER_AT_SOURCE_SOURCE_ADDRESS] = "src address at source",
        [ExplanationCode.FILTER_AT_SOURCE_SOURCE_PORT_RANGE] = "src port range at source",
        [ExplanationCode.IGW_EXPECTS_PUBLIC_ADDRESS] = "IP must be public when the resource is an internet gateway",
        [ExplanationCode.FORWARDING_LOOP] = "the packet went over 64 hops, or a translator's own route leads back to it",
        [ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER] = "no internet host answers at that address and port",
        [ExplanationCode.ADDRESS_NOT_ADVERTISED] = "the public address is of a range of the customer's own that is not advertised",
        [ExplanationCode.NO_MATCHING_CONNECTION]
            = "a NAT gateway, an egress-only internet gateway, a load balancer, the sender or the receiver holds no connection that the packet belongs to",
        [ExplanationCode.RESERVED_RANGE_NOT_FORWARDED]
            = "packets to 169.254.168.0/22 and fd00:ec2::/32 are not forwarded, whatever the routes say",
        [ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS]
            = "a tunnel's two ends have agreed on other addresses than the packet's (the local and remote CIDRs of the VPN connection)",
        [ExplanationCode.MACHINE_DOES_NOT_LISTEN] = "nothing on the machine listens on that port",
        [ExplanationCode.HEALTH_CHECK_STATUS_MISMATCH] = "the health check was answered with an HTTP status that is not among those that count as well",
    }.ToImmutableDictionary();

    /// <summary>The codes that AWS's list does not have.</summary>
    public static ImmutableArray<ExplanationCode> Ours { get; } =
    [
        ExplanationCode.FORWARDING_LOOP,
        ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER,
        ExplanationCode.ADDRESS_NOT_ADVERTISED,
        ExplanationCode.NO_MATCHING_CONNECTION,
        ExplanationCode.RESERVED_RANGE_NOT_FORWARDED,
        ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS,
        ExplanationCode.MACHINE_DOES_NOT_LISTEN,
        ExplanationCode.HEALTH_CHECK_STATUS_MISMATCH,
    ];

    /// <summary>One line of English; empty for <see cref="ExplanationCode.NONE"/>.</summary>
    public static string MeaningOf(ExplanationCode code) => Texts.GetValueOrDefault(code, "");
}
