using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Makes, changes and ends attachments of every type: the one way in which any operation does. A row stands with the gateway's owner and with
/// the resource's; both copies are written here together.
/// </summary>
public static class TransitGatewayAttachments
{
    /// <summary>How long an attachment that was refused or deleted, or that failed, is still described: clients wait to see it so.</summary>
    private static readonly TimeSpan Afterlife = TimeSpan.FromHours(1);

    /// <summary>
    /// Attaches a VPN connection of the caller's to a transit gateway, its own or one that is shared with it. The connection's row has to
    /// be written by the same command.
    /// </summary>
    /// <exception cref="Fault">InvalidTransitGatewayID.NotFound; a quota.</exception>
    public static TransitGatewayAttachment AttachVpn(CommandContext context, string? transitGatewayId, string vpnConnectionId) =>
        Add(context, TransitGatewayRules.Usable(context, transitGatewayId), new()
        {
            Type = TransitGatewayAttachmentType.Vpn,
            ResourceId = vpnConnectionId,
            ResourceOwner = context.Caller.Partition,
        });

    /// <summary>Attaches a Direct Connect gateway to a transit gateway; called when an association is made or accepted.</summary>
    /// <param name="gateway">The transit gateway, wherever it is.</param>
    /// <param name="directConnectGatewayId">The gateway's id (a UUID).</param>
    /// <param name="owner">The account of the Direct Connect gateway.</param>
    public static TransitGatewayAttachment AttachDirectConnect(
        CommandContext context, TransitGateway gateway, string directConnectGatewayId, string owner) =>
        Add(context, gateway, new()
        {
            Type = TransitGatewayAttachmentType.DirectConnectGateway,
            ResourceId = directConnectGatewayId,
            ResourceOwner = gateway.Owner with { Account = owner },
        });

    /// <summary>
    /// Ends an attachment in both copies: its association, its propagations and its interfaces go; static routes to it stay, as black holes. It is
    /// described as deleted for an hour.
    /// </summary>
    /// <exception cref="Fault">IncorrectState where a Connect attachment stands on it.</exception>
    public static void Detach(CommandContext context, TransitGatewayAttachment attachment)
    {
        CommandContext home = context.At(attachment.TransitGatewayOwner);
        if (home.Here.By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(attachment.Key)).FirstOrDefault() is { } connect)
        {
            throw new Fault("IncorrectState", $"{attachment.Id} has non-deleted Connect Attachments: {connect.Id}.");
        }

        End(context, attachment, TransitGatewayAttachmentState.Deleted);
    }

    /// <summary>Ends the attachment of a resource, if there is one: <see cref="Detach(CommandContext, TransitGatewayAttachment)"/>.</summary>
    public static void DetachResource(CommandContext context, string resourceId)
    {
        foreach (TransitGatewayAttachment attachment in
            context.Here.By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(resourceId)).ToList())
        {
            Detach(context, attachment);
        }
    }

    /// <summary>Writes both copies; each keeps the tags, and the gateway's owner's the association, that it has.</summary>
    internal static TransitGatewayAttachment PutBoth(CommandContext context, TransitGatewayAttachment attachment)
    {
        PutCopy(context, attachment, attachment.TransitGatewayOwner);
        if (attachment.ResourceOwner != attachment.TransitGatewayOwner && attachment.Type != TransitGatewayAttachmentType.Peering)
        {
            PutCopy(context, attachment, attachment.ResourceOwner);
        }

        return context.Here.Find(attachment.Id) ?? context.At(attachment.TransitGatewayOwner).Here.Get(attachment.Id);
    }

    /// <summary>A new attachment: checked against the gateway's quota, and in its default tables at once where it needs no acceptance.</summary>
    internal static TransitGatewayAttachment Add(CommandContext context, TransitGateway gateway, NewTransitGatewayAttachment wish)
    {
        CommandContext home = context.At(gateway.Owner);
        if (context.Quotas.Holds(TransitGatewayQuotas.AttachmentsPerGateway))
        {
            int count = home.Here.By<TransitGatewayAttachment>(gateway.Key).Count(a => a.IsHome);
            context.Quotas.Check(TransitGatewayQuotas.AttachmentsPerGateway, count + 1);
        }

        Sweep(home);
        Sweep(context);
        Id<TransitGatewayAttachment> id = wish.Id ?? new(context.NewId(TransitGatewayAttachment.IdPrefix));
        TransitGatewayAttachment attachment = new()
        {
            Id = id,
            Type = wish.Type,
            At = context.Caller.Partition,
            TransitGatewayId = gateway.Id,
            TransitGatewayOwner = gateway.Owner,
            ResourceId = wish.ResourceId,
            ResourceOwner = wish.ResourceOwner,
            State = wish.State,
            DnsSupport = wish.DnsSupport,
            Ipv6Support = wish.Ipv6Support,
            ApplianceMode = wish.ApplianceMode,
            SecurityGroupReferencing = wish.SecurityGroupReferencing,
            TransportAttachmentId = wish.TransportAttachmentId,
            Peering = wish.Peering,
            CreationTime = context.Now,
            EndTime = wish.State == TransitGatewayAttachmentState.Failed ? context.Now : null,
            Tags = wish.Tags,
        };
        TransitGatewayAttachment made = PutBoth(context, attachment with { Doors = wish.Doors is null ? [] : wish.Doors(id) });
        return made.State == TransitGatewayAttachmentState.Available ? Opened(context, made) : made;
    }

    /// <summary>An attachment becomes available: it is associated with, and propagates to, its gateway's default tables.</summary>
    internal static TransitGatewayAttachment Opened(CommandContext context, TransitGatewayAttachment attachment)
    {
        CommandContext home = context.At(attachment.TransitGatewayOwner);
        TransitGateway gateway = home.Here.Get(attachment.TransitGatewayId);
        PutBoth(context, attachment with { State = TransitGatewayAttachmentState.Available });
        TransitGatewayAttachment copy = home.Here.Get(attachment.Id);
        home.Put(copy with { AssociatedTableId = gateway.AssociationDefaultRouteTableId });
        if (gateway.PropagationDefaultRouteTableId is { } table && attachment.Type != TransitGatewayAttachmentType.Peering)
        {
            home.Put(WithPropagation(home.Here.Get(table), attachment.Id));
        }

        return context.Here.Find(attachment.Id) ?? home.Here.Get(attachment.Id);
    }

    /// <summary>The other side refused it: it holds on to nothing any more, and is described for a while.</summary>
    internal static TransitGatewayAttachment Refuse(CommandContext context, TransitGatewayAttachment attachment) =>
        End(context, attachment, TransitGatewayAttachmentState.Rejected);

    /// <summary>Whether an attachment is still described.</summary>
    internal static bool IsShown(CommandContext context, TransitGatewayAttachment attachment) =>
        attachment.EndTime is not { } end || context.Now - end < Afterlife;

    /// <summary>The attachments of a type that the caller sees: its own copies, those that have ended a while ago among them.</summary>
    internal static IEnumerable<TransitGatewayAttachment> Described(
        CommandContext context, IReadOnlyList<string>? ids, TransitGatewayAttachmentType? type) => ids is { Count: > 0 }
        ? [.. ids.Distinct(StringComparer.Ordinal).Select(id => Shown(context, id, type)).OrderBy(a => a.Id)]
        : context.Here.All<TransitGatewayAttachment>().Where(a => (type is null || a.Type == type) && IsShown(context, a));

    /// <summary>The caller's copy of the attachment that an id of a request names; one that was deleted is only described.</summary>
    /// <param name="type">Null: of any type.</param>
    internal static TransitGatewayAttachment Find(CommandContext context, string? id, TransitGatewayAttachmentType? type = null) =>
        Shown(context, id, type) is { State: not TransitGatewayAttachmentState.Deleted } attachment
            ? attachment
            : throw Ec2Service.TransitGatewayAttachmentIds.NotFound(id!);

    /// <summary>Refuses an attachment that is not in the state an operation needs.</summary>
    internal static void Require(TransitGatewayAttachment attachment, params ReadOnlySpan<TransitGatewayAttachmentState> states)
    {
        if (!states.Contains(attachment.State))
        {
            throw new Fault("IncorrectState", $"{attachment.Id} is in invalid state: {TransitGatewayRules.StateWord(attachment.State)}.");
        }
    }

    internal static TransitGatewayRouteTable WithPropagation(TransitGatewayRouteTable table, Id<TransitGatewayAttachment> attachment) =>
        table.Propagations.Contains(attachment)
            ? table
            : table with { Propagations = [.. table.Propagations.Add(attachment).Order()] };

    private static TransitGatewayAttachment End(
        CommandContext context, TransitGatewayAttachment attachment, TransitGatewayAttachmentState state)
    {
        Free(context, attachment);
        return PutBoth(context, attachment with { State = state, EndTime = context.Now, Doors = [] });
    }

    private static TransitGatewayAttachment Shown(CommandContext context, string? id, TransitGatewayAttachmentType? type)
    {
        TransitGatewayAttachment attachment = Ec2Service.TransitGatewayAttachmentIds.Get(context, id);
        return IsShown(context, attachment) && (type is null || attachment.Type == type)
            ? attachment
            : throw Ec2Service.TransitGatewayAttachmentIds.NotFound(attachment.Id.Value);
    }

    /// <summary>Takes away what an attachment has in tables and in the VPC; the row itself stays.</summary>
    private static void Free(CommandContext context, TransitGatewayAttachment attachment)
    {
        CommandContext home = context.At(attachment.TransitGatewayOwner);
        foreach (TransitGatewayRouteTable table in home.Here.By<TransitGatewayRouteTable>(attachment.Key).ToList())
        {
            home.Put(table with { Propagations = table.Propagations.Remove(attachment.Id) });
        }

        if (home.Here.Find(attachment.Id) is { AssociatedTableId: not null } copy)
        {
            home.Put(copy with { AssociatedTableId = null });
        }

        CommandContext resource = context.At(attachment.ResourceOwner);
        foreach (TransitGatewayDoor door in attachment.Doors)
        {
            resource.Remove(door.NetworkInterfaceId);
        }
    }

    private static void PutCopy(CommandContext context, TransitGatewayAttachment attachment, PartitionKey at)
    {
        CommandContext there = context.At(at);
        TransitGatewayAttachment? before = there.Here.Find(attachment.Id);
        there.Put(attachment with
        {
            At = at,
            AssociatedTableId = at == attachment.TransitGatewayOwner ? before?.AssociatedTableId : null,
            Tags = before?.Tags ?? (at == context.Caller.Partition ? attachment.Tags : Tags.None),
        });
    }

    /// <summary>What ended long ago is not described any more: it goes when the next one comes.</summary>
    private static void Sweep(CommandContext home)
    {
        foreach (TransitGatewayAttachment old in home.Here.By<TransitGatewayAttachment>(TransitGatewayAttachment.EndedWord)
            .Where(a => !IsShown(home, a)).ToList())
        {
            home.Remove(old.Id);
        }
    }
}

/// <summary>What is wanted of a new attachment.</summary>
internal sealed record NewTransitGatewayAttachment
{
    /// <summary>Null: a new one.</summary>
    public Id<TransitGatewayAttachment>? Id { get; init; }

    public required TransitGatewayAttachmentType Type { get; init; }

    public required string ResourceId { get; init; }

    public required PartitionKey ResourceOwner { get; init; }

    public TransitGatewayAttachmentState State { get; init; } = TransitGatewayAttachmentState.Available;

    /// <summary>Makes the interfaces of a VPC attachment that has this id.</summary>
    public Func<Id<TransitGatewayAttachment>, ImmutableArray<TransitGatewayDoor>>? Doors { get; init; }

    public bool DnsSupport { get; init; } = true;

    public bool Ipv6Support { get; init; }

    public bool ApplianceMode { get; init; }

    public bool SecurityGroupReferencing { get; init; } = true;

    public Id<TransitGatewayAttachment>? TransportAttachmentId { get; init; }

    public TransitGatewayPeering? Peering { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;
}
