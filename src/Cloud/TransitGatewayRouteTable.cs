using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>
/// A route table of a transit gateway: what is set in it. What comes of that (propagated routes, who wins) is settled routing's to say.
/// Source: AWS, "Transit gateway route tables"; EC2 API, TransitGatewayRouteTable.
/// </summary>
public sealed record TransitGatewayRouteTable : IResource<TransitGatewayRouteTable>, ITagged
{
    public static string Kind => "transit-gateway-route-table";

    public static string IdPrefix => "tgw-rtb";

    public required Id<TransitGatewayRouteTable> Id { get; init; }

    public required Id<TransitGateway> TransitGatewayId { get; init; }

    /// <summary>Attachments that propagate their routes into it, ascending by id.</summary>
    public ImmutableArray<Id<TransitGatewayAttachment>> Propagations { get; init; } = [];

    /// <summary>Ascending by prefix; no prefix twice (rule 117).</summary>
    public ImmutableArray<TransitGatewayStaticRoute> StaticRoutes { get; init; } = [];

    /// <summary>Ascending by list; no list twice.</summary>
    public ImmutableArray<TransitGatewayPrefixListReference> PrefixListReferences { get; init; } = [];

    public required DateTimeOffset CreationTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys
    {
        get
        {
            yield return TransitGatewayId.Value;
            foreach (Id<TransitGatewayAttachment> attachment in Propagations)
            {
                yield return attachment.Value;
            }

            foreach (TransitGatewayStaticRoute route in StaticRoutes)
            {
                if (route.AttachmentId is { } target)
                {
                    yield return TargetWord(target);
                }
            }

            foreach (TransitGatewayPrefixListReference reference in PrefixListReferences)
            {
                yield return PrefixList.ReferenceWord(reference.PrefixListId);
                if (reference.AttachmentId is { } target)
                {
                    yield return TargetWord(target);
                }
            }
        }
    }

    /// <summary>
    /// The word by which tables with a static route or a prefix list reference to an attachment are found. The attachment may be gone: then the
    /// route is a black hole.
    /// </summary>
    public static string TargetWord(Id<TransitGatewayAttachment> attachment) => $"target/{attachment}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A static route.</summary>
/// <param name="AttachmentId">Null: what matches is dropped (a blackhole route).</param>
public sealed record TransitGatewayStaticRoute(Prefix Cidr, Id<TransitGatewayAttachment>? AttachmentId);

/// <summary>A static route for every block of a prefix list.</summary>
/// <param name="AttachmentId">Null: what matches is dropped.</param>
public sealed record TransitGatewayPrefixListReference(string PrefixListId, Id<TransitGatewayAttachment>? AttachmentId);
