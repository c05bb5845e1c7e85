using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tracing;

/// <summary>What a route analysis comes to.</summary>
/// <param name="ReasonCode">As the API has it (<c>ROUTE_NOT_FOUND</c>); null where the two are connected.</param>
/// <param name="Resource">What the reason is about; null where it is about none.</param>
/// <param name="Steps">From the source's attachment on: attachments and route tables in turn.</param>
public sealed record RouteAnalysisPath(string? ReasonCode, Component? Resource, ImmutableArray<RouteAnalysisStep> Steps)
{
    public bool IsConnected => ReasonCode is null;
}

/// <param name="Destination">The block of the route that won, for route tables; null for attachments.</param>
public sealed record RouteAnalysisStep(Component Component, Prefix? Destination);

/// <summary>
/// Follows the routes of transit gateways from an attachment to another: neither security groups nor ACLs nor the VPCs' own tables are asked, which
/// is how Network Manager does it. Source: AWS, "Route Analyzer"; Network Manager API, RouteAnalysisCompletion.
/// </summary>
public sealed class RouteAnalysisWalk
{
    /// <summary>More steps than this are given up (the API's <c>MAX_HOPS_EXCEEDED</c>).</summary>
    private const int StepsMax = 64;

    private readonly ForwardingState state;
    private readonly Namer namer;
    private readonly ImmutableArray<RouteAnalysisStep>.Builder steps = ImmutableArray.CreateBuilder<RouteAnalysisStep>();
    private readonly HashSet<int> seen = [];

    private RouteAnalysisWalk(ForwardingState state)
    {
        this.state = state;
        namer = new Namer(state);
    }

    /// <param name="at">The account and region of the transit gateway that the source's attachment is of.</param>
    /// <param name="from">The source's attachment: <c>tgw-attach-…</c>.</param>
    /// <param name="to">Where packets are to go.</param>
    /// <param name="toAt">The account and region of the transit gateway of the destination's attachment.</param>
    /// <param name="attachment">The destination's attachment; null where none was named.</param>
    /// <param name="middleboxes">Whether to say where an appliance may pass packets on.</param>
    public static RouteAnalysisPath Follow(
        ForwardingState state, PartitionKey at, string from, IpAddress to, PartitionKey toAt, string? attachment, bool middleboxes) =>
        new RouteAnalysisWalk(state).Go(
            state.SpokeOf(at, from), to, attachment is null ? -1 : state.SpokeOf(toAt, attachment), attachment is null, middleboxes);

    private RouteAnalysisPath Go(int spoke, IpAddress to, int wanted, bool open, bool middleboxes)
    {
        if (spoke < 0 || !state.Spokes[spoke].Works)
        {
            return End("TRANSIT_GATEWAY_ATTACHMENT_NOT_FOUND", null);
        }

        if (open)
        {
            return End("NO_DESTINATION_ARN_PROVIDED", null);
        }

        if (wanted < 0 || !state.Spokes[wanted].Works)
        {
            return End("TRANSIT_GATEWAY_ATTACHMENT_NOT_FOUND", null);
        }

        steps.Add(new RouteAnalysisStep(NameOf(spoke), null));
        while (true)
        {
            if (Next(spoke, to, out int next) is { } failed)
            {
                return failed;
            }

            steps.Add(new RouteAnalysisStep(NameOf(next), null));
            if (next == wanted)
            {
                return End(null, null);
            }

            if (state.Spokes[next].Kind != SpokeKind.Hub)
            {
                return End(
                    middleboxes && state.Spokes[next].Kind == SpokeKind.Domain ? "POSSIBLE_MIDDLEBOX" : "TRANSIT_GATEWAY_ATTACHMENT_ATTACH_ARN_NO_MATCH",
                    NameOf(next));
            }

            spoke = state.Spokes[next].Peer;
            if (spoke < 0 || !state.Spokes[spoke].Works)
            {
                return End("TRANSIT_GATEWAY_ATTACHMENT_NOT_FOUND", NameOf(next));
            }

            if (state.Spokes[spoke].Row != state.Spokes[next].Row)
            {
                steps.Add(new RouteAnalysisStep(NameOf(spoke), null));
            }

            if (spoke == wanted)
            {
                return End(null, null);
            }
        }
    }

    /// <summary>One table's decision: the attachment it leads to, or what ends the walk.</summary>
    private RouteAnalysisPath? Next(int spoke, IpAddress to, out int next)
    {
        next = -1;
        Spoke at = state.Spokes[spoke];
        if (at.Table.Length == 0)
        {
            return End("TRANSIT_GATEWAY_ATTACHMENT_STABLE_ROUTE_TABLE_NOT_FOUND", NameOf(spoke));
        }

        Component table = namer.Name<TransitGatewayRouteTable>(new RowKey(at.Row.Partition, at.Table));
        if (!seen.Add(spoke))
        {
            return End("CYCLIC_PATH_DETECTED", table);
        }

        RibEntry? entry = state.Routes.RibOf(at.Table).Match(to);
        steps.Add(new RouteAnalysisStep(table, entry?.Prefix));
        if (entry?.Winner is not { } route)
        {
            return End("ROUTE_NOT_FOUND", table);
        }

        next = route.Spoke is { } id ? state.SpokeOf(at.Hub, id) : -1;
        return route.IsBlackhole ? End("BLACKHOLE_ROUTE_FOR_DESTINATION_FOUND", table)
            : next < 0 || !state.Spokes[next].Works ? End("INACTIVE_ROUTE_FOR_DESTINATION_FOUND", table)
            : steps.Count >= StepsMax ? End("MAX_HOPS_EXCEEDED", table)
            : null;
    }

    private Component NameOf(int spoke) => namer.Name<TransitGatewayAttachment>(state.Spokes[spoke].Row);

    private RouteAnalysisPath End(string? code, Component? resource) => new(code, resource, steps.ToImmutable());
}
