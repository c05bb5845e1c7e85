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
            ExplanationCode.NO_ROUTE_TO_DESTINATION =>
                $"{drop.RouteTable} has no route to {drop.Address}",
            ExplanationCode.BAD_STATE_ROUTE =>
                $"the route of {drop.RouteTable} to {RouteName(drop.Route)} is a blackhole: {drop.Route?.Target.Id} is gone or does not work",
            ExplanationCode.NO_POSSIBLE_DESTINATION when drop.Route is { } route =>
                $"nothing carries packets to {route.Target.Id}, where {drop.RouteTable} sends them",
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

    /// <summary>A route's destination: its block, or its prefix list.</summary>
    public static string RouteName(Route? route) => route?.Cidr?.ToString() ?? route?.PrefixListId ?? "";

    /// <summary>The number, and <c>*</c> for a closing rule.</summary>
    public static string AclNumber(NetworkAclEntry? entry) =>
        entry is null || entry.Number >= NetworkAcl.LastRule ? "*" : $"{entry.Number}";

    private static string List(Drop drop) => drop.SecurityGroups.IsEmpty ? "its groups" : string.Join(", ", drop.SecurityGroups);

    private static string Targets(Drop drop) => drop.Targets.IsEmpty ? "" : $" ({TraceText.Of(drop.Targets)})";
}
