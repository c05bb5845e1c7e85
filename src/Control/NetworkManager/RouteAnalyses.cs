using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using AwsNm = Trunkline.Wire.Networkmanager;

namespace Trunkline.Control.NetworkManager;

/// <summary>
/// Route analysis: the way between two transit gateway attachments by the transit gateways' route tables alone. Done when it is asked for.
/// Source: Network Manager API, StartRouteAnalysis, GetRouteAnalysis; AWS, "Route Analyzer".
/// </summary>
public sealed partial class NetworkManagerService
{
    private const string RouteAnalysisType = "route-analysis";

    public AwsNm.StartRouteAnalysisResponse StartRouteAnalysis(CommandContext context, AwsNm.StartRouteAnalysisRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        RouteAnalysisEnd source = End(request.Source, "source");
        RouteAnalysisEnd destination = End(request.Destination, "destination");
        if (source.AttachmentArn is null)
        {
            throw NmFaults.Missing("source.transitGatewayAttachmentArn");
        }

        if (destination.IpAddress is null)
        {
            throw NmFaults.Missing("destination.ipAddress");
        }

        RouteAnalysisWalk walk = new(context, network.Key, request.UseMiddleboxes == true);
        RouteAnalysisWay forward = walk.Go(source, destination);
        RouteAnalysisWay? back = null;
        if (request.IncludeReturnPath == true && forward.IsConnected)
        {
            if (source.IpAddress is null || destination.AttachmentArn is null)
            {
                throw NmFaults.Field("includeReturnPath", "The return path needs the source's address and the destination's attachment.");
            }

            back = walk.Go(destination, source);
        }

        RouteAnalysis analysis = context.Global.Put(new RouteAnalysis
        {
            Key = Uuids.New(context),
            GlobalNetworkKey = network.Key,
            StartedAt = context.Now,
            Source = source with { TransitGatewayArn = walk.GatewayArnOf(source) },
            Destination = destination with { TransitGatewayArn = walk.GatewayArnOf(destination) },
            IncludeReturnPath = request.IncludeReturnPath ?? false,
            UseMiddleboxes = request.UseMiddleboxes ?? false,
            Forward = forward,
            Return = back,
        });
        return new AwsNm.StartRouteAnalysisResponse { RouteAnalysis = ToWire(context, analysis) };
    }

    public AwsNm.GetRouteAnalysisResponse GetRouteAnalysis(CommandContext context, AwsNm.GetRouteAnalysisRequest request)
    {
        RouteAnalysis analysis = Get<RouteAnalysis>(context, request.GlobalNetworkId, request.RouteAnalysisId, RouteAnalysisType);
        return new AwsNm.GetRouteAnalysisResponse { RouteAnalysis = ToWire(context, analysis) };
    }

    private static RouteAnalysisEnd End(AwsNm.RouteAnalysisEndpointOptionsSpecification? end, string name)
    {
        string? address = Text(end?.IpAddress, $"{name}.ipAddress", 50);
        if (address is not null && !IpAddress.TryParse(address, out _))
        {
            throw NmFaults.Field($"{name}.ipAddress", "Invalid IP address.");
        }

        string? arn = Text(end?.TransitGatewayAttachmentArn, $"{name}.transitGatewayAttachmentArn", 500);
        bool fits = arn is null || (arn.Split(':', 6) is { Length: 6 } fields && fields[0] == "arn" && fields[2] == "ec2"
            && fields[5].StartsWith("transit-gateway-attachment/", StringComparison.Ordinal));
        return fits
            ? new RouteAnalysisEnd(arn, address)
            : throw NmFaults.Field($"{name}.transitGatewayAttachmentArn", "Invalid transit gateway attachment ARN.");
    }

    private static AwsNm.RouteAnalysis ToWire(CommandContext context, RouteAnalysis analysis) => new()
    {
        GlobalNetworkId = analysis.GlobalNetworkKey,
        OwnerAccountId = context.Account,
        RouteAnalysisId = analysis.Key,
        StartTimestamp = analysis.StartedAt,
        Status = "COMPLETED",
        Source = ToWire(analysis.Source),
        Destination = ToWire(analysis.Destination),
        IncludeReturnPath = analysis.IncludeReturnPath,
        UseMiddleboxes = analysis.UseMiddleboxes,
        ForwardPath = ToWire(analysis.Forward),
        ReturnPath = analysis.Return is null ? null : ToWire(analysis.Return),
    };

    private static AwsNm.RouteAnalysisEndpointOptions ToWire(RouteAnalysisEnd end) => new()
    {
        TransitGatewayAttachmentArn = end.AttachmentArn,
        TransitGatewayArn = end.TransitGatewayArn,
        IpAddress = end.IpAddress,
    };

    private static AwsNm.RouteAnalysisPath ToWire(RouteAnalysisWay way) => new()
    {
        CompletionStatus = new AwsNm.RouteAnalysisCompletion
        {
            ResultCode = way.IsConnected ? "CONNECTED" : "NOT_CONNECTED",
            ReasonCode = way.ReasonCode,
            ReasonContext = way.ReasonContext.IsEmpty ? null : way.ReasonContext,
        },
        Path =
        [
            .. way.Steps.Select((step, index) => new AwsNm.PathComponent
            {
                // AWS counts from the destination, which is 0.
                Sequence = way.Steps.Length - 1 - index,
                Resource = new AwsNm.NetworkResourceSummary
                {
                    RegisteredGatewayArn = step.GatewayArn,
                    ResourceArn = step.ResourceArn,
                    ResourceType = step.ResourceType,
                    Definition = step.Definition,
                    NameTag = step.NameTag,
                    IsMiddlebox = step.IsMiddlebox,
                },
                DestinationCidrBlock = step.Cidr,
            }),
        ],
    };
}
