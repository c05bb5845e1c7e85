using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Internet gateways. Source: AWS, "Enable internet access for a VPC using an internet gateway"; EC2 API, AttachInternetGateway.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<InternetGateway> InternetGatewayIds = new(
        "InternetGatewayId", "InvalidInternetGatewayID.NotFound", "InvalidInternetGatewayId.Malformed",
        "The internetGateway ID '{0}' does not exist");

    private static readonly FilterTable<InternetGateway> InternetGatewayFilters = new()
    {
        { "attachment.state", gateway => gateway.VpcId is null ? null : "available" },
        { "attachment.vpc-id", gateway => gateway.VpcId?.Value },
        { "internet-gateway-id", gateway => gateway.Id.Value },
        { "owner-id", (here, _) => here.Account },
    };

    public Aws.CreateInternetGatewayResult CreateInternetGateway(CommandContext context, Aws.CreateInternetGatewayRequest request)
    {
        context.Quotas.Check(Quotas.InternetGatewaysPerRegion, context.Here.Table<InternetGateway>().Count + 1);
        InternetGateway gateway = context.Put(new InternetGateway
        {
            Id = new(context.NewId(InternetGateway.IdPrefix)),
            Tags = TagRules.New<InternetGateway>(request.TagSpecifications),
        });
        return new Aws.CreateInternetGatewayResult { InternetGateway = ToWire(context, gateway) };
    }

    /// <summary>Refused while attached. Routes to it stay behind as blackholes.</summary>
    public Aws.DeleteInternetGatewayResult DeleteInternetGateway(CommandContext context, Aws.DeleteInternetGatewayRequest request)
    {
        InternetGateway gateway = InternetGatewayIds.Get(context, request.InternetGatewayId);
        if (gateway.VpcId is not null)
        {
            throw Fault.InUse($"The internetGateway '{gateway.Id}' has dependencies and cannot be deleted.");
        }

        context.Remove(gateway.Id);
        return new Aws.DeleteInternetGatewayResult();
    }

    /// <summary>One gateway per VPC, one VPC per gateway.</summary>
    public Aws.AttachInternetGatewayResult AttachInternetGateway(CommandContext context, Aws.AttachInternetGatewayRequest request)
    {
        InternetGateway gateway = InternetGatewayIds.Get(context, request.InternetGatewayId);
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        if (gateway.VpcId is { } attached)
        {
            throw new Fault("Resource.AlreadyAssociated", $"resource {gateway.Id} is already attached to network {attached}");
        }

        if (context.Here.By<InternetGateway>(vpc.Key).Any())
        {
            throw Fault.Invalid($"Network {vpc.Id} already has an internet gateway attached");
        }

        context.Put(gateway with { VpcId = vpc.Id });
        return new Aws.AttachInternetGatewayResult();
    }

    /// <summary>
    /// Refused while public addresses are mapped in the VPC. A route table that was bound to the gateway is bound no more.
    /// </summary>
    public Aws.DetachInternetGatewayResult DetachInternetGateway(CommandContext context, Aws.DetachInternetGatewayRequest request)
    {
        InternetGateway gateway = InternetGatewayIds.Get(context, request.InternetGatewayId);
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        if (gateway.VpcId != vpc.Id)
        {
            throw new Fault("Gateway.NotAttached", $"resource {gateway.Id} is not attached to network {vpc.Id}");
        }

        if (HasMappedPublicAddress(context.Here, vpc))
        {
            throw Fault.InUse(
                $"Network {vpc.Id} has some mapped public address(es). "
                + "Please unmap those public address(es) before detaching the gateway.");
        }

        context.Put(gateway with { VpcId = null });
        foreach (RouteTable table in context.Here.By<RouteTable>(gateway.Key).ToList())
        {
            if (table.Associations.Any(a => a.GatewayId == gateway.Key))
            {
                context.Put(table with { Associations = table.Associations.RemoveAll(a => a.GatewayId == gateway.Key) });
            }
        }

        return new Aws.DetachInternetGatewayResult();
    }

    public Aws.DescribeInternetGatewaysResult DescribeInternetGateways(CommandContext context, Aws.DescribeInternetGatewaysRequest request)
    {
        Pager.RefuseIdsWithPages(request.InternetGatewayIds, "internetGatewayIds", request.MaxResults);
        IEnumerable<InternetGateway> rows = InternetGatewayFilters.Apply(
            context, InternetGatewayIds.GetAll(context, request.InternetGatewayIds), request.Filters);
        Page<InternetGateway> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeInternetGatewaysResult
        {
            InternetGateways = [.. page.Rows.Select(g => ToWire(context, g))],
            NextToken = page.NextToken,
        };
    }

    private static bool HasMappedPublicAddress(Partition here, Vpc vpc) => here.By<NetworkInterface>(vpc.Key).Any(
        eni => eni.PrivateAddresses.Any(a => a.AutoPublicIp is not null) || here.By<ElasticIp>(eni.Key).Any());

    /// <remarks>For an internet gateway the API says <c>available</c> where its own list of states says attached.</remarks>
    private static Aws.InternetGateway ToWire(CommandContext context, InternetGateway gateway) => new()
    {
        InternetGatewayId = gateway.Id.Value,
        OwnerId = context.Account,
        Attachments = gateway.VpcId is { } vpc ? [new Aws.InternetGatewayAttachment { VpcId = vpc.Value, State = "available" }] : [],
        Tags = TagRules.ToWire(gateway.Tags),
    };
}
