using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// What may be joined with a Direct Connect gateway, and with which prefixes (rules 127 to 130, 134). Source: AWS, "Direct Connect gateways",
/// "Allowed prefixes interactions", "Direct Connect quotas".
/// </summary>
internal static class GatewayRules
{
    /// <summary>Makes an association; the accounts of both gateways have agreed to it.</summary>
    /// <param name="asked">The prefixes that were asked for; none: those of the VPC.</param>
    public static DxGatewayAssociation Associate(
        CommandContext context, DxGateway gateway, DxAssociatedGateway associated, ImmutableArray<Prefix> asked)
    {
        ImmutableArray<Prefix> prefixes = associated.IsTransitGateway || !asked.IsEmpty
            ? asked
            : AssociableGateways.CidrsOf(context, associated);
        CheckType(context, gateway, associated);
        CheckRoom(context, gateway, associated);
        if (associated.IsTransitGateway)
        {
            CheckHub(context, gateway, associated);
        }
        else
        {
            CheckExit(context, gateway, associated);
        }

        DxGatewayAssociation made = new()
        {
            Id = new(DxIds.Uuid(context)),
            GatewayId = gateway.Id,
            GatewayOwnerId = gateway.OwnerId,
            Associated = associated,
            AllowedPrefixes = prefixes,
            CreatedAt = context.Now,
        };
        CheckPrefixes(context, made);
        return DxRows.Put(context, made with { AttachmentId = Attach(context, gateway, associated) });
    }

    /// <summary>Ends an association, and the transit gateway's attachment with it.</summary>
    public static void Disassociate(CommandContext context, DxGatewayAssociation association)
    {
        if (association.AttachmentId is { } id)
        {
            CommandContext owner = context.At(new PartitionKey(association.Associated.OwnerId, association.Associated.Region));
            if (owner.Here.Find(new Id<TransitGatewayAttachment>(id)) is { } attachment)
            {
                Detach(owner, attachment);
            }
        }

        DxRows.Remove(context, association);
    }

    /// <summary>Prefixes of a request, ascending; host bits are refused.</summary>
    public static ImmutableArray<Prefix> Read(IReadOnlyList<AwsDx.RouteFilterPrefix>? prefixes)
    {
        SortedSet<Prefix> read = [];
        foreach (AwsDx.RouteFilterPrefix one in prefixes ?? [])
        {
            string text = one.Cidr ?? throw DxFaults.Missing("cidr");
            read.Add(Prefix.TryParse(text, out Prefix prefix, out bool strict) && strict
                ? prefix
                : throw DxFaults.Client($"The CIDR {text} is not valid."));
        }

        return [.. read];
    }

    /// <summary>
    /// Prefixes of a transit gateway's association: there must be some, at most 200, and none may overlap with those of another transit gateway
    /// (rule 130). For a virtual private gateway they are a filter, and may be anything.
    /// </summary>
    public static void CheckPrefixes(CommandContext context, DxGatewayAssociation association)
    {
        if (!association.Associated.IsTransitGateway)
        {
            return;
        }

        if (association.AllowedPrefixes.IsEmpty)
        {
            throw DxFaults.Client("Allowed prefixes are required for an association with a transit gateway.");
        }

        if (association.AllowedPrefixes.Length > DxQuotas.PrefixesPerTransitGateway)
        {
            throw DxFaults.Limit($"An association with a transit gateway has at most {DxQuotas.PrefixesPerTransitGateway} allowed prefixes.");
        }

        Partition owner = new GlobalRows(context.Draft, association.GatewayOwnerId).Here;
        foreach (DxGatewayAssociation other in owner.By<DxGatewayAssociation>(DxWords.Gateway(association.GatewayId.Value)))
        {
            bool overlaps = other.Id != association.Id
                && other.AllowedPrefixes.Any(taken => association.AllowedPrefixes.Any(p => p.Overlaps(taken)));
            if (overlaps)
            {
                throw DxFaults.Client(
                    $"The allowed prefixes overlap with those of {other.Associated.Id}, which is associated with the same Direct Connect gateway.");
            }
        }
    }

    /// <summary>A Direct Connect gateway has virtual private gateways and private virtual interfaces, or transit ones (rule 127).</summary>
    private static void CheckType(CommandContext context, DxGateway gateway, DxAssociatedGateway associated)
    {
        DxGatewayAssociation[] there = [.. DxRows.AssociationsOf(context, gateway)];
        if (there.Any(a => a.Associated.Id == associated.Id))
        {
            throw DxFaults.Client($"{associated.Id} is already associated with Direct Connect gateway {gateway.Id}.");
        }

        DxInterfaceType fitting = associated.IsTransitGateway ? DxInterfaceType.Transit : DxInterfaceType.Private;
        if (there.Any(a => a.Associated.IsTransitGateway != associated.IsTransitGateway)
            || DxRows.InterfacesOf(context, gateway).Any(v => v.Type != fitting))
        {
            string other = associated.IsTransitGateway ? "a virtual private gateway or a private" : "a transit gateway or a transit";
            throw DxFaults.Client(
                $"{associated.Id} cannot be associated with Direct Connect gateway {gateway.Id}, which has {other} virtual interface.");
        }
    }

    private static void CheckRoom(CommandContext context, DxGateway gateway, DxAssociatedGateway associated)
    {
        int most = associated.IsTransitGateway ? DxQuotas.TransitGatewaysPerGateway : DxQuotas.VirtualGatewaysPerGateway;
        if (DxRows.AssociationsOf(context, gateway).Count() >= most)
        {
            throw DxFaults.Limit($"Direct Connect gateway {gateway.Id} has reached its limit of {most} associated gateways.");
        }
    }

    private static void CheckHub(CommandContext context, DxGateway gateway, DxAssociatedGateway associated)
    {
        TransitGateway hub = AssociableGateways.Hub(context, associated);
        if (hub.AmazonSideAsn == gateway.AmazonSideAsn)
        {
            throw DxFaults.Client(
                $"The ASN {hub.AmazonSideAsn} of {hub.Id} and that of Direct Connect gateway {gateway.Id} must be different.");
        }

        int has = new GlobalRows(context.Draft, associated.OwnerId).Here.By<DxGatewayAssociation>(DxWords.Associated(associated.Id)).Count();
        if (has >= DxQuotas.GatewaysPerTransitGateway)
        {
            throw DxFaults.Limit($"{associated.Id} has reached its limit of {DxQuotas.GatewaysPerTransitGateway} Direct Connect gateways.");
        }
    }

    /// <summary>Attached to a VPC, on no other Direct Connect gateway, and no VPC with an overlapping CIDR beside it (rule 130).</summary>
    private static void CheckExit(CommandContext context, DxGateway gateway, DxAssociatedGateway associated)
    {
        Partition owner = new GlobalRows(context.Draft, associated.OwnerId).Here;
        if (owner.By<DxGatewayAssociation>(DxWords.Associated(associated.Id)).FirstOrDefault() is { } other)
        {
            throw DxFaults.Client(
                $"Virtual Private Gateway {associated.Id} is already associated with Direct Connect gateway {other.GatewayId}.");
        }

        ImmutableArray<Prefix> cidrs = AssociableGateways.CidrsOf(context, associated);
        if (cidrs.IsEmpty)
        {
            throw DxFaults.Client($"Virtual Private Gateway {associated.Id} is not attached to a VPC.");
        }

        foreach (DxGatewayAssociation beside in DxRows.AssociationsOf(context, gateway))
        {
            if (AssociableGateways.CidrsOf(context, beside.Associated).Any(taken => cidrs.Any(c => c.Overlaps(taken))))
            {
                throw DxFaults.Client(
                    $"The CIDR blocks of the VPCs of {associated.Id} and {beside.Associated.Id}, which is associated with the same Direct Connect "
                    + "gateway, overlap.");
            }
        }
    }

    /// <summary>What EC2 refuses, a Connect attachment that stands on it, is refused with this service's code.</summary>
    private static void Detach(CommandContext owner, TransitGatewayAttachment attachment)
    {
        try
        {
            TransitGatewayAttachments.Detach(owner, attachment);
        }
        catch (Fault fault)
        {
            throw DxFaults.Client(fault.Message);
        }
    }

    private static string? Attach(CommandContext context, DxGateway gateway, DxAssociatedGateway associated)
    {
        if (!associated.IsTransitGateway)
        {
            return null;
        }

        CommandContext owner = context.At(new PartitionKey(associated.OwnerId, associated.Region));
        TransitGateway hub = AssociableGateways.Hub(context, associated);
        return TransitGatewayAttachments.AttachDirectConnect(owner, hub, gateway.Key, gateway.OwnerId).Key;
    }
}
