using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// References to prefix lists in transit gateway route tables: a static route for every block of a list. Source: AWS, "Prefix list references
/// in AWS Transit Gateway"; EC2 API, CreateTransitGatewayPrefixListReference and its like.
/// </summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<PrefixListReferenceRow> PrefixListReferenceFilters = new(_ => null)
    {
        { "attachment.resource-id", row => row.Attachment?.ResourceId },
        { "attachment.resource-type", row => row.Attachment is { } a ? TransitGatewayRules.TypeWord(a.Type) : null },
        { "attachment.transit-gateway-attachment-id", row => row.Reference.AttachmentId?.Value },
        { "is-blackhole", row => row.Reference.AttachmentId is null },
        { "prefix-list-id", row => row.Reference.PrefixListId },
        { "prefix-list-owner-id", row => row.Owner },
        { "state", _ => "available" },
    };

    public Aws.CreateTransitGatewayPrefixListReferenceResult CreateTransitGatewayPrefixListReference(
        CommandContext context, Aws.CreateTransitGatewayPrefixListReferenceRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        PrefixListView list = ReferredList(context, request.PrefixListId);
        Id<TransitGatewayAttachment>? target = RouteAttachment(
            context, table, request.TransitGatewayAttachmentId, request.Blackhole);
        if (table.PrefixListReferences.Any(r => r.PrefixListId == list.Id))
        {
            throw new Fault(
                "RouteAlreadyExists", $"A reference to prefix list {list.Id} already exists in Transit Gateway Route Table {table.Id}.");
        }

        TransitGatewayPrefixListReference made = new(list.Id, target);
        TransitGatewayRouteTable next = context.Put(table with
        {
            PrefixListReferences =
                [.. table.PrefixListReferences.Add(made).OrderBy(r => r.PrefixListId, StringComparer.Ordinal)],
        });
        CheckRouteQuota(context, next);
        return new Aws.CreateTransitGatewayPrefixListReferenceResult
        {
            TransitGatewayPrefixListReference = ToWire(table, RowOf(context, made), "pending"),
        };
    }

    public Aws.ModifyTransitGatewayPrefixListReferenceResult ModifyTransitGatewayPrefixListReference(
        CommandContext context, Aws.ModifyTransitGatewayPrefixListReferenceRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        TransitGatewayPrefixListReference before = ReferenceIn(table, request.PrefixListId);
        TransitGatewayPrefixListReference next = before with
        {
            AttachmentId = RouteAttachment(context, table, request.TransitGatewayAttachmentId, request.Blackhole),
        };
        context.Put(table with { PrefixListReferences = table.PrefixListReferences.Replace(before, next) });
        return new Aws.ModifyTransitGatewayPrefixListReferenceResult
        {
            TransitGatewayPrefixListReference = ToWire(table, RowOf(context, next), "modifying"),
        };
    }

    public Aws.DeleteTransitGatewayPrefixListReferenceResult DeleteTransitGatewayPrefixListReference(
        CommandContext context, Aws.DeleteTransitGatewayPrefixListReferenceRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        TransitGatewayPrefixListReference gone = ReferenceIn(table, request.PrefixListId);
        context.Put(table with { PrefixListReferences = table.PrefixListReferences.Remove(gone) });
        return new Aws.DeleteTransitGatewayPrefixListReferenceResult
        {
            TransitGatewayPrefixListReference = ToWire(table, RowOf(context, gone), "deleting"),
        };
    }

    public Aws.GetTransitGatewayPrefixListReferencesResult GetTransitGatewayPrefixListReferences(
        CommandContext context, Aws.GetTransitGatewayPrefixListReferencesRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        Page<PrefixListReferenceRow> page = Pager.Page(
            PrefixListReferenceFilters.Apply(context, table.PrefixListReferences.Select(r => RowOf(context, r)), request.Filters),
            request.MaxResults, request.NextToken, row => row.Reference.PrefixListId);
        return new Aws.GetTransitGatewayPrefixListReferencesResult
        {
            TransitGatewayPrefixListReferences = [.. page.Rows.Select(r => ToWire(table, r, "available"))],
            NextToken = page.NextToken,
        };
    }

    private static TransitGatewayPrefixListReference ReferenceIn(TransitGatewayRouteTable table, string? id)
    {
        string list = PrefixListIds.Parse(id).Value;
        return table.PrefixListReferences.FirstOrDefault(r => r.PrefixListId == list)
            ?? throw new Fault(
                "InvalidPrefixListReference.NotFound",
                $"There is no reference to prefix list {list} in Transit Gateway Route Table {table.Id}.");
    }

    private static PrefixListReferenceRow RowOf(CommandContext context, TransitGatewayPrefixListReference reference) => new(
        reference,
        reference.AttachmentId is { } id && context.Here.Find(id) is { IsEnded: false } attachment ? attachment : null,
        AwsServices.PrefixList(context.Region, reference.PrefixListId) is null ? context.Account : AwsServices.PrefixListOwner);

    private static Aws.TransitGatewayPrefixListReference ToWire(
        TransitGatewayRouteTable table, PrefixListReferenceRow row, string state) => new()
        {
            TransitGatewayRouteTableId = table.Id.Value,
            PrefixListId = row.Reference.PrefixListId,
            PrefixListOwnerId = row.Owner,
            State = state,
            Blackhole = row.Reference.AttachmentId is null,
            TransitGatewayAttachment = row.Reference.AttachmentId is { } id
            ? new Aws.TransitGatewayPrefixListAttachment
            {
                TransitGatewayAttachmentId = id.Value,
                ResourceId = row.Attachment?.ResourceId,
                ResourceType = row.Attachment is { } attachment ? TransitGatewayRules.TypeWord(attachment.Type) : null,
            }
            : null,
        };

    /// <summary>A reference with the attachment it sends to, where that is there.</summary>
    private sealed record PrefixListReferenceRow(TransitGatewayPrefixListReference Reference, TransitGatewayAttachment? Attachment, string Owner);
}
