using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Egress-only internet gateways. Source: AWS, "Enable outbound IPv6 traffic using an egress-only internet gateway".</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<EgressOnlyInternetGateway> EgressOnlyInternetGatewayIds = new(
        "EgressOnlyInternetGatewayId", "InvalidEgressOnlyInternetGatewayId.NotFound", "InvalidEgressOnlyInternetGatewayId.Malformed",
        "The egressOnlyInternetGateway ID '{0}' does not exist");

    private static readonly FilterTable<EgressOnlyInternetGateway> EgressOnlyInternetGatewayFilters = [];

    /// <summary>A VPC has at most one.</summary>
    public Aws.CreateEgressOnlyInternetGatewayResult CreateEgressOnlyInternetGateway(
        CommandContext context, Aws.CreateEgressOnlyInternetGatewayRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        context.Quotas.Check(Quotas.EgressOnlyGatewaysPerRegion, context.Here.Table<EgressOnlyInternetGateway>().Count + 1);
        if (context.Here.By<EgressOnlyInternetGateway>(vpc.Key).Any())
        {
            throw Fault.Invalid($"Network {vpc.Id} already has an egress-only internet gateway attached");
        }

        EgressOnlyInternetGateway gateway = context.Put(new EgressOnlyInternetGateway
        {
            Id = new(context.NewId(EgressOnlyInternetGateway.IdPrefix)),
            VpcId = vpc.Id,
            Tags = TagRules.New<EgressOnlyInternetGateway>(request.TagSpecifications),
        });
        return new Aws.CreateEgressOnlyInternetGatewayResult
        {
            ClientToken = request.ClientToken,
            EgressOnlyInternetGateway = ToWire(gateway),
        };
    }

    /// <summary>Routes to it stay behind as blackholes.</summary>
    public Aws.DeleteEgressOnlyInternetGatewayResult DeleteEgressOnlyInternetGateway(
        CommandContext context, Aws.DeleteEgressOnlyInternetGatewayRequest request)
    {
        context.Remove(EgressOnlyInternetGatewayIds.Get(context, request.EgressOnlyInternetGatewayId).Id);
        return new Aws.DeleteEgressOnlyInternetGatewayResult { ReturnCode = true };
    }

    public Aws.DescribeEgressOnlyInternetGatewaysResult DescribeEgressOnlyInternetGateways(
        CommandContext context, Aws.DescribeEgressOnlyInternetGatewaysRequest request)
    {
        Pager.RefuseIdsWithPages(request.EgressOnlyInternetGatewayIds, "egressOnlyInternetGatewayIds", request.MaxResults);
        IEnumerable<EgressOnlyInternetGateway> rows = EgressOnlyInternetGatewayFilters.Apply(
            context, EgressOnlyInternetGatewayIds.GetAll(context, request.EgressOnlyInternetGatewayIds), request.Filters);
        Page<EgressOnlyInternetGateway> page = Pager.Page(rows, request.MaxResults, request.NextToken, most: 255);
        return new Aws.DescribeEgressOnlyInternetGatewaysResult
        {
            EgressOnlyInternetGateways = [.. page.Rows.Select(ToWire)],
            NextToken = page.NextToken,
        };
    }

    private static Aws.EgressOnlyInternetGateway ToWire(EgressOnlyInternetGateway gateway) => new()
    {
        EgressOnlyInternetGatewayId = gateway.Id.Value,
        Attachments = [new Aws.InternetGatewayAttachment { VpcId = gateway.VpcId.Value, State = "attached" }],
        Tags = TagRules.ToWire(gateway.Tags),
    };
}
