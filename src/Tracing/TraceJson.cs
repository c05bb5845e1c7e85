using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trunkline.Cloud;

namespace Trunkline.Tracing;

/// <summary>A trace as JSON; the shape is written down in docs/tracing.md and does not change without notice there.</summary>
public static class TraceJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Render(Trace trace, bool indented = false) => Of(trace).ToJsonString(indented ? Indented : null);

    public static JsonObject Of(Trace trace) => new()
    {
        ["verdict"] = trace.Verdict.Delivered ? "delivered" : "dropped",
        ["code"] = trace.Drop is null ? null : trace.Code.ToString(),
        ["leg"] = trace.Drop is { } drop ? LegOf(drop.Leg) : null,
        ["answered"] = trace.Verdict.Answered,
        ["tracking"] = TrackingOf(trace.Verdict.Tracking),
        ["flow"] = FlowOf(trace.Flow),
        ["forward"] = new JsonArray([.. trace.Forward.Select(HopOf)]),
        ["return"] = new JsonArray([.. trace.Return.Select(HopOf)]),
        ["drop"] = trace.Drop is null ? null : DropOf(trace.Drop),
    };

    private static string LegOf(Leg leg) => leg == Leg.Forward ? "forward" : "return";

    private static JsonArray TrackingOf(Tracking tracking)
    {
        JsonArray words = [];
        if ((tracking & Tracking.SourceUntracked) != 0)
        {
            words.Add("source-untracked");
        }

        if ((tracking & Tracking.DestinationUntracked) != 0)
        {
            words.Add("destination-untracked");
        }

        if ((tracking & Tracking.Automatic) != 0)
        {
            words.Add("automatic");
        }

        return words;
    }

    private static JsonObject FlowOf(Flow flow) => HeaderOf(TraceBuilder.HeaderOf(new Packet(flow)));

    private static JsonObject HeaderOf(Header header) => new()
    {
        ["protocol"] = header.Protocol,
        ["source"] = header.Source.ToString(),
        ["sourcePorts"] = PortsOf(header.SourcePorts),
        ["destination"] = header.Destination.ToString(),
        ["destinationPorts"] = PortsOf(header.DestinationPorts),
        ["icmp"] = header.Icmp is { } icmp ? new JsonObject { ["type"] = icmp.Type, ["code"] = icmp.Code } : null,
    };

    private static JsonObject? PortsOf(PortRange? ports) =>
        ports is null ? null : new JsonObject { ["from"] = ports.From, ["to"] = ports.To };

    private static JsonObject? ComponentOf(Component? component) => component is null ? null : new JsonObject
    {
        ["kind"] = component.Kind,
        ["id"] = component.Id,
        ["name"] = component.Name,
        ["account"] = component.Partition?.Account,
        ["region"] = component.Partition?.Region,
    };

    private static JsonNode HopOf(Hop hop) => new JsonObject
    {
        ["sequence"] = hop.Sequence,
        ["component"] = ComponentOf(hop.Component),
        ["attachedTo"] = ComponentOf(hop.AttachedTo),
        ["direction"] = DirectionOf(hop.IsEgress),
        ["subnet"] = ComponentOf(hop.Subnet),
        ["vpc"] = ComponentOf(hop.Vpc),
        ["aclRule"] = AclRuleOf(hop.AclRule),
        ["securityGroupRule"] = GroupRuleOf(hop.GroupRule),
        ["securityGroups"] = new JsonArray([.. hop.Groups.Select(g => ComponentOf(g))]),
        ["tracked"] = hop.IsTracked,
        ["route"] = RouteOf(hop.Route),
        ["endpoint"] = EndpointOf(hop.Endpoint),
        ["note"] = hop.Note,
        ["line"] = hop.Line,
        ["targets"] = TargetsOf(hop.Targets),
        ["learnedRoute"] = LearnedOf(hop.LearnedRoute),
        ["paths"] = PathsOf(hop.Paths),
        ["inbound"] = HeaderOf(hop.Inbound),
        ["outbound"] = HeaderOf(hop.Outbound),
    };

    private static JsonObject DropOf(Drop drop) => new()
    {
        ["code"] = drop.Code.ToString(),
        ["meaning"] = ExplanationCodes.MeaningOf(drop.Code),
        ["text"] = drop.Text,
        ["leg"] = LegOf(drop.Leg),
        ["direction"] = DirectionOf(drop.IsEgress),
        ["component"] = ComponentOf(drop.Component),
        ["packet"] = HeaderOf(drop.Packet),
        ["acl"] = ComponentOf(drop.Acl),
        ["aclRule"] = AclRuleOf(drop.AclRule),
        ["securityGroups"] = new JsonArray([.. drop.SecurityGroups.Select(g => ComponentOf(g))]),
        ["routeTable"] = ComponentOf(drop.RouteTable),
        ["route"] = RouteOf(drop.Route),
        ["state"] = drop.State,
        ["networkInterface"] = ComponentOf(drop.NetworkInterface),
        ["instance"] = ComponentOf(drop.Instance),
        ["subnet"] = ComponentOf(drop.Subnet),
        ["vpc"] = ComponentOf(drop.Vpc),
        ["internetGateway"] = ComponentOf(drop.InternetGateway),
        ["natGateway"] = ComponentOf(drop.NatGateway),
        ["loadBalancer"] = ComponentOf(drop.LoadBalancer),
        ["listener"] = ComponentOf(drop.Listener),
        ["targetGroup"] = ComponentOf(drop.TargetGroup),
        ["targets"] = TargetsOf(drop.Targets),
        ["vpcEndpoint"] = ComponentOf(drop.VpcEndpoint),
        ["vpcPeeringConnection"] = ComponentOf(drop.VpcPeeringConnection),
        ["transitGateway"] = ComponentOf(drop.TransitGateway),
        ["transitGatewayAttachment"] = ComponentOf(drop.TransitGatewayAttachment),
        ["transitGatewayRouteTable"] = ComponentOf(drop.TransitGatewayRouteTable),
        ["vpnGateway"] = ComponentOf(drop.VpnGateway),
        ["vpnConnection"] = ComponentOf(drop.VpnConnection),
        ["learnedRoute"] = LearnedOf(drop.LearnedRoute),
        ["address"] = drop.Address?.ToString(),
    };

    private static JsonObject? EndpointOf(EndpointUse? endpoint) => endpoint is null ? null : new JsonObject
    {
        ["type"] = endpoint.Type,
        ["serviceName"] = endpoint.ServiceName,
        ["state"] = endpoint.State,
        ["policy"] = endpoint.Policy,
    };

    private static JsonArray TargetsOf(ImmutableArray<TargetShare> targets) => new([.. targets.Select(t => (JsonNode)new JsonObject
    {
        ["target"] = ComponentOf(t.Target),
        ["targetGroup"] = ComponentOf(t.Group),
        ["port"] = t.Port,
        ["zone"] = t.Zone,
        ["share"] = t.Share,
        ["state"] = t.Health.State.ToString().ToLowerInvariant(),
        ["reason"] = t.Health.Reason,
        ["code"] = t.Health.Code == ExplanationCode.NONE ? null : t.Health.Code.ToString(),
        ["chosen"] = t.IsChosen,
    })]);

    private static JsonObject? LearnedOf(LearnedRoute? route) => route is null ? null : new JsonObject
    {
        ["destination"] = route.Destination.ToString(),
        ["to"] = ComponentOf(route.To),
        ["source"] = route.Source,
        ["state"] = route.State,
        ["prefixList"] = route.PrefixList,
        ["asPath"] = new JsonArray([.. route.AsPath.Select(n => (JsonNode)n)]),
        ["med"] = route.Med,
        ["why"] = route.Why,
    };

    private static JsonArray PathsOf(ImmutableArray<PathShare> paths) => new([.. paths.Select(p => (JsonNode)new JsonObject
    {
        ["to"] = ComponentOf(p.To),
        ["line"] = p.Line,
        ["share"] = p.Share,
        ["chosen"] = p.IsChosen,
    })]);

    private static string DirectionOf(bool isEgress) => isEgress ? "egress" : "ingress";

    private static JsonObject? AclRuleOf(NetworkAclEntry? entry) => entry is null ? null : new JsonObject
    {
        ["number"] = entry.Number,
        ["direction"] = DirectionOf(entry.IsEgress),
        ["action"] = entry.Allows ? "allow" : "deny",
        ["protocol"] = entry.Protocol,
        ["cidr"] = entry.Cidr.ToString(),
        ["ports"] = PortsOf(entry.Ports),
    };

    private static JsonObject? GroupRuleOf(SecurityGroupRule? rule) => rule is null ? null : new JsonObject
    {
        ["id"] = rule.Id,
        ["direction"] = DirectionOf(rule.IsEgress),
        ["protocol"] = rule.Protocol,
        ["fromPort"] = rule.FromPort,
        ["toPort"] = rule.ToPort,
        ["cidr"] = rule.Peer.Cidr?.ToString(),
        ["securityGroup"] = rule.Peer.GroupId?.Value,
        ["prefixList"] = rule.Peer.PrefixListId,
    };

    private static JsonObject? RouteOf(Route? route) => route is null ? null : new JsonObject
    {
        ["destination"] = route.Cidr?.ToString() ?? route.PrefixListId,
        ["target"] = route.Target.Id,
        ["origin"] = route.Origin.ToString(),
    };
}
