using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Transit gateways attached to each other. Source: AWS, "Transit gateway peering attachments"; EC2 API,
/// CreateTransitGatewayPeeringAttachment and its like.
/// </summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<TransitGatewayAttachment> TransitGatewayPeeringFilters = new()
    {
        { "local-owner-id", attachment => attachment.TransitGatewayOwner.Account },
        { "remote-owner-id", attachment => attachment.ResourceOwner.Account },
        { "state", attachment => TransitGatewayRules.StateWord(attachment.State) },
        { "transit-gateway-attachment-id", attachment => attachment.Id.Value },
        { "transit-gateway-id", attachment => attachment.TransitGatewayId.Value },
    };

    /// <summary>A peer that does not exist makes the attachment fail; the request is answered all the same.</summary>
    public Aws.CreateTransitGatewayPeeringAttachmentResult CreateTransitGatewayPeeringAttachment(
        CommandContext context, Aws.CreateTransitGatewayPeeringAttachmentRequest request)
    {
        TransitGateway gateway = TransitGatewayRules.Own(context, request.TransitGatewayId);
        PartitionKey peer = PeerOf(request);
        Id<TransitGateway> far = TransitGatewayIds.Parse(Door.Required(request.PeerTransitGatewayId, "PeerTransitGatewayId"));
        if (Door.OneOf(request.Options?.DynamicRouting, "DynamicRouting", "enable", "disable") == "enable")
        {
            throw Fault.Unsupported("DynamicRouting=enable");
        }

        if (far == gateway.Id && peer == gateway.Owner)
        {
            throw Fault.Invalid("A transit gateway cannot be peered with itself.");
        }

        CheckPeeringLimits(context, gateway, far);
        Id<TransitGatewayAttachment> nearId = new(context.NewId(TransitGatewayAttachment.IdPrefix));
        Id<TransitGatewayAttachment> farId =
            peer.Region == context.Region ? new(context.NewId(TransitGatewayAttachment.IdPrefix)) : nearId;
        TransitGatewayPeering peering = new(
            new TransitGatewayEnd(gateway.Id, gateway.Owner, nearId), new TransitGatewayEnd(far, peer, farId), request.Options?.DynamicRouting);
        TransitGateway? accepter = context.Draft.Partition(peer).Find(far);
        TransitGatewayAttachment near = TransitGatewayAttachments.Add(context, gateway, new()
        {
            Id = nearId,
            Type = TransitGatewayAttachmentType.Peering,
            ResourceId = far.Value,
            ResourceOwner = peer,
            State = accepter is null ? TransitGatewayAttachmentState.Failed : TransitGatewayAttachmentState.PendingAcceptance,
            Peering = peering,
            Tags = TagRules.New<TransitGatewayAttachment>(request.TagSpecifications),
        });
        if (accepter is not null)
        {
            TransitGatewayAttachments.Add(context.At(peer), accepter, new()
            {
                Id = farId,
                Type = TransitGatewayAttachmentType.Peering,
                ResourceId = gateway.Key,
                ResourceOwner = gateway.Owner,
                State = TransitGatewayAttachmentState.PendingAcceptance,
                Peering = peering,
            });
        }

        return new Aws.CreateTransitGatewayPeeringAttachmentResult { TransitGatewayPeeringAttachment = ToPeeringWire(near, "initiatingRequest") };
    }

    /// <summary>The accepter's owner, in the accepter's region, with the accepter's attachment: no other can.</summary>
    public Aws.AcceptTransitGatewayPeeringAttachmentResult AcceptTransitGatewayPeeringAttachment(
        CommandContext context, Aws.AcceptTransitGatewayPeeringAttachmentRequest request)
    {
        TransitGatewayAttachment attachment = AskedPeering(context, request.TransitGatewayAttachmentId, "accept");
        TransitGatewayAttachment made = attachment;
        foreach (TransitGatewayAttachment side in SidesOf(context, attachment))
        {
            TransitGatewayAttachment opened = TransitGatewayAttachments.Opened(context.At(side.TransitGatewayOwner), side);
            made = opened.Id == attachment.Id && opened.At == attachment.At ? opened : made;
        }

        return new Aws.AcceptTransitGatewayPeeringAttachmentResult { TransitGatewayPeeringAttachment = ToPeeringWire(made, "pending") };
    }

    public Aws.RejectTransitGatewayPeeringAttachmentResult RejectTransitGatewayPeeringAttachment(
        CommandContext context, Aws.RejectTransitGatewayPeeringAttachmentRequest request)
    {
        TransitGatewayAttachment attachment = AskedPeering(context, request.TransitGatewayAttachmentId, "reject");
        foreach (TransitGatewayAttachment side in SidesOf(context, attachment))
        {
            TransitGatewayAttachments.Refuse(context.At(side.TransitGatewayOwner), side);
        }

        return new Aws.RejectTransitGatewayPeeringAttachmentResult
        {
            TransitGatewayPeeringAttachment = ToPeeringWire(attachment, "rejecting"),
        };
    }

    /// <summary>By either side; both lose it.</summary>
    public Aws.DeleteTransitGatewayPeeringAttachmentResult DeleteTransitGatewayPeeringAttachment(
        CommandContext context, Aws.DeleteTransitGatewayPeeringAttachmentRequest request)
    {
        TransitGatewayAttachment attachment =
            TransitGatewayAttachments.Find(context, request.TransitGatewayAttachmentId, TransitGatewayAttachmentType.Peering);
        foreach (TransitGatewayAttachment side in SidesOf(context, attachment))
        {
            TransitGatewayAttachments.Detach(context.At(side.TransitGatewayOwner), side);
        }

        return new Aws.DeleteTransitGatewayPeeringAttachmentResult
        {
            TransitGatewayPeeringAttachment = ToPeeringWire(attachment, "deleting"),
        };
    }

    public Aws.DescribeTransitGatewayPeeringAttachmentsResult DescribeTransitGatewayPeeringAttachments(
        CommandContext context, Aws.DescribeTransitGatewayPeeringAttachmentsRequest request)
    {
        Page<TransitGatewayAttachment> page = Pager.Page(
            TransitGatewayPeeringFilters.Apply(
                context,
                TransitGatewayAttachments.Described(context, request.TransitGatewayAttachmentIds, TransitGatewayAttachmentType.Peering),
                request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.DescribeTransitGatewayPeeringAttachmentsResult
        {
            TransitGatewayPeeringAttachments = [.. page.Rows.Select(a => ToPeeringWire(a, TransitGatewayRules.StateWord(a.State)))],
            NextToken = page.NextToken,
        };
    }

    private static PartitionKey PeerOf(Aws.CreateTransitGatewayPeeringAttachmentRequest request)
    {
        string account = Door.Required(request.PeerAccountId, "PeerAccountId");
        if (account.Length != 12 || account.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw Fault.InvalidValue(account, "PeerAccountId");
        }

        return new PartitionKey(account, Door.Required(request.PeerRegion, "PeerRegion"));
    }

    /// <summary>One peering of two gateways, which AWS does not raise, and the quotas of the requester's.</summary>
    private static void CheckPeeringLimits(CommandContext context, TransitGateway gateway, Id<TransitGateway> far)
    {
        List<TransitGatewayAttachment> peerings =
        [
            .. context.Here.By<TransitGatewayAttachment>(gateway.Key).Where(a => a.IsHome && a.Type == TransitGatewayAttachmentType.Peering),
        ];
        if (peerings.Exists(a => a.ResourceId == far.Value))
        {
            throw new Fault(
                "DuplicateTransitGatewayAttachment",
                $"{gateway.Id} has non-deleted Transit Gateway Peering Attachments with same peer Transit Gateway ID.");
        }

        context.Quotas.Check(TransitGatewayQuotas.PeeringsPerGateway, peerings.Count + 1);
        int pending = peerings.Count(a => a.State == TransitGatewayAttachmentState.PendingAcceptance);
        context.Quotas.Check(TransitGatewayQuotas.PendingPeeringsPerGateway, pending + 1);
    }

    /// <summary>A peering that waits for the caller.</summary>
    private static TransitGatewayAttachment AskedPeering(CommandContext context, string? id, string act)
    {
        TransitGatewayAttachment attachment = TransitGatewayAttachments.Find(context, id, TransitGatewayAttachmentType.Peering);
        TransitGatewayEnd accepter = attachment.Peering!.Accepter;
        if (accepter.AttachmentId != attachment.Id || accepter.Owner != context.Caller.Partition)
        {
            throw Fault.Invalid($"Cannot {act} {attachment.Id} as the source of the peering request.");
        }

        TransitGatewayAttachments.Require(attachment, TransitGatewayAttachmentState.PendingAcceptance);
        return attachment;
    }

    /// <summary>The rows of both ends, as far as they are there.</summary>
    private static IEnumerable<TransitGatewayAttachment> SidesOf(CommandContext context, TransitGatewayAttachment attachment)
    {
        foreach (TransitGatewayEnd end in (TransitGatewayEnd[])[attachment.Peering!.Requester, attachment.Peering.Accepter])
        {
            if (context.Draft.Partition(end.Owner).Find(end.AttachmentId) is { } side)
            {
                yield return side;
            }
        }
    }

    private static Aws.TransitGatewayPeeringAttachment ToPeeringWire(TransitGatewayAttachment attachment, string state)
    {
        TransitGatewayPeering peering = attachment.Peering!;
        return new Aws.TransitGatewayPeeringAttachment
        {
            TransitGatewayAttachmentId = attachment.Id.Value,
            AccepterTransitGatewayAttachmentId =
                peering.Accepter.AttachmentId == peering.Requester.AttachmentId ? null : peering.Accepter.AttachmentId.Value,
            RequesterTgwInfo = ToWire(peering.Requester),
            AccepterTgwInfo = ToWire(peering.Accepter),
            Options = peering.DynamicRouting is { } word ? new Aws.TransitGatewayPeeringAttachmentOptions { DynamicRouting = word } : null,
            Status = StatusOf(attachment, state),
            State = state,
            CreationTime = attachment.CreationTime,
            Tags = TagRules.ToWire(attachment.Tags),
        };
    }

    private static Aws.PeeringAttachmentStatus StatusOf(TransitGatewayAttachment attachment, string state) => new()
    {
        Code = state,
        Message = attachment.State == TransitGatewayAttachmentState.Failed
            ? $"Transit Gateway {attachment.ResourceId} was deleted or does not exist."
            : null,
    };

    private static Aws.PeeringTgwInfo ToWire(TransitGatewayEnd end) => new()
    {
        TransitGatewayId = end.Id.Value,
        OwnerId = end.Owner.Account,
        Region = end.Owner.Region,
    };
}
