using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Endpoints as the owner of their service sees them: asked for, accepted, rejected. The endpoint's own row, in its owner's account, follows.
/// Source: AWS PrivateLink, "Accept or reject connection requests"; EC2 API, AcceptVpcEndpointConnections and its like.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<VpcEndpointConnection> EndpointConnectionIds = new(
        "VpcEndpointConnectionId", "InvalidVpcEndpointConnectionId.NotFound", "InvalidVpcEndpointConnectionId.Malformed",
        "The VPC endpoint connection '{0}' does not exist");

    private static readonly FilterTable<ConnectionRow> ConnectionFilters = new(row => row.Connection)
    {
        { "ip-address-type", row => row.Endpoint.IpAddressType },
        { "service-id", row => row.Connection.ServiceId.Value },
        { "vpc-endpoint-id", row => row.Connection.EndpointId.Value },
        { "vpc-endpoint-owner", row => row.Connection.EndpointOwner.Account },
        { "vpc-endpoint-region", RegionsOf },
        { "vpc-endpoint-state", row => VpcEndpointViews.StateOf(row.Connection.State) },
    };

    public Aws.AcceptVpcEndpointConnectionsResult AcceptVpcEndpointConnections(
        CommandContext context, Aws.AcceptVpcEndpointConnectionsRequest request)
    {
        VpcEndpointService service = EndpointServiceIds.Get(context, request.ServiceId);
        return new Aws.AcceptVpcEndpointConnectionsResult
        {
            Unsuccessful = EachConnection(context, service, request.VpcEndpointIds, connection => connection.State switch
            {
                VpcEndpointState.PendingAcceptance => Accept(context, connection),
                VpcEndpointState.Available => null,
                _ => WrongState(connection),
            }),
        };
    }

    /// <summary>Also ends connections that were accepted; the endpoint stays with its owner and carries nothing.</summary>
    public Aws.RejectVpcEndpointConnectionsResult RejectVpcEndpointConnections(
        CommandContext context, Aws.RejectVpcEndpointConnectionsRequest request)
    {
        VpcEndpointService service = EndpointServiceIds.Get(context, request.ServiceId);
        return new Aws.RejectVpcEndpointConnectionsResult
        {
            Unsuccessful = EachConnection(context, service, request.VpcEndpointIds, connection => connection.State switch
            {
                VpcEndpointState.PendingAcceptance or VpcEndpointState.Available => Reject(context, connection),
                VpcEndpointState.Rejected => null,
                _ => WrongState(connection),
            }),
        };
    }

    public Aws.DescribeVpcEndpointConnectionsResult DescribeVpcEndpointConnections(
        CommandContext context, Aws.DescribeVpcEndpointConnectionsRequest request)
    {
        IEnumerable<ConnectionRow> rows = ConnectionFilters.Apply(
            context, context.Here.All<VpcEndpointConnection>().Select(c => new ConnectionRow(c, EndpointOf(context, c))), request.Filters);
        Page<ConnectionRow> page = Pager.Page(
            rows.OrderBy(r => r.Connection.Key, StringComparer.Ordinal), AtMost(request.MaxResults, EndpointsPerPage), request.NextToken,
            row => row.Connection.Key);
        return new Aws.DescribeVpcEndpointConnectionsResult
        {
            VpcEndpointConnections = [.. page.Rows.Select(r => ToWire(context, r))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Does something to each connection that a request names; what could not be done is told of, the rest is done.</summary>
    private static List<Aws.UnsuccessfulItem> EachConnection(
        CommandContext context, VpcEndpointService service, IReadOnlyList<string>? endpointIds, Func<VpcEndpointConnection, Fault?> act)
    {
        if (endpointIds is not { Count: > 0 })
        {
            throw Fault.Missing("VpcEndpointId");
        }

        List<Aws.UnsuccessfulItem> unsuccessful = [];
        foreach (string id in endpointIds.Distinct(StringComparer.Ordinal))
        {
            Id<VpcEndpoint> endpoint = VpcEndpointIds.Parse(id);
            VpcEndpointConnection? connection = context.Here.By<VpcEndpointConnection>(VpcEndpointConnection.EndpointWord(endpoint))
                .FirstOrDefault(c => c.ServiceId == service.Id);
            Fault? fault = connection is null ? VpcEndpointIds.NotFound(id) : act(connection);
            if (fault is not null)
            {
                unsuccessful.Add(Unsuccessful(id, fault));
            }
        }

        return unsuccessful;
    }

    /// <summary>The endpoint gets its interfaces now; where a subnet has no room for one, it fails.</summary>
    private static Fault? Accept(CommandContext context, VpcEndpointConnection connection)
    {
        CommandContext owner = context.At(connection.EndpointOwner);
        VpcEndpoint endpoint = owner.Here.Get(connection.EndpointId);
        bool hasRoom = endpoint.IpAddressType == "ipv6"
            || endpoint.Subnets.All(s => AddressPool.FreeIpv4Count(owner.Here, owner.Here.Get(s.SubnetId)) > 0);
        VpcEndpointState state = hasRoom ? VpcEndpointState.Available : VpcEndpointState.Failed;
        VpcEndpoint next = owner.Put(endpoint with { State = state });
        if (hasRoom)
        {
            VpcEndpointMaker.WithInterfaces(owner, next);
        }

        context.Put(connection with { State = state });
        return null;
    }

    private static Fault? Reject(CommandContext context, VpcEndpointConnection connection)
    {
        CommandContext owner = context.At(connection.EndpointOwner);
        owner.Put(owner.Here.Get(connection.EndpointId) with { State = VpcEndpointState.Rejected });
        context.Put(connection with { State = VpcEndpointState.Rejected });
        return null;
    }

    private static Fault WrongState(VpcEndpointConnection connection) => new(
        "InvalidState",
        $"The VPC Endpoint Connection of {connection.EndpointId} is in the state {VpcEndpointViews.StateOf(connection.State)}.");

    /// <summary>The endpoint's region, and the word for any other than the service's.</summary>
    private static IEnumerable<string?> RegionsOf(Partition here, ConnectionRow row) =>
        row.Connection.EndpointOwner.Region == here.Region
            ? [here.Region]
            : [row.Connection.EndpointOwner.Region, "cross-region"];

    private static VpcEndpoint EndpointOf(CommandContext context, VpcEndpointConnection connection) =>
        context.Draft.Partition(connection.EndpointOwner).Get(connection.EndpointId);

    private static Aws.VpcEndpointConnection ToWire(CommandContext context, ConnectionRow row)
    {
        VpcEndpointConnection connection = row.Connection;
        VpcEndpointService service = context.Here.Get(connection.ServiceId);
        return new Aws.VpcEndpointConnection
        {
            ServiceId = service.Id.Value,
            VpcEndpointId = connection.EndpointId.Value,
            VpcEndpointOwner = connection.EndpointOwner.Account,
            VpcEndpointRegion = connection.EndpointOwner.Region,
            VpcEndpointState = VpcEndpointViews.StateOf(connection.State),
            VpcEndpointConnectionId = connection.Id.Value,
            CreationTimestamp = connection.CreationTime,
            DnsEntries = VpcEndpointViews.DnsEntriesOf(context, row.Endpoint, withPrivate: false),
            NetworkLoadBalancerArns = ArnsOf(context.Caller.Partition, service, VpcEndpointType.Interface),
            GatewayLoadBalancerArns = ArnsOf(context.Caller.Partition, service, VpcEndpointType.GatewayLoadBalancer),
            IpAddressType = row.Endpoint.IpAddressType,
            Tags = TagRules.ToWire(connection.Tags),
        };
    }

    /// <summary>A connection with the endpoint that it is of.</summary>
    private sealed record ConnectionRow(VpcEndpointConnection Connection, VpcEndpoint Endpoint);
}
