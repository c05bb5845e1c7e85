using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.Ec2;

/// <summary>A route of a transit gateway's table as the API shows it.</summary>
/// <param name="PrefixListId">The list that names the block, for a route that came of a reference.</param>
/// <param name="Attachments">Those that share it; none where packets are dropped.</param>
/// <param name="IsStatic">Set by hand, by itself or through a prefix list; else learned.</param>
internal sealed record TransitGatewayRouteView(
    Prefix Cidr, string? PrefixListId, ImmutableArray<TransitGatewayAttachment> Attachments, bool IsStatic, bool IsBlackhole);

/// <summary>What settled routing says of transit gateways, for those operations that show it. Nothing is worked out here.</summary>
internal static class TransitGatewayRouting
{
    public static SettledRoutes Of(CommandContext context) => context.Tracer.State.Routes;

    /// <summary>The routes of a table that hold: of each prefix those that won; by prefix.</summary>
    public static IEnumerable<TransitGatewayRouteView> RoutesOf(CommandContext context, TransitGatewayRouteTable table)
    {
        Partition here = context.Here;
        foreach (RibEntry entry in Of(context).RibOf(table.Key).Entries)
        {
            if (entry.Winner is { } winner)
            {
                yield return ViewOf(here, entry, winner);
            }
        }
    }

    public static Aws.TransitGatewayRouteAttachment ToWire(TransitGatewayAttachment attachment) => new()
    {
        TransitGatewayAttachmentId = attachment.Id.Value,
        ResourceId = attachment.ResourceId,
        ResourceType = TransitGatewayRules.TypeWord(attachment.Type),
    };

    private static TransitGatewayRouteView ViewOf(Partition here, RibEntry entry, Candidate winner)
    {
        ImmutableArray<TransitGatewayAttachment>.Builder attachments = ImmutableArray.CreateBuilder<TransitGatewayAttachment>();
        for (int i = 0; i < entry.Best; i++)
        {
            if (entry.Candidates[i].Spoke is { } spoke && here.Find(new Id<TransitGatewayAttachment>(spoke)) is { IsEnded: false } attachment
                && !attachments.Contains(attachment))
            {
                attachments.Add(attachment);
            }
        }

        return new TransitGatewayRouteView(
            entry.Prefix, winner.PrefixList, attachments.ToImmutable(), winner.Source is RouteSource.Static or RouteSource.PrefixList,
            winner.IsBlackhole || attachments.Count == 0);
    }
}

/// <summary>The filters of SearchTransitGatewayRoutes and ExportTransitGatewayRoutes.</summary>
internal static class TransitGatewayRouteSearch
{
    private const string Search = "route-search.";

    private static readonly FilterTable<TransitGatewayRouteView> Filters = new(_ => null)
    {
        { "attachment.resource-id", route => route.Attachments.Select(a => a.ResourceId) },
        { "attachment.resource-type", route => route.Attachments.Select(a => TransitGatewayRules.TypeWord(a.Type)) },
        { "attachment.transit-gateway-attachment-id", route => route.Attachments.Select(a => a.Id.Value) },
        { "prefix-list-id", route => route.PrefixListId },
        { "state", route => route.IsBlackhole ? "blackhole" : "active" },
        { "transit-gateway-route-destination-cidr-block", route => route.Cidr.ToString() },
        { "type", route => route.IsStatic ? "static" : "propagated" },
    };

    /// <summary>The routes that pass every filter, in their order.</summary>
    public static IEnumerable<TransitGatewayRouteView> Apply(
        CommandContext context, IEnumerable<TransitGatewayRouteView> routes, IReadOnlyList<Aws.Filter>? filters)
    {
        List<Aws.Filter> plain = [];
        foreach (Aws.Filter filter in filters ?? [])
        {
            if (filter.Name?.StartsWith(Search, StringComparison.Ordinal) != true)
            {
                plain.Add(filter);
                continue;
            }

            routes = BySearch(routes, filter.Name[Search.Length..], Wanted(filter));
        }

        return Filters.Apply(context, routes, plain);
    }

    private static List<Prefix> Wanted(Aws.Filter filter)
    {
        if (filter.Values is not { Count: > 0 } values)
        {
            throw Fault.Invalid($"The filter '{filter.Name}' has no values");
        }

        return
        [
            .. values.Select(v => Prefix.TryParse(v, out Prefix cidr) ? cidr
                : IpAddress.TryParse(v, out IpAddress address) ? Prefix.Host(address)
                : throw Fault.Invalid($"Value ({v}) for filter {filter.Name} is invalid. This is not a valid CIDR block.")),
        ];
    }

    private static IEnumerable<TransitGatewayRouteView> BySearch(
        IEnumerable<TransitGatewayRouteView> routes, string kind, List<Prefix> wanted) => kind switch
        {
            "exact-match" => routes.Where(r => wanted.Contains(r.Cidr)),
            "subnet-of-match" => routes.Where(r => wanted.Exists(w => w.Contains(r.Cidr))),
            "supernet-of-match" => routes.Where(r => wanted.Exists(w => r.Cidr.Contains(w))),
            "longest-prefix-match" => Longest(routes, wanted),
            _ => throw Fault.Invalid($"The filter '{Search}{kind}' is invalid"),
        };

    /// <summary>For each block that is wanted, the narrowest route that holds it.</summary>
    private static IEnumerable<TransitGatewayRouteView> Longest(IEnumerable<TransitGatewayRouteView> routes, List<Prefix> wanted)
    {
        List<TransitGatewayRouteView> all = [.. routes];
        HashSet<Prefix> best = [];
        foreach (Prefix block in wanted)
        {
            if (all.Where(r => r.Cidr.Contains(block)).MaxBy(r => r.Cidr.Length) is { } found)
            {
                best.Add(found.Cidr);
            }
        }

        return all.Where(r => best.Contains(r.Cidr));
    }
}
