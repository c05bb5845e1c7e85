using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What a route may be. Source: AWS, "Configure route tables", "Gateway route tables" and "Route table options".</summary>
internal static class RouteRules
{
    /// <summary>A route of the table with this destination and target, checked for everything but being there already.</summary>
    public static void Check(CommandContext context, RouteTable table, RouteDestination wanted, RouteTarget target)
    {
        RefuseFamily(wanted, target);
        if (wanted.Cidr is not { } destination)
        {
            CheckList(table, wanted, target);
            return;
        }

        RefuseReserved(destination);
        Vpc vpc = context.Here.Get(table.VpcId);
        if (IsInsideVpc(vpc, destination))
        {
            CheckMoreSpecific(context, vpc, destination, target);
        }

        if (table.Associations.Any(a => a.GatewayId is not null))
        {
            CheckEdge(context, vpc, destination, target);
        }
    }

    /// <summary>Whether a table may be bound to an internet gateway as it is.</summary>
    /// <exception cref="Fault">It propagates, or holds a route that an edge cannot carry.</exception>
    public static void CheckEdgeTable(CommandContext context, RouteTable table, string gatewayId)
    {
        if (!table.PropagatingGateways.IsEmpty)
        {
            throw Fault.Invalid($"Route table {table.Id} has route propagation enabled and cannot be associated with gateway {gatewayId}");
        }

        Vpc vpc = context.Here.Get(table.VpcId);
        foreach (Route route in table.Routes)
        {
            if (route.Cidr is not { } cidr)
            {
                throw Fault.Invalid($"Route table {table.Id} contains unsupported route destination: {route.PrefixListId}");
            }

            CheckEdge(context, vpc, cidr, route.Target);
        }
    }

    /// <summary>Whether a block is a whole block of the VPC.</summary>
    public static bool IsVpcCidr(Vpc vpc, Prefix destination) => CidrsOf(vpc, destination.Family).Any(a => a.Cidr == destination);

    /// <summary>Rule 8: nothing at or inside the ranges that AWS keeps for itself.</summary>
    private static void RefuseReserved(Prefix destination)
    {
        if (WellKnown.AwsReservedV4.Contains(destination) || WellKnown.AwsReservedV6.Contains(destination))
        {
            throw Fault.Invalid(
                $"Value ({destination}) for parameter {ParameterOf(destination)} is invalid. "
                + "The destination is in a range reserved by AWS.");
        }
    }

    /// <summary>A prefix list is no destination of a gateway route table (rule 16), and none of local traffic.</summary>
    private static void CheckList(RouteTable table, RouteDestination destination, RouteTarget target)
    {
        if (table.Associations.Any(a => a.GatewayId is not null))
        {
            throw Fault.Invalid(
                $"Route table contains unsupported route destination: {destination}. "
                + "A gateway route table supports the CIDR blocks of the VPC and of its subnets only.");
        }

        if (target.Kind == RouteTargetKind.Local)
        {
            throw Fault.Invalid($"The route '{destination}' is not a local route: its target cannot be local.");
        }
    }

    private static void RefuseFamily(RouteDestination destination, RouteTarget target)
    {
        if (destination.Family == Family.V4 && target.Kind == RouteTargetKind.EgressOnlyInternetGateway)
        {
            throw Fault.Combination("The parameter egressOnlyInternetGatewayId cannot be used with the parameter destinationCidrBlock");
        }
    }

    /// <summary>Rule 4: inside the VPC a route leads to a whole subnet, by an interface or NAT gateway.</summary>
    private static void CheckMoreSpecific(CommandContext context, Vpc vpc, Prefix destination, RouteTarget target)
    {
        bool isWhole = IsVpcCidr(vpc, destination);
        if (target.Kind == RouteTargetKind.Local && isWhole)
        {
            return;
        }

        if (target.Kind is not (RouteTargetKind.NetworkInterface or RouteTargetKind.NatGateway or RouteTargetKind.VpcEndpoint))
        {
            throw Fault.Invalid("Route target is not supported. This route only supports interface and instance targets.");
        }

        if (!isWhole && !IsSubnetCidr(context, vpc, destination))
        {
            throw Fault.Invalid("Route destination doesn't match any subnet CIDR blocks.");
        }
    }

    /// <summary>Rules 15 and 16: at the edge, whole blocks of the VPC or its subnets, to local or to an interface.</summary>
    private static void CheckEdge(CommandContext context, Vpc vpc, Prefix destination, RouteTarget target)
    {
        if (!IsVpcCidr(vpc, destination) && !IsSubnetCidr(context, vpc, destination))
        {
            throw Fault.Invalid(
                $"Route table contains unsupported route destination: {destination}. "
                + "A gateway route table supports the CIDR blocks of the VPC and of its subnets only.");
        }

        if (target.Kind is not (RouteTargetKind.Local or RouteTargetKind.NetworkInterface or RouteTargetKind.VpcEndpoint))
        {
            throw Fault.Invalid(
                $"Route table contains unsupported route target: {target.Id}. "
                + "A gateway route table supports local, interface and Gateway Load Balancer endpoint targets only.");
        }
    }

    private static bool IsInsideVpc(Vpc vpc, Prefix destination) =>
        CidrsOf(vpc, destination.Family).Any(a => a.Cidr.Contains(destination));

    private static bool IsSubnetCidr(CommandContext context, Vpc vpc, Prefix destination) =>
        context.Here.By<Subnet>(vpc.Key).Any(s => s.Cidr == destination || s.Ipv6Cidrs.Any(a => a.Cidr == destination));

    private static IEnumerable<CidrAssociation> CidrsOf(Vpc vpc, Family family) => family == Family.V4 ? vpc.Cidrs : vpc.Ipv6Cidrs;

    /// <summary>The parameter by which a destination is given.</summary>
    public static string ParameterOf(Prefix destination) => destination.IsV4 ? "destinationCidrBlock" : "destinationIpv6CidrBlock";
}
