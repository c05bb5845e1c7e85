using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Control.Route53;

/// <summary>Tags of hosted zones. Source: Route 53 API, ChangeTagsForResource, ListTagsForResources.</summary>
public sealed partial class Route53Service
{
    private const int TagsPerChange = 10;
    private const int ResourcesPerList = 10;
    private const string ZoneType = "hostedzone";

    public AwsR53.ChangeTagsForResourceResponse ChangeTagsForResource(
        CommandContext context, AwsR53.ChangeTagsForResourceRequest request)
    {
        HostedZone zone = Tagged(context, request.ResourceType, request.ResourceId);
        if (request.AddTags is null && request.RemoveTagKeys is null)
        {
            throw InvalidInput("AddTags or RemoveTagKeys must be specified.");
        }

        if (request.AddTags is { Count: > TagsPerChange } || request.RemoveTagKeys is { Count: > TagsPerChange })
        {
            throw InvalidInput($"Member must have length less than or equal to {TagsPerChange}");
        }

        ImmutableSortedDictionary<string, string> tags = zone.Tags.RemoveRange(request.RemoveTagKeys ?? []);
        foreach (AwsR53.Tag tag in request.AddTags ?? [])
        {
            bool good = tag.Key is { Length: > 0 and <= 128 } && tag.Value is null or { Length: <= 256 };
            tags = good
                ? tags.SetItem(tag.Key!, tag.Value ?? "")
                : throw InvalidInput("A tag key has 1 to 128 characters and a tag value has up to 256.");
        }

        if (tags.Count > TagRules.TagsPerResource)
        {
            throw InvalidInput($"A hosted zone has no more than {TagRules.TagsPerResource} tags.");
        }

        context.Global.Put(zone with { Tags = tags });
        return new AwsR53.ChangeTagsForResourceResponse();
    }

    public AwsR53.ListTagsForResourceResponse ListTagsForResource(CommandContext context, AwsR53.ListTagsForResourceRequest request) =>
        new() { ResourceTagSet = ToWire(Tagged(context, request.ResourceType, request.ResourceId)) };

    public AwsR53.ListTagsForResourcesResponse ListTagsForResources(CommandContext context, AwsR53.ListTagsForResourcesRequest request)
    {
        if (request.ResourceIds is not { Count: > 0 and <= ResourcesPerList } ids)
        {
            throw InvalidInput($"ResourceIds has 1 to {ResourcesPerList} members.");
        }

        return new AwsR53.ListTagsForResourcesResponse
        {
            ResourceTagSets = [.. ids.Select(id => ToWire(Tagged(context, request.ResourceType, id)))],
        };
    }

    private static HostedZone Tagged(CommandContext context, string? type, string? id) => Door.Required(type, "ResourceType") switch
    {
        ZoneType => Zone(context, id),
        "healthcheck" => throw new Fault("NoSuchHealthCheck", $"No health check exists with the specified ID: {id}", 404),
        var other => throw InvalidInput($"Value '{other}' at 'resourceType' is not one of healthcheck, hostedzone"),
    };

    private static AwsR53.ResourceTagSet ToWire(HostedZone zone) => new()
    {
        ResourceType = ZoneType,
        ResourceId = zone.Key,
        Tags = [.. zone.Tags.Select(t => new AwsR53.Tag { Key = t.Key, Value = t.Value })],
    };
}
