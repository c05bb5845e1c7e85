using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// VPC endpoints: gateway, interface and Gateway Load Balancer ones. Source: AWS PrivateLink, "Gateway endpoints", "Access AWS services
/// through AWS PrivateLink"; EC2 API, CreateVpcEndpoint, DeleteVpcEndpoints, DescribeVpcEndpoints.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>AWS reads larger page sizes as this one.</summary>
    private const int EndpointsPerPage = 1000;

    internal static readonly IdRules<VpcEndpoint> VpcEndpointIds = new(
        "VpcEndpointId", "InvalidVpcEndpointId.NotFound", "InvalidVpcEndpointId.Malformed", "The Vpc Endpoint Id '{0}' does not exist");

    private static readonly FilterTable<VpcEndpoint> VpcEndpointFilters = new()
    {
        { "ip-address-type", endpoint => endpoint.Type == VpcEndpointType.Gateway ? null : endpoint.IpAddressType },
        { "service-name", endpoint => endpoint.ServiceName },
        { "service-region", endpoint => endpoint.ServiceRegion },
        { "vpc-endpoint-id", endpoint => endpoint.Id.Value },
        { "vpc-endpoint-state", endpoint => VpcEndpointViews.StateOf(endpoint.State) },
        { "vpc-endpoint-type", endpoint => endpoint.Type.ToString() },
        { "vpc-id", endpoint => endpoint.VpcId.Value },
    };

    /// <summary>Their names are checked; there is no association that they could find.</summary>
    private static readonly FilterTable<string> EndpointAssociationFilters = new()
    {
        { "associated-resource-accessibility", id => id },
        { "associated-resource-id", id => id },
        { "association-id", id => id },
        { "resource-configuration-group-arn", id => id },
        { "service-network-arn", id => id },
        { "vpc-endpoint-id", id => id },
    };

    public Aws.CreateVpcEndpointResult CreateVpcEndpoint(CommandContext context, Aws.CreateVpcEndpointRequest request)
    {
        VpcEndpointType type = VpcEndpointRules.TypeOf(request.VpcEndpointType);
        VpcEndpointRules.RefuseUnsupported(request);
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        EndpointServiceChoice service = EndpointServiceChoice.Find(context, request.ServiceName, request.ServiceRegion);
        if (!service.Types.Contains(type))
        {
            throw VpcEndpointRules.Invalid(
                $"Endpoint type ({type}) does not match available service types ([{string.Join(", ", service.Types)}]).");
        }

        VpcEndpointRules.RefuseOthers(request, type);
        VpcEndpointRules.CheckQuota(context, vpc, type);
        VpcEndpoint endpoint = new()
        {
            Id = new(context.NewId(VpcEndpoint.IdPrefix)),
            Type = type,
            VpcId = vpc.Id,
            ServiceName = service.Name,
            ServiceId = service.Row?.Id,
            ServiceOwner = service.Owner,
            ServiceRegion = service.Region,
            PolicyDocument = VpcEndpointRules.CheckedPolicy(service, request.PolicyDocument),
            CreationTime = context.Now,
            Tags = TagRules.New<VpcEndpoint>(request.TagSpecifications),
        };
        VpcEndpoint made = type == VpcEndpointType.Gateway
            ? VpcEndpointMaker.Gateway(context, endpoint, service, request)
            : VpcEndpointMaker.Interface(context, vpc, endpoint, service, request);
        bool settles = made.State == VpcEndpointState.Available && type != VpcEndpointType.Gateway;
        return new Aws.CreateVpcEndpointResult
        {
            VpcEndpoint = VpcEndpointViews.ToWire(context, settles ? made with { State = VpcEndpointState.Pending } : made),
            ClientToken = request.ClientToken,
        };
    }

    /// <summary>Each endpoint goes or says why not; the others go all the same.</summary>
    public Aws.DeleteVpcEndpointsResult DeleteVpcEndpoints(CommandContext context, Aws.DeleteVpcEndpointsRequest request)
    {
        List<Aws.UnsuccessfulItem> unsuccessful = [];
        foreach (string id in Door.Required(request.VpcEndpointIds, "VpcEndpointId").Distinct(StringComparer.Ordinal))
        {
            Id<VpcEndpoint> parsed = VpcEndpointIds.Parse(id);
            if (context.Here.Find(parsed) is not { } endpoint)
            {
                unsuccessful.Add(Unsuccessful(
                    id, new Fault("InvalidVpcEndpoint.NotFound", $"The Vpc Endpoint Id '{id}' does not exist")));
            }
            else if (endpoint.Type == VpcEndpointType.GatewayLoadBalancer && context.Here.By<RouteTable>(id).Any())
            {
                unsuccessful.Add(Unsuccessful(
                    id, new Fault("InvalidParameter", $"Endpoint {id} has routes in route tables that must be deleted first.")));
            }
            else
            {
                VpcEndpointMaker.Remove(context, endpoint);
            }
        }

        return new Aws.DeleteVpcEndpointsResult { Unsuccessful = unsuccessful };
    }

    public Aws.DescribeVpcEndpointsResult DescribeVpcEndpoints(CommandContext context, Aws.DescribeVpcEndpointsRequest request)
    {
        IEnumerable<VpcEndpoint> rows = VpcEndpointFilters.Apply(
            context, VpcEndpointIds.GetAll(context, request.VpcEndpointIds).OrderBy(e => e.Id), request.Filters);
        Page<VpcEndpoint> page = Pager.Page(rows, AtMost(request.MaxResults, EndpointsPerPage), request.NextToken);
        return new Aws.DescribeVpcEndpointsResult
        {
            VpcEndpoints = [.. page.Rows.Select(e => VpcEndpointViews.ToWire(context, e))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Resource and service network endpoints have associations, and neither kind is served: there are none to describe.</summary>
    public Aws.DescribeVpcEndpointAssociationsResult DescribeVpcEndpointAssociations(
        CommandContext context, Aws.DescribeVpcEndpointAssociationsRequest request)
    {
        foreach (string id in request.VpcEndpointIds ?? [])
        {
            VpcEndpointIds.Get(context, id);
        }

        Page<string> page = Pager.Page(
            EndpointAssociationFilters.Apply(context, [], request.Filters), request.MaxResults, request.NextToken, id => id, least: 1);
        return new Aws.DescribeVpcEndpointAssociationsResult { VpcEndpointAssociations = [], NextToken = page.NextToken };
    }

    /// <summary>The page size where AWS reads a larger one as the largest.</summary>
    private static int? AtMost(int? maxResults, int most) => maxResults > most ? most : maxResults;

    /// <summary>One of several things asked for that could not be done, and why.</summary>
    private static Aws.UnsuccessfulItem Unsuccessful(string id, Fault fault) => new()
    {
        ResourceId = id,
        Error = new Aws.UnsuccessfulItemError { Code = fault.Code, Message = fault.Message },
    };
}
