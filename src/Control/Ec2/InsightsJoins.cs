using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;
using Trunkline.Tracing;

namespace Trunkline.Control.Ec2;

/// <summary>
/// What joins networks in questions of reachability: peerings, transit gateways and their attachments, VPN gateways. Source: AWS, "How Reachability
/// Analyzer works"; EC2 API, PathComponent, TransitGatewayRouteTableRoute.
/// </summary>
internal static class InsightsJoins
{
    private const string Hub = "transit-gateway";
    private const string Attachment = "transit-gateway-attachment";
    private const string Peering = "vpc-peering-connection";
    private const string Exit = "vpn-gateway";

    public static bool Is(InsightsEnd? end) => end is { Type: Hub or Attachment or Peering or Exit };

    public static bool Exists(CloudSnapshot cloud, InsightsEnd end)
    {
        Partition rows = cloud.Partition(end.At);
        return end.Type switch
        {
            Hub => rows.Find(new Id<TransitGateway>(end.Id)) is not null,
            Attachment => rows.Find(new Id<TransitGatewayAttachment>(end.Id)) is not null,
            Peering => rows.Find(new Id<VpcPeeringConnection>(end.Id)) is not null,
            _ => rows.Find(new Id<VpnGateway>(end.Id)) is not null,
        };
    }

    /// <summary>Whether a hop is the end: itself, or an attachment or table of a transit gateway.</summary>
    public static bool IsAt(InsightsEnd end, Hop hop) => hop.Component.Id == end.Id || (end.Type == Hub && hop.AttachedTo?.Id == end.Id);

    /// <summary>Hosts of sites, as senders behind an end.</summary>
    public static IEnumerable<(Origin Origin, IpAddress Address)> Hosts(ForwardingState state, IpAddress? named)
    {
        for (int site = 0; site < state.Sites.All.Count; site++)
        {
            SiteNet at = state.Sites.At(site);
            if (named is { } address)
            {
                if (at.BlockOf(address) >= 0)
                {
                    yield return (Origin.OfSite(site), address);
                }
            }
            else if (at.Blocks.Length > 0)
            {
                yield return (Origin.OfSite(site), at.Blocks[0].Block.First.Plus(1));
            }
        }
    }

    /// <summary>Addresses that packets over an end may be for, where the question names none.</summary>
    public static IEnumerable<IpAddress> Behind(CloudSnapshot cloud, ForwardingState state, InsightsEnd end)
    {
        Partition rows = cloud.Partition(end.At);
        IEnumerable<(PartitionKey At, string Vpc)> networks = end.Type switch
        {
            Peering when rows.Find(new Id<VpcPeeringConnection>(end.Id)) is { } row =>
                [(row.Accepter.Partition, row.Accepter.VpcId.Value), (row.Requester.Partition, row.Requester.VpcId.Value)],
            Attachment when rows.Find(new Id<TransitGatewayAttachment>(end.Id)) is { Type: TransitGatewayAttachmentType.Vpc } row =>
                [(row.ResourceOwner, row.ResourceId)],
            Hub => rows.All<TransitGatewayAttachment>()
                .Where(a => a.TransitGatewayId.Value == end.Id && a.Type == TransitGatewayAttachmentType.Vpc)
                .Select(a => (a.ResourceOwner, a.ResourceId)),
            _ => [],
        };
        foreach ((PartitionKey at, string vpc) in networks)
        {
            NetworkInterface? first = cloud.Partition(at).By<NetworkInterface>(vpc)
                .FirstOrDefault(e => e.PrimaryIp is not null && e.InterfaceType == "interface");
            if (first?.PrimaryIp is { } address)
            {
                yield return address;
            }
        }

        foreach ((_, IpAddress address) in Hosts(state, null))
        {
            yield return address;
        }
    }

    /// <summary>The transit gateway that a hop is at, for the component's own member.</summary>
    public static Component? GatewayOf(Hop hop) => hop.AttachedTo is { Kind: Hub } gateway ? gateway : null;

    public static Aws.TransitGatewayRouteTableRoute? ToWire(CloudSnapshot cloud, LearnedRoute? route)
    {
        if (route is null)
        {
            return null;
        }

        TransitGatewayAttachment? row = route.To is { Kind: Attachment, Partition: { } at }
            ? cloud.Partition(at).Find(new Id<TransitGatewayAttachment>(route.To.Id))
            : null;
        return new Aws.TransitGatewayRouteTableRoute
        {
            DestinationCidr = route.Destination.ToString(),
            State = route.State,
            RouteOrigin = route.Source is nameof(RouteSource.Static) or nameof(RouteSource.PrefixList) ? "static" : "propagated",
            PrefixListId = route.PrefixList,
            AttachmentId = row?.Key,
            ResourceId = row?.ResourceId,
            ResourceType = row?.Type switch
            {
                null => null,
                TransitGatewayAttachmentType.DirectConnectGateway => "direct-connect-gateway",
                { } type => type.ToString().ToLowerInvariant(),
            },
        };
    }

    /// <summary>
    /// Why a path does not go by an attachment, or by the interface that it has in a zone, though it was asked to; null where it is neither.
    /// </summary>
    public static (ExplanationCode Code, Component? Table)? Missed(ForwardingState state, ImmutableArray<Hop> forward, InsightsEnd end)
    {
        foreach (Hop hop in forward)
        {
            if (end.Type == "network-interface" && hop.Component.Kind == Attachment && !hop.IsEgress && hop.Component.Partition is { } at
                && state.SpokeOf(at, hop.Component.Id) is >= 0 and int entered && HasDoor(state, state.Spokes[entered], end))
            {
                return (ExplanationCode.TGW_ATTACH_VPC_AZ_RESTRICTION, null);
            }

            if (end.Type == Attachment && hop.Component.Kind == TransitGatewayRouteTable.Kind)
            {
                return (WhyNot(state.Routes.RibOf(hop.Component.Id), hop, end.Id), hop.Component);
            }
        }

        return null;
    }

    private static bool HasDoor(ForwardingState state, Spoke spoke, InsightsEnd end)
    {
        int nic = state.NicOf(end.At, end.Id);
        return nic >= 0 && spoke.Doors.Any(d => d.Nic == nic);
    }

    private static ExplanationCode WhyNot(Rib table, Hop hop, string attachment)
    {
        ExplanationCode code = ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT;
        foreach (RibEntry entry in table.Entries.Where(e => e.Candidates.Any(c => c.Spoke == attachment)))
        {
            if (entry.Prefix == hop.LearnedRoute?.Destination)
            {
                return ExplanationCode.TGW_RTB_HIGHER_PRIORITY_ROUTE;
            }

            code = entry.Prefix.Contains(hop.Inbound.Destination) ? ExplanationCode.TGW_RTB_MORE_SPECIFIC_ROUTE
                : code == ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT ? ExplanationCode.TGW_RTB_CANNOT_ROUTE
                : code;
        }

        return code;
    }
}
