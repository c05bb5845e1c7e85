using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>The parameters of CreateRoute and ReplaceRoute that name where a route sends.</summary>
internal sealed record RouteTargetNames
{
    public string? GatewayId { get; init; }

    public string? EgressOnlyInternetGatewayId { get; init; }

    public string? InstanceId { get; init; }

    public string? NetworkInterfaceId { get; init; }

    public string? NatGatewayId { get; init; }

    public string? VpcPeeringConnectionId { get; init; }

    public string? TransitGatewayId { get; init; }

    public string? VpcEndpointId { get; init; }

    public string? CarrierGatewayId { get; init; }

    public string? LocalGatewayId { get; init; }

    public string? CoreNetworkArn { get; init; }

    public string? OdbNetworkArn { get; init; }

    public bool LocalTarget { get; init; }

    /// <summary>Every target that was named, by its parameter.</summary>
    public IEnumerable<(string Parameter, string Id)> Given()
    {
        (string Parameter, string? Id)[] all =
        [
            ("gatewayId", GatewayId), ("egressOnlyInternetGatewayId", EgressOnlyInternetGatewayId), ("instanceId", InstanceId),
            ("networkInterfaceId", NetworkInterfaceId), ("natGatewayId", NatGatewayId), ("vpcPeeringConnectionId", VpcPeeringConnectionId),
            ("transitGatewayId", TransitGatewayId), ("vpcEndpointId", VpcEndpointId), ("carrierGatewayId", CarrierGatewayId),
            ("localGatewayId", LocalGatewayId), ("coreNetworkArn", CoreNetworkArn), ("odbNetworkArn", OdbNetworkArn),
            ("localTarget", LocalTarget ? "local" : null),
        ];
        foreach ((string parameter, string? id) in all)
        {
            if (!string.IsNullOrEmpty(id))
            {
                yield return (parameter, id);
            }
        }
    }
}

/// <summary>
/// Finds a route's target from the parameters that name it, and sees that it belongs to the table's VPC. Source: EC2 API, CreateRoute.
/// </summary>
internal static class RouteTargets
{
    /// <summary>Internet gateways as route targets: one that is not there has another code here than elsewhere.</summary>
    public static readonly IdRules<InternetGateway> Gateways =
        new("GatewayId", "InvalidGatewayID.NotFound", "InvalidGatewayID.Malformed", "The gateway ID '{0}' does not exist");

    /// <summary>Virtual private gateways as route targets and as sources of routes.</summary>
    public static readonly IdRules<VpnGateway> VpnGateways =
        new("GatewayId", "InvalidGatewayID.NotFound", "InvalidGatewayID.Malformed", "The gateway ID '{0}' does not exist");

    private static readonly IdRules<EgressOnlyInternetGateway> EgressOnlyGateways =
        new("EgressOnlyInternetGatewayId", "InvalidGatewayID.NotFound", "InvalidGatewayID.Malformed", "The eigw ID '{0}' does not exist");

    private static readonly IdRules<NatGateway> NatGateways = new(
        "NatGatewayId", "InvalidNatGatewayID.NotFound", "InvalidNatGatewayID.Malformed", "The natGateway ID '{0}' does not exist");

    private static readonly IdRules<NetworkInterface> Interfaces = new(
        "NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound", "InvalidNetworkInterfaceId.Malformed",
        "The networkInterface ID '{0}' does not exist");

    private static readonly IdRules<VpcEndpoint> Endpoints = new(
        "VpcEndpointId", "InvalidVpcEndpointId.NotFound", "InvalidVpcEndpointId.Malformed", "The vpcEndpoint ID '{0}' does not exist");

    private static readonly IdRules<Instance> Instances =
        new("InstanceId", "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed", "The instance ID '{0}' does not exist");

    /// <summary>The one target that the names give.</summary>
    /// <exception cref="Fault">None or several were named, or it is not there, or it belongs to another VPC.</exception>
    public static RouteTarget Find(CommandContext context, RouteTable table, RouteTargetNames names)
    {
        List<(string Parameter, string Id)> given = [.. names.Given()];
        return given switch
        {
            [] => throw new Fault(
                "MissingParameter",
                "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, "
                + "egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, carrierGatewayId, coreNetworkArn, vpcEndpointId "
                + "or instanceId"),
            [var one] => Find(context, table, one.Parameter, one.Id),
            [var first, var second, ..] => throw Fault.Combination(
                $"The parameter {second.Parameter} cannot be used with the parameter {first.Parameter}"),
        };
    }

    private static RouteTarget Find(CommandContext context, RouteTable table, string parameter, string id)
    {
        switch (parameter)
        {
            case "localTarget":
                return RouteTarget.Local;
            case "gatewayId":
                return OfGateway(context, table, id);
            case "egressOnlyInternetGatewayId":
                EgressOnlyInternetGateway egressOnly = EgressOnlyGateways.Get(context, id);
                RefuseElsewhere(table, egressOnly.VpcId, $"egress only internet gateway {id}");
                return new RouteTarget(RouteTargetKind.EgressOnlyInternetGateway, id);
            case "natGatewayId":
                return OfNatGateway(context, table, id);
            case "networkInterfaceId":
                NetworkInterface eni = Interfaces.Get(context, id);
                RefuseElsewhere(table, eni.VpcId, $"interface {id}");
                return new RouteTarget(RouteTargetKind.NetworkInterface, id);
            case "instanceId":
                return OfInstance(context, table, id);
            case "vpcPeeringConnectionId":
                return OfPeering(context, table, id);
            case "vpcEndpointId":
                return OfEndpoint(context, table, id);
            case "transitGatewayId":
                return OfTransitGateway(context, table, id);
            default:
                throw NotFound(parameter, id);
        }
    }

    /// <summary>An internet gateway or a virtual private gateway, attached to the table's VPC; endpoints are no target here.</summary>
    private static RouteTarget OfGateway(CommandContext context, RouteTable table, string id)
    {
        if (id == "local")
        {
            return RouteTarget.Local;
        }

        if (id.StartsWith("vpce-", StringComparison.Ordinal))
        {
            throw Gateways.NotFound(id);
        }

        if (id.StartsWith("vgw-", StringComparison.Ordinal))
        {
            return OfVpnGateway(context, table, id);
        }

        InternetGateway gateway = Gateways.Get(context, id);
        RefuseElsewhere(table, gateway.VpcId, $"network gateway {id}");
        return new RouteTarget(RouteTargetKind.InternetGateway, id);
    }

    /// <summary>A virtual private gateway that is attached to the table's VPC.</summary>
    public static RouteTarget OfVpnGateway(CommandContext context, RouteTable table, string id)
    {
        VpnGateway gateway = VpnGateways.Get(context, id);
        if (gateway.State == VpnState.Deleted)
        {
            throw VpnGateways.NotFound(id);
        }

        RefuseElsewhere(table, gateway.Attachment?.VpcId, $"network gateway {id}");
        return new RouteTarget(RouteTargetKind.VpnGateway, id);
    }

    /// <summary>A peering of the table's VPC: active, or asked for, when the route is a blackhole until it is accepted.</summary>
    private static RouteTarget OfPeering(CommandContext context, RouteTable table, string id)
    {
        VpcPeeringConnection peering = Ec2Service.PeeringIds.Get(context, id);
        if (peering.StatusAt(context.Now) is not (PeeringStatus.Active or PeeringStatus.PendingAcceptance))
        {
            throw Ec2Service.PeeringIds.NotFound(id);
        }

        bool isOurs = peering.Requester.VpcId == table.VpcId || peering.Accepter.VpcId == table.VpcId;
        RefuseElsewhere(table, isOurs ? table.VpcId : null, $"vpc peering connection {id}");
        return new RouteTarget(RouteTargetKind.VpcPeeringConnection, id);
    }

    private static RouteTarget OfNatGateway(CommandContext context, RouteTable table, string id)
    {
        NatGateway gateway = NatGateways.Get(context, id);
        if (gateway.State is NatGatewayState.Deleted or NatGatewayState.Failed)
        {
            throw NatGateways.NotFound(id);
        }

        RefuseElsewhere(table, gateway.VpcId, $"NAT gateway {id}");
        return new RouteTarget(RouteTargetKind.NatGateway, id);
    }

    /// <summary>A Gateway Load Balancer endpoint; others are no targets that a user may name.</summary>
    private static RouteTarget OfEndpoint(CommandContext context, RouteTable table, string id)
    {
        VpcEndpoint endpoint = Endpoints.Get(context, id);
        RefuseElsewhere(table, endpoint.VpcId, $"VPC endpoint {id}");
        return endpoint.Type == VpcEndpointType.GatewayLoadBalancer
            ? new RouteTarget(RouteTargetKind.VpcEndpoint, id)
            : throw Fault.Invalid($"The VPC endpoint '{id}' is not a Gateway Load Balancer endpoint and cannot be the target of a route.");
    }

    /// <summary>An instance stands for the only interface it has.</summary>
    private static RouteTarget OfInstance(CommandContext context, RouteTable table, string id)
    {
        Instance instance = Instances.Get(context, id);
        List<NetworkInterface> interfaces = [.. context.Here.By<NetworkInterface>(instance.Key).Take(2)];
        if (interfaces is not [NetworkInterface only])
        {
            throw interfaces.Count == 0
                ? Instances.NotFound(id)
                : new Fault(
                    "InvalidInstanceID",
                    $"There are multiple interfaces attached to instance '{id}'. "
                    + "Please specify an interface ID for the operation instead.");
        }

        RefuseElsewhere(table, only.VpcId, $"interface {only.Id}");
        return new RouteTarget(RouteTargetKind.NetworkInterface, only.Key);
    }

    /// <summary>A transit gateway that the table's VPC is attached to; to AWS any other does not exist here.</summary>
    private static RouteTarget OfTransitGateway(CommandContext context, RouteTable table, string id)
    {
        Ec2Service.TransitGatewayIds.Parse(id);
        return RouteStates.AttachmentTo(context.Here, table.VpcId, id) is not null
            ? new RouteTarget(RouteTargetKind.TransitGateway, id)
            : throw NotFound("transitGatewayId", id);
    }

    private static void RefuseElsewhere(RouteTable table, Id<Vpc>? vpc, string target)
    {
        if (vpc != table.VpcId)
        {
            throw Fault.Invalid($"route table {table.Id} and {target} belong to different networks");
        }
    }

    /// <summary>Kinds of targets that this cloud does not hold: none of them is ever found.</summary>
    private static Fault NotFound(string parameter, string id) => parameter switch
    {
        "transitGatewayId" => new("InvalidTransitGatewayID.NotFound", $"The transitGateway ID '{id}' does not exist."),
        "carrierGatewayId" => new("InvalidCarrierGatewayID.NotFound", $"The carrierGateway ID '{id}' does not exist"),
        "localGatewayId" => new("InvalidLocalGatewayID.NotFound", $"The localGateway ID '{id}' does not exist"),
        "coreNetworkArn" => new("InvalidCoreNetworkArn.NotFound", $"The core network ARN '{id}' does not exist"),
        _ => Fault.Unsupported("OdbNetworkArn"),
    };
}
