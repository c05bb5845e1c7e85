using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A route table of a VPC. Source: AWS, "Configure route tables".</summary>
public sealed record RouteTable : IResource<RouteTable>, ITagged
{
    public static string Kind => "route-table";

    public static string IdPrefix => "rtb";

    public required Id<RouteTable> Id { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    /// <summary>All routes but propagated ones, the local ones first. A route's state is derived: see <see cref="RouteStates"/>.</summary>
    public ImmutableArray<Route> Routes { get; init; } = [];

    public ImmutableArray<RouteTableAssociation> Associations { get; init; } = [];

    /// <summary>Gateways (<c>vgw-…</c>) whose routes are propagated into this table.</summary>
    public ImmutableArray<string> PropagatingGateways { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <summary>Serves every subnet of the VPC that has no table of its own.</summary>
    [JsonIgnore]
    public bool IsMain => Associations.Any(a => a.Main);

    /// <remarks>A route's target is found here too, though it need not exist any more: then the route is a blackhole.</remarks>
    public IEnumerable<string> Keys
    {
        get
        {
            yield return VpcId.Value;
            foreach (RouteTableAssociation association in Associations)
            {
                yield return association.Id;
                if ((association.SubnetId?.Value ?? association.GatewayId) is { } end)
                {
                    yield return end;
                }
            }

            foreach (Route route in Routes)
            {
                if (route.Target.Kind != RouteTargetKind.Local)
                {
                    yield return route.Target.Id;
                }

                if (route.PrefixListId is { } list)
                {
                    yield return PrefixList.ReferenceWord(list);
                }
            }
        }
    }

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>Binds a table to a subnet, to a gateway (edge association), or to the VPC as its main table.</summary>
/// <param name="Id"><c>rtbassoc-…</c></param>
/// <param name="SubnetId">Null for the main and for edge associations.</param>
/// <param name="GatewayId">An internet or VPN gateway; null elsewhere.</param>
public sealed record RouteTableAssociation(string Id, Id<Subnet>? SubnetId, string? GatewayId, bool Main);

/// <summary>One route. Exactly one of <paramref name="Cidr"/> and <paramref name="PrefixListId"/> is set.</summary>
public sealed record Route(Prefix? Cidr, string? PrefixListId, RouteTarget Target, RouteOrigin Origin);

/// <summary>Where a route sends. <paramref name="Id"/> is the target's id; <c>local</c> for local routes.</summary>
public sealed record RouteTarget(RouteTargetKind Kind, string Id)
{
    public static readonly RouteTarget Local = new(RouteTargetKind.Local, "local");
}

public enum RouteTargetKind
{
    Local,
    InternetGateway,
    EgressOnlyInternetGateway,
    NatGateway,
    NetworkInterface,
    VpnGateway,
    VpcPeeringConnection,
    TransitGateway,
    VpcEndpoint,
    CarrierGateway,
    LocalGateway,
    CoreNetwork,
}

/// <summary>How a route came to be; the names are the API's.</summary>
public enum RouteOrigin
{
    CreateRouteTable,
    CreateRoute,
    EnableVgwRoutePropagation,
}
