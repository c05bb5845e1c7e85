using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Which table decides on an attachment's packets (association, one) and which learn its routes (propagation, many). Source: AWS, "Transit
/// gateway route tables"; EC2 API, AssociateTransitGatewayRouteTable, EnableTransitGatewayRouteTablePropagation and their like.
/// </summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<TransitGatewayAttachment> TransitGatewayAssociationFilters = new(_ => null)
    {
        { "resource-id", attachment => attachment.ResourceId },
        { "resource-type", attachment => TransitGatewayRules.TypeWord(attachment.Type) },
        { "transit-gateway-attachment-id", attachment => attachment.Id.Value },
    };

    private static readonly FilterTable<TransitGatewayRouteTable> AttachmentPropagationFilters = new(_ => null)
    {
        { "transit-gateway-route-table-id", table => table.Id.Value },
    };

    public Aws.AssociateTransitGatewayRouteTableResult AssociateTransitGatewayRouteTable(
        CommandContext context, Aws.AssociateTransitGatewayRouteTableRequest request)
    {
        (TransitGatewayRouteTable table, TransitGatewayAttachment attachment) =
            TableAndAttachment(context, request.TransitGatewayRouteTableId, request.TransitGatewayAttachmentId);
        TransitGatewayAttachments.Require(attachment, TransitGatewayAttachmentState.Available);
        if (attachment.AssociatedTableId is not null)
        {
            throw new Fault(
                "Resource.AlreadyAssociated", $"Transit Gateway Attachment {attachment.Id} is already associated to a route table.");
        }

        context.Put(attachment with { AssociatedTableId = table.Id });
        return new Aws.AssociateTransitGatewayRouteTableResult { Association = Association(table, attachment, "associating") };
    }

    public Aws.DisassociateTransitGatewayRouteTableResult DisassociateTransitGatewayRouteTable(
        CommandContext context, Aws.DisassociateTransitGatewayRouteTableRequest request)
    {
        (TransitGatewayRouteTable table, TransitGatewayAttachment attachment) =
            TableAndAttachment(context, request.TransitGatewayRouteTableId, request.TransitGatewayAttachmentId);
        if (attachment.AssociatedTableId != table.Id)
        {
            throw new Fault(
                "InvalidAssociation.NotFound", $"Association {attachment.Id} and {table.Id} does not exist.");
        }

        context.Put(attachment with { AssociatedTableId = null });
        return new Aws.DisassociateTransitGatewayRouteTableResult { Association = Association(table, attachment, "disassociating") };
    }

    /// <summary>Rule 111: a peering propagates nothing.</summary>
    public Aws.EnableTransitGatewayRouteTablePropagationResult EnableTransitGatewayRouteTablePropagation(
        CommandContext context, Aws.EnableTransitGatewayRouteTablePropagationRequest request)
    {
        RefuseAnnouncement(request.TransitGatewayRouteTableAnnouncementId);
        (TransitGatewayRouteTable table, TransitGatewayAttachment attachment) =
            TableAndAttachment(context, request.TransitGatewayRouteTableId, request.TransitGatewayAttachmentId);
        TransitGatewayAttachments.Require(attachment, TransitGatewayAttachmentState.Available);
        if (attachment.Type == TransitGatewayAttachmentType.Peering)
        {
            throw Fault.Invalid($"Propagation is not supported for Transit Gateway Peering Attachment {attachment.Id}.");
        }

        if (table.Propagations.Contains(attachment.Id))
        {
            throw new Fault(
                "TransitGatewayRouteTablePropagation.Duplicate", $"Propagation {attachment.Id} and {table.Id} already exists.");
        }

        context.Put(TransitGatewayAttachments.WithPropagation(table, attachment.Id));
        return new Aws.EnableTransitGatewayRouteTablePropagationResult { Propagation = Propagation(table, attachment, "enabled") };
    }

    public Aws.DisableTransitGatewayRouteTablePropagationResult DisableTransitGatewayRouteTablePropagation(
        CommandContext context, Aws.DisableTransitGatewayRouteTablePropagationRequest request)
    {
        RefuseAnnouncement(request.TransitGatewayRouteTableAnnouncementId);
        (TransitGatewayRouteTable table, TransitGatewayAttachment attachment) =
            TableAndAttachment(context, request.TransitGatewayRouteTableId, request.TransitGatewayAttachmentId);
        if (!table.Propagations.Contains(attachment.Id))
        {
            throw new Fault(
                "TransitGatewayRouteTablePropagation.NotFound", $"Propagation {attachment.Id} and {table.Id} does not exist.");
        }

        context.Put(table with { Propagations = table.Propagations.Remove(attachment.Id) });
        return new Aws.DisableTransitGatewayRouteTablePropagationResult { Propagation = Propagation(table, attachment, "disabled") };
    }

    public Aws.GetTransitGatewayRouteTableAssociationsResult GetTransitGatewayRouteTableAssociations(
        CommandContext context, Aws.GetTransitGatewayRouteTableAssociationsRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        Page<TransitGatewayAttachment> page = Pager.Page(
            TransitGatewayAssociationFilters.Apply(context, AssociatedWith(context.Here, table).OrderBy(a => a.Id), request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.GetTransitGatewayRouteTableAssociationsResult
        {
            Associations =
            [
                .. page.Rows.Select(a => new Aws.TransitGatewayRouteTableAssociation
                {
                    TransitGatewayAttachmentId = a.Id.Value,
                    ResourceId = a.ResourceId,
                    ResourceType = TransitGatewayRules.TypeWord(a.Type),
                    State = "associated",
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    public Aws.GetTransitGatewayRouteTablePropagationsResult GetTransitGatewayRouteTablePropagations(
        CommandContext context, Aws.GetTransitGatewayRouteTablePropagationsRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        Partition here = context.Here;
        Page<TransitGatewayAttachment> page = Pager.Page(
            TransitGatewayAssociationFilters.Apply(context, table.Propagations.Select(here.Get), request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.GetTransitGatewayRouteTablePropagationsResult
        {
            TransitGatewayRouteTablePropagations =
            [
                .. page.Rows.Select(a => new Aws.TransitGatewayRouteTablePropagation
                {
                    TransitGatewayAttachmentId = a.Id.Value,
                    ResourceId = a.ResourceId,
                    ResourceType = TransitGatewayRules.TypeWord(a.Type),
                    State = "enabled",
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    public Aws.GetTransitGatewayAttachmentPropagationsResult GetTransitGatewayAttachmentPropagations(
        CommandContext context, Aws.GetTransitGatewayAttachmentPropagationsRequest request)
    {
        TransitGatewayAttachment attachment = TransitGatewayAttachments.Find(context, request.TransitGatewayAttachmentId);
        Page<TransitGatewayRouteTable> page = Pager.Page(
            AttachmentPropagationFilters.Apply(
                context, context.Here.By<TransitGatewayRouteTable>(attachment.Key).OrderBy(t => t.Id), request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.GetTransitGatewayAttachmentPropagationsResult
        {
            TransitGatewayAttachmentPropagations =
            [
                .. page.Rows.Select(t => new Aws.TransitGatewayAttachmentPropagation
                {
                    TransitGatewayRouteTableId = t.Id.Value,
                    State = "enabled",
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    /// <summary>A table of the caller's and an attachment of the same gateway.</summary>
    private static (TransitGatewayRouteTable Table, TransitGatewayAttachment Attachment) TableAndAttachment(
        CommandContext context, string? tableId, string? attachmentId)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, tableId);
        return (table, AttachmentOfTable(context, table, attachmentId));
    }

    /// <summary>An attachment of a table's own gateway.</summary>
    private static TransitGatewayAttachment AttachmentOfTable(CommandContext context, TransitGatewayRouteTable table, string? id)
    {
        TransitGatewayAttachment attachment = TransitGatewayAttachments.Find(context, id);
        return attachment.IsHome && attachment.TransitGatewayId == table.TransitGatewayId
            ? attachment
            : throw Fault.Invalid($"{table.Id} and {attachment.Id} belong to different transit gateways.");
    }

    /// <summary>Announcements are made with policy tables, which are not served.</summary>
    private static void RefuseAnnouncement(string? id)
    {
        if (!string.IsNullOrEmpty(id))
        {
            throw Fault.Unsupported("TransitGatewayRouteTableAnnouncementId");
        }
    }

    private static Aws.TransitGatewayAssociation Association(
        TransitGatewayRouteTable table, TransitGatewayAttachment attachment, string state) => new()
        {
            TransitGatewayRouteTableId = table.Id.Value,
            TransitGatewayAttachmentId = attachment.Id.Value,
            ResourceId = attachment.ResourceId,
            ResourceType = TransitGatewayRules.TypeWord(attachment.Type),
            State = state,
        };

    private static Aws.TransitGatewayPropagation Propagation(
        TransitGatewayRouteTable table, TransitGatewayAttachment attachment, string state) => new()
        {
            TransitGatewayRouteTableId = table.Id.Value,
            TransitGatewayAttachmentId = attachment.Id.Value,
            ResourceId = attachment.ResourceId,
            ResourceType = TransitGatewayRules.TypeWord(attachment.Type),
            State = state,
        };
}
