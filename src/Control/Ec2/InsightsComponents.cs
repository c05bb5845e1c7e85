using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Tracing;

namespace Trunkline.Control.Ec2;

/// <summary>Hops and drops of a trace in the words of Reachability Analyzer. Source: EC2 API, PathComponent, Explanation.</summary>
internal static class InsightsComponents
{
    /// <summary>
    /// The hops as path components. The first has no header before it, and the last none behind it where the packet went all the way;
    /// an internet gateway at an end has both, to show the translation.
    /// </summary>
    public static IReadOnlyList<Aws.PathComponent> ToWire(CloudSnapshot cloud, ImmutableArray<Hop> hops, bool whole)
    {
        List<Aws.PathComponent> components = new(hops.Length);
        for (int i = 0; i < hops.Length; i++)
        {
            Hop hop = hops[i];
            components.Add(new Aws.PathComponent
            {
                ElasticLoadBalancerListener = hop.Component.Kind == Listener.Kind ? ToWire(hop.Component) : null,
                SequenceNumber = i + 1,
                Component = ToWire(hop.Component),
                AttachedTo = ToWire(hop.AttachedTo),
                Subnet = ToWire(hop.Subnet),
                Vpc = ToWire(hop.Vpc),
                AclRule = ToWire(hop.AclRule),
                SecurityGroupRule = ToWire(hop.GroupRule),
                RouteTableRoute = ToWire(cloud, hop.Component, hop.Route),
                TransitGateway = ToWire(InsightsJoins.GatewayOf(hop)),
                TransitGatewayRouteTableRoute = hop.Component.Kind == TransitGatewayRouteTable.Kind ? InsightsJoins.ToWire(cloud, hop.LearnedRoute) : null,
                DestinationVpc = hop.Component.Kind == VpcPeeringConnection.Kind ? ToWire(hop.Vpc) : null,
                AdditionalDetails = InsightsEndpoints.DetailsOf(cloud, hop),
                InboundHeader = i == 0 && !Translates(hop) ? null : ToWire(hop.Inbound),
                OutboundHeader = whole && i == hops.Length - 1 && !Translates(hop) ? null : ToWire(hop.Outbound),
            });
        }

        return components;
    }

    /// <summary>A drop as an explanation, with AWS's code and every handle that it has.</summary>
    public static Aws.Explanation Explain(CloudSnapshot cloud, Drop drop)
    {
        Header packet = drop.Packet;
        return new Aws.Explanation
        {
            ExplanationCode = AwsCode(drop.Code).ToString(),
            Direction = drop.IsEgress ? "egress" : "ingress",
            Component = ToWire(drop.Component),
            ComponentAccount = drop.Component.Partition?.Account,
            ComponentRegion = drop.Component.Partition?.Region,
            Acl = ToWire(drop.Acl),
            AclRule = ToWire(drop.AclRule),
            Address = drop.Address?.ToString(),
            InternetGateway = ToWire(drop.InternetGateway),
            NatGateway = ToWire(drop.NatGateway),
            NetworkInterface = ToWire(drop.NetworkInterface),
            AttachedTo = ToWire(drop.Instance),
            Port = packet.DestinationPorts?.From,
            Protocols = [Door.ProtocolName(packet.Protocol)],
            RouteTable = ToWire(drop.RouteTable),
            RouteTableRoute = drop.RouteTable is null ? null : ToWire(cloud, drop.RouteTable, drop.Route),
            SecurityGroup = drop.SecurityGroups is [{ } only] ? ToWire(only) : null,
            SecurityGroups = drop.SecurityGroups.IsEmpty ? null : [.. drop.SecurityGroups.Select(g => ToWire(g)!)],
            State = drop.State,
            Subnet = ToWire(drop.Subnet),
            Vpc = ToWire(drop.Vpc),
            VpcEndpoint = ToWire(drop.VpcEndpoint),
            VpcPeeringConnection = ToWire(drop.VpcPeeringConnection),
            TransitGateway = ToWire(drop.TransitGateway),
            TransitGatewayAttachment = ToWire(drop.TransitGatewayAttachment),
            TransitGatewayRouteTable = ToWire(drop.TransitGatewayRouteTable),
            TransitGatewayRouteTableRoute = drop.TransitGatewayRouteTable is null ? null : InsightsJoins.ToWire(cloud, drop.LearnedRoute),
            VpnGateway = ToWire(drop.VpnGateway),
            VpnConnection = ToWire(drop.VpnConnection),
        };
    }

    /// <summary>The code as AWS has it: what its analyser cannot see is told by the nearest of its own codes.</summary>
    private static ExplanationCode AwsCode(ExplanationCode code) => code switch
    {
        ExplanationCode.ADDRESS_NOT_ADVERTISED => ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
        ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER => ExplanationCode.NO_POSSIBLE_DESTINATION,
        ExplanationCode.RESERVED_RANGE_NOT_FORWARDED => ExplanationCode.NO_ROUTE_TO_DESTINATION,
        ExplanationCode.MACHINE_DOES_NOT_LISTEN => ExplanationCode.NO_POSSIBLE_DESTINATION,
        ExplanationCode.FORWARDING_LOOP or ExplanationCode.NO_MATCHING_CONNECTION => ExplanationCode.NO_PATH,
        _ => code,
    };

    private static bool Translates(Hop hop) => hop.Inbound != hop.Outbound;

    private static Aws.AnalysisComponent? ToWire(Component? component) =>
        component is null ? null : new() { Id = component.Id, Arn = component.Arn, Name = component.Name };

    private static Aws.AnalysisPacketHeader ToWire(Header header) => new()
    {
        Protocol = header.Protocol.ToString(System.Globalization.CultureInfo.InvariantCulture),
        SourceAddresses = [header.Source.ToString()],
        SourcePortRanges = header.SourcePorts is null ? null : [ToWire(header.SourcePorts)!],
        DestinationAddresses = [header.Destination.ToString()],
        DestinationPortRanges = header.DestinationPorts is null ? null : [ToWire(header.DestinationPorts)!],
    };

    private static Aws.PortRange? ToWire(PortRange? range) => range is null ? null : new() { From = range.From, To = range.To };

    private static Aws.AnalysisAclRule? ToWire(NetworkAclEntry? entry) => entry is null ? null : new()
    {
        Cidr = entry.Cidr.ToString(),
        Egress = entry.IsEgress,
        PortRange = ToWire(entry.Ports),
        Protocol = ProtocolOf(entry.Protocol),
        RuleAction = entry.Allows ? "allow" : "deny",
        RuleNumber = entry.Number,
    };

    private static Aws.AnalysisSecurityGroupRule? ToWire(SecurityGroupRule? rule) => rule is null ? null : new()
    {
        Cidr = rule.Peer.Cidr?.ToString(),
        Direction = rule.IsEgress ? "egress" : "ingress",
        PortRange = rule.FromPort is { } from && rule.Protocol is 6 or 17 ? new Aws.PortRange { From = from, To = rule.ToPort ?? from } : null,
        PrefixListId = rule.Peer.PrefixListId,
        Protocol = ProtocolOf(rule.Protocol),
        SecurityGroupId = rule.Peer.GroupId?.Value,
    };

    private static string ProtocolOf(int protocol) => protocol < 0 ? "all" : Door.ProtocolName(protocol);

    private static Aws.AnalysisRouteTableRoute? ToWire(CloudSnapshot cloud, Component table, Route? route)
    {
        if (route is null || table.Partition is not { } at)
        {
            return null;
        }

        Partition rows = cloud.Partition(at);
        bool isActive = rows.Find(new Id<RouteTable>(table.Id)) is { } row && RouteStates.IsActive(rows, row, route);
        string target = route.Target.Id;
        RouteTargetKind kind = route.Target.Kind;
        return new Aws.AnalysisRouteTableRoute
        {
            DestinationCidr = route.Cidr?.ToString(),
            DestinationPrefixListId = route.PrefixListId,
            Origin = route.Origin.ToString(),
            State = isActive ? "active" : "blackhole",
            GatewayId = kind is RouteTargetKind.Local or RouteTargetKind.InternetGateway or RouteTargetKind.VpnGateway
                or RouteTargetKind.VpcEndpoint ? target : null,
            EgressOnlyInternetGatewayId = kind == RouteTargetKind.EgressOnlyInternetGateway ? target : null,
            NatGatewayId = kind == RouteTargetKind.NatGateway ? target : null,
            NetworkInterfaceId = kind == RouteTargetKind.NetworkInterface ? target : null,
            InstanceId = kind == RouteTargetKind.NetworkInterface
                ? rows.Find(new Id<NetworkInterface>(target))?.Attachment?.InstanceId?.Value : null,
            TransitGatewayId = kind == RouteTargetKind.TransitGateway ? target : null,
            VpcPeeringConnectionId = kind == RouteTargetKind.VpcPeeringConnection ? target : null,
            CarrierGatewayId = kind == RouteTargetKind.CarrierGateway ? target : null,
            LocalGatewayId = kind == RouteTargetKind.LocalGateway ? target : null,
            CoreNetworkArn = kind == RouteTargetKind.CoreNetwork ? target : null,
        };
    }
}
