namespace Trunkline.Tracing;

/// <summary>
/// Why a packet is dropped: a closed list. The names are AWS's explanation codes, word for word (Reachability Analyzer, "Explanation
/// codes"); the last few are ours, for what AWS's analyser cannot see. Values are not stable; names are.
/// </summary>
public enum ExplanationCode : byte
{
    /// <summary>Not dropped.</summary>
    NONE,

    /// <summary>component not in a functional state.</summary>
    BAD_STATE,

    /// <summary>attachment between the components not functional.</summary>
    BAD_STATE_ATTACHMENT,

    /// <summary>route not functional (blackhole).</summary>
    BAD_STATE_ROUTE,

    /// <summary>VPN connection not functional.</summary>
    BAD_STATE_VPN,

    /// <summary>this route's CIDR/prefix list does not match the packet's destination.</summary>
    CANNOT_ROUTE,

    /// <summary>Classic LB applies network ACLs to outbound traffic even to a target in its own subnet.</summary>
    ELB_ACL_RESTRICTION,

    /// <summary>LB sends only to targets in AZs enabled for it.</summary>
    ELB_INSTALLED_AZ_RESTRICTION,

    /// <summary>CLB listener accepts only its port inbound and its instance port outbound.</summary>
    ELB_LISTENER_PORT_RESTRICTION,

    /// <summary>CLB has no listener that accepts the traffic.</summary>
    ELB_LISTENERS_MISMATCH,

    /// <summary>cross-zone disabled, so some targets cannot be reached.</summary>
    ELB_NOT_CROSSZONE,

    /// <summary>listener's target groups have no targets.</summary>
    ELBV2_LISTENER_HAS_NO_TG,

    /// <summary>listener accepts only its destination port.</summary>
    ELBV2_LISTENER_PORT_RESTRICTION,

    /// <summary>no target group of the listener accepts the traffic.</summary>
    ELBV2_LISTENER_REQUIRES_TG_ACCEPT,

    /// <summary>LB has no listener that accepts the traffic.</summary>
    ELBV2_LISTENERS_MISMATCH,

    /// <summary>LB has no targets in the AZs.</summary>
    ELBV2_NO_TARGETS_IN_AZ,

    /// <summary>with source preservation on, the NLB leaves the outgoing source address unaltered.</summary>
    ELBV2_SOURCE_ADDRESS_PRESERVATION,

    /// <summary>ENI rejects traffic whose source/destination is not its private IP.</summary>
    ENI_ADDRESS_RESTRICTION,

    /// <summary>security group has no inbound/outbound rule that applies.</summary>
    ENI_SG_RULES_MISMATCH,

    /// <summary>source/dest check on: inbound dst or outbound src is not one of the ENI's private IPs.</summary>
    ENI_SOURCE_DEST_CHECK_RESTRICTION,

    /// <summary>blocked by a matching Network Firewall rule.</summary>
    FIREWALL_RULES_RESTRICTION,

    /// <summary>gateways reject spoofed addresses from the VPC.</summary>
    GATEWAY_REJECTS_SPOOFED_TRAFFIC,

    /// <summary>GWLB to target must use port 6081.</summary>
    GWLB_DESTINATION_PORT_RESTRICTION,

    /// <summary>GWLB to target must be GENEVE (UDP).</summary>
    GWLB_PROTOCOL_RESTRICTION,

    /// <summary>a higher-priority route with the same CIDR wins.</summary>
    HIGHER_PRIORITY_ROUTE,

    /// <summary>IGW accepts only destinations inside the VPC CIDRs.</summary>
    IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS,

    /// <summary>IGW rejects outbound to RFC1918.</summary>
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS,

    /// <summary>IGW rejects outbound to 100.64.0.0/10.</summary>
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS,

    /// <summary>IGW as an intermediate component is unsupported; analyse in two halves.</summary>
    IGW_NAT_REFLECTION,

    /// <summary>destination is not the public IP of an ENI in the VPC with an available attachment.</summary>
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,

    /// <summary>source has no public IP or is not an ENI of the VPC with an available attachment.</summary>
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,

    /// <summary>IGW rejects inbound from RFC1918.</summary>
    IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS,

    /// <summary>IGW rejects inbound from 100.64.0.0/10.</summary>
    IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS,

    /// <summary>middlebox behind an ingress route table needs a public IP.</summary>
    INGRESS_RTB_NO_PUBLIC_IP,

    /// <summary>subnets whose traffic is redirected to a middlebox cannot use a direct IGW route.</summary>
    INGRESS_RTB_TRAFFIC_REDIRECTION,

    /// <summary>a more specific route matches.</summary>
    MORE_SPECIFIC_ROUTE,

    /// <summary>NAT gateway does not alter destination.</summary>
    NGW_DEST_ADDRESS_PRESERVATION,

    /// <summary>NAT gateway only carries traffic from ENIs of its VPC (not peering, VPN, DX).</summary>
    NGW_REQUIRES_SOURCE_IN_VPC,

    /// <summary>NAT gateway rewrites the source to its private IP.</summary>
    NGW_SOURCE_ADDRESS_REASSIGN,

    /// <summary>component cannot deliver anywhere, or destination is in another account/Region.</summary>
    NO_POSSIBLE_DESTINATION,

    /// <summary>route table has no applicable route.</summary>
    NO_ROUTE_TO_DESTINATION,

    /// <summary>source or destination not in the CIDR of the destination VPC.</summary>
    PCX_REQUIRES_ADDRESS_IN_VPC_CIDR,

    /// <summary>component accepts only certain protocols.</summary>
    PROTOCOL_RESTRICTION,

    /// <summary>regional NAT gateway not registered in the originating AZ.</summary>
    REGIONAL_NGW_ROUTE_AZ_RESTRICTION,

    /// <summary>NAT gateway/LB remaps source port to 1024-65535.</summary>
    REMAP_EPHEMERAL_PORT,

    /// <summary>security group has no rules in that direction.</summary>
    SG_HAS_NO_RULES,

    /// <summary>component drops SG identity, so SG-referencing rules cannot match.</summary>
    SG_REFERENCES_NOT_PRESERVED,

    /// <summary>TGW VPC attachment lacks SG referencing support.</summary>
    SG_REFERENCING_SUPPORT,

    /// <summary>the subnet's network ACL must admit the traffic.</summary>
    SUBNET_ACL_RESTRICTION,

    /// <summary>LB routes only to its targets' addresses.</summary>
    TARGET_ADDRESS_RESTRICTION,

    /// <summary>LB routes only to the registered port.</summary>
    TARGET_PORT_RESTRICTION,

    /// <summary>attachment has no valid TGW route table association.</summary>
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION,

    /// <summary>default mode: must leave by the ENI of the originating AZ; appliance mode: must use the forward path's AZ.</summary>
    TGW_ATTACH_VPC_AZ_RESTRICTION,

    /// <summary>VPN not functional.</summary>
    TGW_BAD_STATE_VPN,

    /// <summary>TGW attachment has no subnet in the originating AZ.</summary>
    TGW_ROUTE_AZ_RESTRICTION,

    /// <summary>TGW route in bad state (blackhole).</summary>
    TGW_RTB_BAD_STATE_ROUTE,

    /// <summary>TGW route does not match the destination.</summary>
    TGW_RTB_CANNOT_ROUTE,

    /// <summary>higher-priority TGW route with the same CIDR.</summary>
    TGW_RTB_HIGHER_PRIORITY_ROUTE,

    /// <summary>more specific TGW route.</summary>
    TGW_RTB_MORE_SPECIFIC_ROUTE,

    /// <summary>TGW route table has no route to that attachment.</summary>
    TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,

    /// <summary>TGW routes unknown (other account or error).</summary>
    TGW_RTB_ROUTES_ARE_UNKNOWN,

    /// <summary>not enough information to extend the path.</summary>
    UNKNOWN_DESTINATION,

    /// <summary>one peered VPC is unknown; SG references across it treated as deny.</summary>
    UNKNOWN_PEERED_SGS,

    /// <summary>resource cannot be described.</summary>
    UNKNOWN_RESOURCE,

    /// <summary>VGW rejects outbound whose source is not an ENI of the VPC with an available attachment.</summary>
    VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS,

    /// <summary>VGW rejects inbound whose destination is not such a private IP.</summary>
    VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,

    /// <summary>blocked by VPC BPA.</summary>
    VPC_BLOCK_PUBLIC_ACCESS_ENABLED,

    /// <summary>local route only for destinations in the VPC CIDR.</summary>
    VPC_LOCAL_ROUTE_CIDR_RESTRICTION,

    /// <summary>gateway endpoint emits only sources in its prefix list.</summary>
    VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION,

    /// <summary>gateway endpoint: TCP or ICMP echo only.</summary>
    VPCE_GATEWAY_PROTOCOL_RESTRICTION,

    /// <summary>endpoint cannot initiate towards its own VPC.</summary>
    VPCE_INTRA_VPC_TRAFFIC,

    /// <summary>endpoint service not in that AZ.</summary>
    VPCE_SERVICE_NOT_INSTALLED_IN_AZ,

    /// <summary>source and destination VPCs not joined by a supported resource.</summary>
    DISCONNECTED_VPCS,

    /// <summary>no path (details not met, component isolated, source cannot initiate, unsupported feature such as IPv6).</summary>
    NO_PATH,

    /// <summary>source or destination does not exist.</summary>
    NO_SOURCE_OR_DESTINATION,

    /// <summary>component not in a VPC of the account, or has no IPv4 ENI.</summary>
    UNASSOCIATED_COMPONENT,

    /// <summary>component not supported.</summary>
    UNSUPPORTED_COMPONENT,

    /// <summary>no path through the named component.</summary>
    COMPONENT_FILTER_RESTRICTION,

    /// <summary>no path because a filter removed a component.</summary>
    COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT,

    /// <summary>dst address at destination.</summary>
    FILTER_AT_DESTINATION_DESTINATION_ADDRESS,

    /// <summary>dst port range at destination.</summary>
    FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE,

    /// <summary>protocol at destination.</summary>
    FILTER_AT_DESTINATION_PROTOCOL,

    /// <summary>src address at destination.</summary>
    FILTER_AT_DESTINATION_SOURCE_ADDRESS,

    /// <summary>src port range at destination.</summary>
    FILTER_AT_DESTINATION_SOURCE_PORT_RANGE,

    /// <summary>dst address at source.</summary>
    FILTER_AT_SOURCE_DESTINATION_ADDRESS,

    /// <summary>dst port range at source.</summary>
    FILTER_AT_SOURCE_DESTINATION_PORT_RANGE,

    /// <summary>protocol at source.</summary>
    FILTER_AT_SOURCE_PROTOCOL,

    /// <summary>src address at source.</summary>
    FILTER_AT_SOURCE_SOURCE_ADDRESS,

    /// <summary>src port range at source.</summary>
    FILTER_AT_SOURCE_SOURCE_PORT_RANGE,

    /// <summary>IP must be public when the resource is an internet gateway.</summary>
    IGW_EXPECTS_PUBLIC_ADDRESS,

    /// <summary>Ours: the packet went over 64 hops, or a translator's own route leads back to it.</summary>
    FORWARDING_LOOP,

    /// <summary>Ours: no internet host answers at that address and port.</summary>
    WORLD_HOST_DOES_NOT_ANSWER,

    /// <summary>Ours: the public address is of a range of the customer's own that is not advertised.</summary>
    ADDRESS_NOT_ADVERTISED,

    /// <summary>Ours: a NAT gateway, an egress-only internet gateway, the sender or the receiver holds no connection that the packet belongs to.</summary>
    NO_MATCHING_CONNECTION,

    /// <summary>Ours: packets to 169.254.168.0/22 and fd00:ec2::/32 are not forwarded, whatever the routes say.</summary>
    RESERVED_RANGE_NOT_FORWARDED,

    /// <summary>Ours: a tunnel's two ends have agreed on other addresses than the packet's (the CIDRs of the VPN connection).</summary>
    OUTSIDE_TRAFFIC_SELECTORS,

    /// <summary>Ours: nothing on the machine listens on that port.</summary>
    MACHINE_DOES_NOT_LISTEN,

    /// <summary>Ours: a health check was answered with an HTTP status that does not count as well. Of checks only, never of a drop.</summary>
    HEALTH_CHECK_STATUS_MISMATCH,
}
