using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.NetworkManager;

/// <summary>
/// Goes from attachment to attachment by the settled tables of transit gateways, as Route Analyzer does: neither VPC route tables nor groups
/// nor ACLs are looked at. Source: Network Manager API, RouteAnalysisCompletion.
/// </summary>
internal sealed class RouteAnalysisWalk(CommandContext context, string globalNetworkKey, bool useMiddleboxes)
{
    private const int HopsMax = 64;
    private const string AttachmentType = "transit-gateway-attachment";
    private const string TableType = "transit-gateway-route-table";

    private readonly Lazy<SettledRoutes> routes = new(() => context.Tracer.State.Routes);
    private readonly List<RouteAnalysisStep> steps = [];

    /// <summary>The transit gateway of an end's attachment; null where there is no such attachment.</summary>
    public string? GatewayArnOf(RouteAnalysisEnd end) =>
        end.AttachmentArn is { } arn && Find(arn) is { } attachment ? GatewayArn(attachment) : null;

    /// <param name="destination">With an address.</param>
    public RouteAnalysisWay Go(RouteAnalysisEnd source, RouteAnalysisEnd destination)
    {
        steps.Clear();
        TransitGatewayAttachment? at = Find(source.AttachmentArn!);
        TransitGatewayAttachment? wanted = destination.AttachmentArn is { } arn ? Find(arn) : null;
        if (at is null || (destination.AttachmentArn is not null && wanted is null))
        {
            return Ends("TRANSIT_GATEWAY_ATTACHMENT_NOT_FOUND", (at is null ? source : destination).AttachmentArn!);
        }

        if (!IsRegistered(at))
        {
            return Ends("TRANSIT_GATEWAY_ATTACHMENT_NOT_IN_TRANSIT_GATEWAY", source.AttachmentArn!);
        }

        return Walk(at, wanted, IpAddress.Parse(destination.IpAddress!));
    }

    private RouteAnalysisWay Walk(TransitGatewayAttachment start, TransitGatewayAttachment? wanted, IpAddress address)
    {
        HashSet<string> entered = new(StringComparer.Ordinal);
        TransitGatewayAttachment at = start;
        steps.Add(StepOf(at));
        for (int hop = 0; hop < HopsMax; hop++)
        {
            if (!entered.Add(at.Key))
            {
                return Ends("CYCLIC_PATH_DETECTED", ArnOf(at));
            }

            (TransitGatewayAttachment? found, RouteAnalysisWay? end) = Forward(at, address);
            if (found is not { } next)
            {
                return end!;
            }

            steps.Add(StepOf(next));
            if (wanted is not null && next.Key == wanted.Key && next.TransitGatewayOwner == wanted.TransitGatewayOwner)
            {
                return Ends(null, null);
            }

            if (next.Type == TransitGatewayAttachmentType.Peering)
            {
                if (OtherSide(next) is not { } far)
                {
                    return Ends("TRANSIT_GATEWAY_ATTACHMENT_NOT_FOUND", ArnOf(next));
                }

                steps.Add(StepOf(far));
                at = far;
            }
            else if (wanted is null)
            {
                return Ends("NO_DESTINATION_ARN_PROVIDED", ArnOf(next), connected: true);
            }
            else if (!next.ApplianceMode)
            {
                return Ends("TRANSIT_GATEWAY_ATTACHMENT_ATTACH_ARN_NO_MATCH", ArnOf(next));
            }
            else if (!useMiddleboxes)
            {
                return Ends("POSSIBLE_MIDDLEBOX", ArnOf(next));
            }
            else
            {
                // The appliance behind it sends the packet back by the way that it came.
                steps[^1] = steps[^1] with { IsMiddlebox = true };
                at = next;
            }
        }

        return Ends("MAX_HOPS_EXCEEDED", ArnOf(at));
    }

    /// <summary>Where the table of an attachment sends an address, or how the way ends there.</summary>
    private (TransitGatewayAttachment? Next, RouteAnalysisWay? End) Forward(TransitGatewayAttachment at, IpAddress address)
    {
        if (at.AssociatedTableId is not { } table)
        {
            return (null, Ends("TRANSIT_GATEWAY_ATTACHMENT_STABLE_ROUTE_TABLE_NOT_FOUND", ArnOf(at)));
        }

        string tableArn = Arn(at.TransitGatewayOwner, TableType, table.Value);
        if (Longest(routes.Value.RibOf(table.Value), address) is not { } route)
        {
            steps.Add(StepOf(at, table, null));
            return (null, Ends("ROUTE_NOT_FOUND", tableArn));
        }

        steps.Add(StepOf(at, table, route.Prefix));
        if (route.Winner is not { IsBlackhole: false, Spoke: { } spoke })
        {
            return (null, Ends(route.Best > 0 ? "BLACKHOLE_ROUTE_FOR_DESTINATION_FOUND" : "INACTIVE_ROUTE_FOR_DESTINATION_FOUND", tableArn));
        }

        if (context.Draft.Partition(at.TransitGatewayOwner).Find(new Id<TransitGatewayAttachment>(spoke)) is not { } next)
        {
            return (null, Ends("BLACKHOLE_ROUTE_FOR_DESTINATION_FOUND", tableArn));
        }

        return (next, null);
    }

    /// <summary>The longest prefix that holds an address, whether it is in use or not.</summary>
    private static RibEntry? Longest(Rib rib, IpAddress address)
    {
        RibEntry? best = null;
        foreach (RibEntry entry in rib.Entries)
        {
            if (entry.Prefix.Family == address.Family && entry.Prefix.Contains(address) && (best is null || entry.Prefix.Length > best.Prefix.Length))
            {
                best = entry;
            }
        }

        return best;
    }

    private TransitGatewayAttachment? OtherSide(TransitGatewayAttachment peering) => peering.FarEnd is { } far
        ? context.Draft.Partition(far.Owner).Find(far.AttachmentId)
        : null;

    /// <summary>The copy of the transit gateway's owner.</summary>
    private TransitGatewayAttachment? Find(string arn)
    {
        string[] fields = arn.Split(':', 6);
        Id<TransitGatewayAttachment> id = new(fields[5][(fields[5].IndexOf('/') + 1)..]);
        TransitGatewayAttachment? any = context.Draft.Partition(new PartitionKey(fields[4], fields[3])).Find(id);
        return any is null || any.IsHome ? any : context.Draft.Partition(any.TransitGatewayOwner).Find(id);
    }

    private bool IsRegistered(TransitGatewayAttachment attachment) =>
        context.Global.Here.Table<TransitGatewayRegistration>().Find(GatewayArn(attachment))?.GlobalNetworkKey == globalNetworkKey;

    private RouteAnalysisWay Ends(string? reason, string? arn, bool connected = false) => new(
        reason is null || connected,
        reason,
        arn is null ? Tags.None : Tags.None.Add("ResourceArn", arn),
        [.. steps]);

    private RouteAnalysisStep StepOf(TransitGatewayAttachment attachment) => new(
        GatewayArn(attachment), ArnOf(attachment), AttachmentType, null, Tags.NameOf(attachment), IsMiddlebox: false, Cidr: null);

    private RouteAnalysisStep StepOf(TransitGatewayAttachment attachment, Id<TransitGatewayRouteTable> table, Prefix? cidr)
    {
        TransitGatewayRouteTable? row = context.Draft.Partition(attachment.TransitGatewayOwner).Find(table);
        return new RouteAnalysisStep(
            GatewayArn(attachment), Arn(attachment.TransitGatewayOwner, TableType, table.Value), TableType, null,
            row is null ? null : Tags.NameOf(row), IsMiddlebox: false, cidr?.ToString());
    }

    private static string GatewayArn(TransitGatewayAttachment attachment) =>
        Arn(attachment.TransitGatewayOwner, "transit-gateway", attachment.TransitGatewayId.Value);

    private static string ArnOf(TransitGatewayAttachment attachment) => Arn(attachment.TransitGatewayOwner, AttachmentType, attachment.Key);

    private static string Arn(PartitionKey owner, string type, string id) => $"arn:aws:ec2:{owner.Region}:{owner.Account}:{type}/{id}";
}
