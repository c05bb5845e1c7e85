using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ram;

namespace Trunkline.Control.Ec2;

/// <summary>What a transit gateway may be, and who may use it. Source: AWS, "Amazon VPC Transit Gateways" guide; EC2 API, CreateTransitGateway.</summary>
internal static class TransitGatewayRules
{
    /// <summary>Ranges of one gateway; AWS does not raise it.</summary>
    private const int MostCidrs = 5;

    /// <summary>Ranges of which no address is given to a gateway.</summary>
    private static readonly Prefix LinkLocal = Prefix.Parse("169.254.0.0/16");

    /// <summary>AWS writes options as words.</summary>
    public static string Word(bool value) => value ? "enable" : "disable";

    /// <summary>An option that is <c>enable</c> or <c>disable</c>; <paramref name="unset"/> where it was left out.</summary>
    public static bool Switch(string? value, string parameter, bool unset) =>
        Door.OneOf(value, parameter, "enable", "disable") is { } word ? word == "enable" : unset;

    /// <summary>A private number of 16 or 32 bits; null where none was given.</summary>
    public static long? CheckedAsn(long? asn) => asn is null or (>= 64512 and <= 65534) or (>= 4200000000 and <= 4294967294)
        ? asn
        : throw Fault.Invalid(
            $"Value ({asn.Value.ToString(CultureInfo.InvariantCulture)}) for parameter AmazonSideAsn is invalid. "
            + "It must be in the range 64512-65534 or 4200000000-4294967294.");

    /// <summary>A gateway's ranges with others added, each large enough, none over another; ascending.</summary>
    public static ImmutableArray<Prefix> CheckedCidrs(ImmutableArray<Prefix> there, IReadOnlyList<string>? added)
    {
        List<Prefix> cidrs = [.. there];
        foreach (string text in added ?? [])
        {
            Prefix cidr = Door.AnyCidr(text, "TransitGatewayCidrBlocks");
            if (cidr.Length > (cidr.IsV4 ? 24 : 64))
            {
                throw Fault.Invalid(
                    $"Value ({text}) for parameter TransitGatewayCidrBlocks is invalid. An IPv4 block must be /24 or larger, an IPv6 block /64 or larger.");
            }

            if (cidr.IsV4 && cidr.Overlaps(LinkLocal))
            {
                throw Fault.Invalid($"Value ({text}) for parameter TransitGatewayCidrBlocks is invalid. The range {LinkLocal} is reserved.");
            }

            if (cidrs.Any(c => c.Overlaps(cidr)))
            {
                throw Fault.Invalid($"The CIDR block {cidr} overlaps with another CIDR block of the transit gateway.");
            }

            cidrs.Add(cidr);
        }

        return cidrs.Count <= MostCidrs
            ? [.. cidrs.Order()]
            : throw new Fault(
                "TransitGatewayCidrBlockLimitExceeded", $"A transit gateway can have {MostCidrs} CIDR blocks at most.");
    }

    public static string ArnOf(TransitGateway gateway) => $"arn:aws:ec2:{gateway.Owner.Region}:{gateway.Owner.Account}:transit-gateway/{gateway.Id}";

    /// <summary>A gateway that the caller may attach to: its own, or one that is shared with it.</summary>
    /// <exception cref="Fault">InvalidTransitGatewayID.NotFound</exception>
    public static TransitGateway Usable(CommandContext context, string? text)
    {
        Id<TransitGateway> id = Ec2Service.TransitGatewayIds.Parse(text);
        return context.Here.Find(id) ?? Shared(context).FirstOrDefault(g => g.Id == id) ?? throw Ec2Service.TransitGatewayIds.NotFound(id.Value);
    }

    /// <summary>A gateway that the caller may change.</summary>
    /// <exception cref="Fault">InvalidTransitGatewayID.NotFound; UnauthorizedOperation for one that is only shared with it.</exception>
    public static TransitGateway Own(CommandContext context, string? text)
    {
        TransitGateway gateway = Usable(context, text);
        return gateway.Owner == context.Caller.Partition ? gateway : throw NotOwner();
    }

    /// <summary>The gateways of other accounts that are shared with the caller, in its region.</summary>
    public static IEnumerable<TransitGateway> Shared(CommandContext context)
    {
        foreach (string arn in Sharing.SharedWith(context, context.Account, context.Region, Sharing.TransitGatewayType))
        {
            string[] fields = arn.Split(':', 6);
            Id<TransitGateway> id = new(fields[^1][(fields[^1].IndexOf('/', StringComparison.Ordinal) + 1)..]);
            if (fields[4] != context.Account && context.Draft.Partition(new PartitionKey(fields[4], fields[3])).Find(id) is { } gateway)
            {
                yield return gateway;
            }
        }
    }

    public static Fault NotOwner() => new("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);

    /// <summary>The Connect peers of a gateway.</summary>
    public static IEnumerable<TransitGatewayConnectPeer> PeersOf(Partition home, TransitGateway gateway) =>
        home.By<TransitGatewayAttachment>(gateway.Key)
            .Where(a => a.IsHome && a.Type == TransitGatewayAttachmentType.Connect)
            .SelectMany(a => home.By<TransitGatewayConnectPeer>(a.Key));

    /// <summary>How AWS writes a type of attachment.</summary>
    public static string TypeWord(TransitGatewayAttachmentType type) => type switch
    {
        TransitGatewayAttachmentType.Vpc => "vpc",
        TransitGatewayAttachmentType.Vpn => "vpn",
        TransitGatewayAttachmentType.Peering => "peering",
        TransitGatewayAttachmentType.Connect => "connect",
        _ => "direct-connect-gateway",
    };

    public static string StateWord(TransitGatewayAttachmentState state) => state switch
    {
        TransitGatewayAttachmentState.PendingAcceptance => "pendingAcceptance",
        TransitGatewayAttachmentState.Available => "available",
        TransitGatewayAttachmentState.Rejected => "rejected",
        TransitGatewayAttachmentState.Deleted => "deleted",
        _ => "failed",
    };
}

/// <summary>The adjustable quotas of transit gateways. Source: AWS, "Quotas for your transit gateways".</summary>
internal static class TransitGatewayQuotas
{
    public static readonly Quota GatewaysPerAccount = new(
        "transit-gateways-per-account", 5, "TransitGatewayLimitExceeded", "The maximum number of transit gateways has been reached.");

    public static readonly Quota TablesPerGateway = new(
        "transit-gateway-route-tables-per-transit-gateway", 20, "TransitGatewayRouteTableLimitExceeded",
        "The maximum number of transit gateway route tables has been reached.");

    public static readonly Quota RoutesPerGateway = new(
        "routes-per-transit-gateway", 10_000, "TransitGatewayRouteLimitExceeded", "The maximum number of transit gateway routes has been reached.");

    public static readonly Quota AttachmentsPerGateway = new(
        "attachments-per-transit-gateway", 5_000, "TransitGatewayAttachmentLimitExceeded",
        "The maximum number of attachments of the transit gateway has been reached.");

    public static readonly Quota PeeringsPerGateway = new(
        "peering-attachments-per-transit-gateway", 50, "TransitGatewayPeeringAttachmentLimitExceeded",
        "The maximum number of peering attachments of the transit gateway has been reached.");

    public static readonly Quota PendingPeeringsPerGateway = new(
        "pending-peering-attachments-per-transit-gateway", 10, "TransitGatewayPeeringAttachmentLimitExceeded",
        "The maximum number of pending peering attachments of the transit gateway has been reached.");

    public static readonly ImmutableArray<Quota> All =
    [
        GatewaysPerAccount, TablesPerGateway, RoutesPerGateway, AttachmentsPerGateway, PeeringsPerGateway, PendingPeeringsPerGateway,
    ];
}
