using Trunkline.Cloud;

namespace Trunkline.Tracing;

/// <summary>One sentence for a drop.</summary>
internal static class DropText
{
    public static string Of(Drop drop)
    {
        string packet = HeaderText.Of(drop.Packet);
        string way = drop.IsEgress ? "outbound" : "inbound";
        string where = drop.Code switch
        {
            ExplanationCode.SG_HAS_NO_RULES =>
                $"no security group of {drop.Component} has any {way} rule",
            ExplanationCode.ENI_SG_RULES_MISMATCH =>
                $"no {way} rule of {List(drop)} at {drop.Component} applies",
            ExplanationCode.SG_REFERENCES_NOT_PRESERVED =>
                $"only a rule of {List(drop)} that names a group would apply at {drop.Component}, and on this way the packet bears no group",
            ExplanationCode.SUBNET_ACL_RESTRICTION =>
                $"{way} rule {AclNumber(drop.AclRule)} of {drop.Acl} at {drop.Subnet} denies it",
            ExplanationCode.NO_ROUTE_TO_DESTINATION when drop.RouteTable is not null =>
                $"{drop.RouteTable} has no route to {drop.Address}",
            ExplanationCode.BAD_STATE_ROUTE =>
                $"the route of {drop.RouteTable} to {RouteName(drop.Route)} is a blackhole: {drop.Route?.Target.Id} is gone or does not work",
            ExplanationCode.SG_REFERENCING_SUPPORT =>
                $"only a rule of {List(drop)} that names a group would apply at {drop.Component}, and the transit gateway or an attachment "
                + "of it keeps no group",
            ExplanationCode.UNKNOWN_PEERED_SGS =>
                $"only a rule of {List(drop)} that names a group of the VPC at the other end of the peering would apply at {drop.Component}, and "
                + "nothing is known of that VPC",
            _ when Between(drop) is { } text => text,
            ExplanationCode.NO_POSSIBLE_DESTINATION when drop.Route is { } route =>
                $"nothing carries packets to {route.Target.Id}, where {drop.RouteTable} sends them",
            ExplanationCode.NO_POSSIBLE_DESTINATION when drop.LoadBalancer is { } balancer =>
                $"{balancer} has no target that it can send it to{Targets(drop)}",
            ExplanationCode.NO_POSSIBLE_DESTINATION => $"no interface of {drop.Vpc ?? drop.Component} has {drop.Address}",
            ExplanationCode.ELBV2_LISTENERS_MISMATCH or ExplanationCode.ELB_LISTENERS_MISMATCH =>
                $"{drop.LoadBalancer ?? drop.Component} has no listener for it",
            ExplanationCode.ELBV2_LISTENER_HAS_NO_TG => $"no target is registered behind {drop.Component}",
            ExplanationCode.ELBV2_LISTENER_REQUIRES_TG_ACCEPT => $"no target group behind {drop.Component} takes it",
            ExplanationCode.ELBV2_NO_TARGETS_IN_AZ or ExplanationCode.ELB_NOT_CROSSZONE =>
                $"{drop.LoadBalancer} has no healthy target that its node in {drop.Subnet} may use{Targets(drop)}",
            ExplanationCode.ELB_INSTALLED_AZ_RESTRICTION =>
                $"every target of {drop.LoadBalancer} is in a zone that is not enabled for it{Targets(drop)}",
            ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION =>
                $"{drop.LoadBalancer} leaves the source {drop.Packet.Source} as it is, and so the target cannot answer it",
            ExplanationCode.ELB_ACL_RESTRICTION =>
                $"{way} rule {AclNumber(drop.AclRule)} of {drop.Acl} denies it: a classic load balancer's packets pass it even inside {drop.Subnet}",
            ExplanationCode.MACHINE_DOES_NOT_LISTEN => $"nothing listens on port {drop.Packet.DestinationPorts?.From} of {drop.Component}",
            ExplanationCode.BAD_STATE => $"{drop.Component} is {drop.State ?? "not running"}",
            ExplanationCode.BAD_STATE_ATTACHMENT => $"{drop.Component} is attached to nothing",
            ExplanationCode.ENI_SOURCE_DEST_CHECK_RESTRICTION =>
                $"{drop.Address} is not an address of {drop.Component}, whose source/destination check is on",
            ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED =>
                $"block public access of {drop.Component.Partition} keeps {drop.Subnet} from the internet at {drop.Component}, and no exclusion lets it",
            ExplanationCode.VPCE_INTRA_VPC_TRAFFIC =>
                $"{drop.Component} cannot begin a connection towards {drop.Vpc}: an endpoint is only reached, never the other way",
            ExplanationCode.VPCE_SERVICE_NOT_INSTALLED_IN_AZ =>
                $"the service behind {drop.Component} has no load balancer node in the zone of {drop.Subnet}",
            ExplanationCode.VPCE_GATEWAY_PROTOCOL_RESTRICTION =>
                $"{drop.Component} is a gateway endpoint, which carries TCP and ICMP echo only",
            ExplanationCode.VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION =>
                $"{drop.Packet.Source} is not in the prefix list of {drop.Component}, and a gateway endpoint lets nothing else in",
            ExplanationCode.PROTOCOL_RESTRICTION when drop.VpcEndpoint is not null =>
                $"{drop.Component} is an interface endpoint, which carries TCP, and UDP to a load balancer that listens for it",
            ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER when drop.Component.Kind == "aws-service" =>
                $"{drop.Component} does not listen there",
            _ => $"{drop.Component}: {ExplanationCodes.MeaningOf(drop.Code)}",
        };
        return $"{(drop.Leg == Leg.Forward ? "" : "the reply ")}{packet} is dropped: {where}";
    }

    /// <summary>What was dropped between networks; null for all else.</summary>
    private static string? Between(Drop drop) => drop.Code switch
    {
        ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR =>
            $"{drop.Address} is not in {drop.Vpc}, and {drop.Component} leads nowhere else: a peering is not transitive",
        ExplanationCode.TGW_ROUTE_AZ_RESTRICTION =>
            $"{drop.Component} has no subnet in the zone that it comes from",
        ExplanationCode.TGW_ATTACH_VPC_AZ_RESTRICTION =>
            $"it comes by {drop.Component} to another zone than the packet it answers, and the appliance there does not know the connection: "
            + "appliance mode is off",
        ExplanationCode.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION =>
            $"{drop.Component} is associated with no route table of {drop.TransitGateway}",
        ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT =>
            $"{drop.TransitGatewayRouteTable}, which decides on what comes over {drop.TransitGatewayAttachment}, has no route to {drop.Address}, "
            + "though another attachment leads there",
        ExplanationCode.NO_ROUTE_TO_DESTINATION when drop.TransitGatewayRouteTable is { } table =>
            $"{table}, which decides on what comes over {drop.TransitGatewayAttachment}, has no route to {drop.Address}",
        ExplanationCode.NO_ROUTE_TO_DESTINATION when drop.RouteTable is null => $"{drop.Component} knows no way to {drop.Address}",
        ExplanationCode.TGW_RTB_BAD_STATE_ROUTE =>
            $"the route of {drop.TransitGatewayRouteTable} to {drop.LearnedRoute?.Destination} is a blackhole",
        ExplanationCode.TGW_RTB_ROUTES_ARE_UNKNOWN => $"nothing is known of the transit gateway behind {drop.Component}",
        ExplanationCode.TGW_BAD_STATE_VPN => $"no tunnel of {drop.Component} is up",
        ExplanationCode.BAD_STATE_VPN when drop.VpnGateway is { } gateway => $"no tunnel of {gateway} that leads to {drop.Address} is up",
        ExplanationCode.BAD_STATE_VPN or ExplanationCode.BAD_STATE when drop.State is { Length: > 0 } words && drop.Instance is null
            && drop.NetworkInterface is null && drop.VpcEndpoint is null => $"{drop.Component}: {words}",
        ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS =>
            $"{drop.Address} is not the private address of an interface of {drop.Vpc}, and {drop.Component} takes no other source",
        ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS =>
            $"{drop.Address} is not the private address of an interface of {drop.Vpc}, and {drop.Component} leads nowhere else",
        ExplanationCode.NO_POSSIBLE_DESTINATION when drop.VpnGateway is { } gateway => $"{gateway} knows no way to {drop.Address}",
        ExplanationCode.NO_PATH when drop.VpnGateway is { } gateway => $"{gateway} carries no IPv6",
        ExplanationCode.NO_PATH when drop.TransitGatewayAttachment is { } attachment => $"{attachment} carries no IPv6: its IPv6 support is off",
        ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS => $"{drop.Component} carries packets between {drop.State} only",
        ExplanationCode.GATEWAY_REJECTS_SPOOFED_TRAFFIC when drop.Component.Kind == DxVirtualInterface.Kind =>
            $"{drop.Packet.Source} is not announced over {drop.Component}",
        ExplanationCode.NO_POSSIBLE_DESTINATION when drop.Component.Kind == DxVirtualInterface.Kind =>
            $"{drop.Address} is no public address of AWS, and {drop.Component} leads to no other",
        _ => null,
    };

    /// <summary>A route's destination: its block, or its prefix list.</summary>
    public static string RouteName(Route? route) => route?.Cidr?.ToString() ?? route?.PrefixListId ?? "";

    /// <summary>The number, and <c>*</c> for a closing rule.</summary>
    public static string AclNumber(NetworkAclEntry? entry) =>
        entry is null || entry.Number >= NetworkAcl.LastRule ? "*" : $"{entry.Number}";

    private static string List(Drop drop) => drop.SecurityGroups.IsEmpty ? "its groups" : string.Join(", ", drop.SecurityGroups);

    private static string Targets(Drop drop) => drop.Targets.IsEmpty ? "" : $" ({TraceText.Of(drop.Targets)})";
}
