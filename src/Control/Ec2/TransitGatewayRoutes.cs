using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Routes of transit gateways: static ones are set here; what a table holds in all is read from settled routing. Source: AWS, "Transit gateway
/// route tables"; EC2 API, CreateTransitGatewayRoute, SearchTransitGatewayRoutes, ExportTransitGatewayRoutes and their like.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>Routes of one answer where none is said.</summary>
    private const int RoutesPerSearch = 1000;

    public Aws.CreateTransitGatewayRouteResult CreateTransitGatewayRoute(
        CommandContext context, Aws.CreateTransitGatewayRouteRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        Prefix destination = TransitGatewayDestination(request.DestinationCidrBlock);
        Id<TransitGatewayAttachment>? target = RouteAttachment(
            context, table, request.TransitGatewayAttachmentId, request.Blackhole);
        if (table.StaticRoutes.Any(r => r.Cidr == destination))
        {
            throw new Fault("RouteAlreadyExists", $"Route {destination} already exists in Transit Gateway Route Table {table.Id}.");
        }

        TransitGatewayStaticRoute route = new(destination, target);
        TransitGatewayRouteTable next = context.Put(table with { StaticRoutes = [.. table.StaticRoutes.Add(route).OrderBy(r => r.Cidr)] });
        CheckRouteQuota(context, next);
        return new Aws.CreateTransitGatewayRouteResult { Route = ToWire(context, route, StateOf(route)) };
    }

    public Aws.ReplaceTransitGatewayRouteResult ReplaceTransitGatewayRoute(
        CommandContext context, Aws.ReplaceTransitGatewayRouteRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        TransitGatewayStaticRoute before = StaticRoute(table, request.DestinationCidrBlock);
        Id<TransitGatewayAttachment>? target = RouteAttachment(
            context, table, request.TransitGatewayAttachmentId, request.Blackhole);
        TransitGatewayStaticRoute route = before with { AttachmentId = target };
        context.Put(table with { StaticRoutes = table.StaticRoutes.Replace(before, route) });
        return new Aws.ReplaceTransitGatewayRouteResult { Route = ToWire(context, route, StateOf(route)) };
    }

    public Aws.DeleteTransitGatewayRouteResult DeleteTransitGatewayRoute(
        CommandContext context, Aws.DeleteTransitGatewayRouteRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        TransitGatewayStaticRoute route = StaticRoute(table, request.DestinationCidrBlock);
        context.Put(table with { StaticRoutes = table.StaticRoutes.Remove(route) });
        return new Aws.DeleteTransitGatewayRouteResult { Route = ToWire(context, route, "deleted") };
    }

    /// <summary>At least one filter; the routes that hold, each with all attachments that share it.</summary>
    public Aws.SearchTransitGatewayRoutesResult SearchTransitGatewayRoutes(
        CommandContext context, Aws.SearchTransitGatewayRoutesRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        if (request.Filters is not { Count: > 0 })
        {
            throw Fault.Missing("Filters");
        }

        IEnumerable<TransitGatewayRouteView> rows = TransitGatewayRouteSearch.Apply(
            context, TransitGatewayRouting.RoutesOf(context, table), request.Filters);
        Page<TransitGatewayRouteView> page = Pager.Page(
            rows, request.MaxResults ?? RoutesPerSearch, request.NextToken, route => PrefixListRules.SortKey(route.Cidr));
        return new Aws.SearchTransitGatewayRoutesResult
        {
            Routes = [.. page.Rows.Select(ToWire)],
            AdditionalRoutesAvailable = page.NextToken is not null,
            NextToken = page.NextToken,
        };
    }

    /// <summary>Writes the file, which the endpoint gives out as S3 does; every bucket is taken to be there and the caller's.</summary>
    public Aws.ExportTransitGatewayRoutesResult ExportTransitGatewayRoutes(
        CommandContext context, Aws.ExportTransitGatewayRoutesRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        ExportedFile file = context.Global.Put(new ExportedFile
        {
            Bucket = TransitGatewayExport.Bucket(request.S3Bucket),
            Name = TransitGatewayExport.NameOf(context, table),
            Text = TransitGatewayExport.Write(
                request.Filters, TransitGatewayRouteSearch.Apply(context, TransitGatewayRouting.RoutesOf(context, table), request.Filters)),
            LastModified = context.Now,
        });
        return new Aws.ExportTransitGatewayRoutesResult { S3Location = $"s3://{file.Bucket}/{file.Name}" };
    }

    /// <summary>Static routes and prefix lists' sizes, over all tables of the gateway (rule 117).</summary>
    private static void CheckRouteQuota(CommandContext context, TransitGatewayRouteTable table)
    {
        if (!context.Quotas.Holds(TransitGatewayQuotas.RoutesPerGateway))
        {
            return;
        }

        int count = 0;
        foreach (TransitGatewayRouteTable other in context.Here.By<TransitGatewayRouteTable>(table.TransitGatewayId.Value))
        {
            count += other.StaticRoutes.Length;
            count += other.PrefixListReferences.Sum(r => PrefixLists.Find(context.Here, r.PrefixListId)?.Weight ?? 0);
        }

        context.Quotas.Check(TransitGatewayQuotas.RoutesPerGateway, count);
    }

    /// <summary>Where a route sends: exactly one of an attachment and a black hole (null).</summary>
    private static Id<TransitGatewayAttachment>? RouteAttachment(
        CommandContext context, TransitGatewayRouteTable table, string? attachmentId, bool? blackhole)
    {
        if (string.IsNullOrEmpty(attachmentId))
        {
            return blackhole == true ? null : throw Fault.Missing("TransitGatewayAttachmentId");
        }

        if (blackhole == true)
        {
            throw Fault.Combination("The parameter Blackhole cannot be used with the parameter TransitGatewayAttachmentId");
        }

        TransitGatewayAttachment attachment = AttachmentOfTable(context, table, attachmentId);
        TransitGatewayAttachments.Require(attachment, TransitGatewayAttachmentState.Available);
        if (attachment.Type is TransitGatewayAttachmentType.Connect or TransitGatewayAttachmentType.DirectConnectGateway)
        {
            // AWS, "Create a static route": for a VPC, VPN or peering attachment. What is behind these two is learned by BGP.
            throw new Fault(
                "UnsupportedOperation", $"Static routes are supported for VPC, VPN and peering attachments only, and {attachment.Id} is none of these.");
        }

        return attachment.Id;
    }

    private static Prefix TransitGatewayDestination(string? text) => Door.AnyCidr(text, "DestinationCidrBlock");

    private static TransitGatewayStaticRoute StaticRoute(TransitGatewayRouteTable table, string? text)
    {
        Prefix destination = TransitGatewayDestination(text);
        return table.StaticRoutes.FirstOrDefault(r => r.Cidr == destination)
            ?? throw new Fault("InvalidRoute.NotFound", $"Route {destination} does not exist in Transit Gateway Route Table {table.Id}.");
    }

    private static string StateOf(TransitGatewayStaticRoute route) => route.AttachmentId is null ? "blackhole" : "active";

    private static Aws.TransitGatewayRoute ToWire(CommandContext context, TransitGatewayStaticRoute route, string state) => new()
    {
        DestinationCidrBlock = route.Cidr.ToString(),
        TransitGatewayAttachments = route.AttachmentId is { } id && context.Here.Find(id) is { IsEnded: false } attachment
            ? [TransitGatewayRouting.ToWire(attachment)]
            : null,
        Type = "static",
        State = state,
    };

    private static Aws.TransitGatewayRoute ToWire(TransitGatewayRouteView route) => new()
    {
        DestinationCidrBlock = route.Cidr.ToString(),
        PrefixListId = route.PrefixListId,
        TransitGatewayAttachments =
            route.Attachments.IsEmpty ? null : [.. route.Attachments.Select(TransitGatewayRouting.ToWire)],
        Type = route.IsStatic ? "static" : "propagated",
        State = route.IsBlackhole ? "blackhole" : "active",
    };
}
