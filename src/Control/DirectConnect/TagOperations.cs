using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Tags of connections, LAGs, virtual interfaces and Direct Connect gateways, by ARN. Where two accounts see one resource, each has tags of its
/// own on it. Source: Direct Connect API, TagResource, UntagResource, DescribeTags.
/// </summary>
public sealed partial class DirectConnectService
{
    private static readonly Kind[] TaggedKinds =
        [Kind.Of<DxConnection>(), Kind.Of<DxLag>(), Kind.Of<DxVirtualInterface>(), Kind.Of<DxGateway>()];

    public AwsDx.TagResourceResponse TagResource(CommandContext context, AwsDx.TagResourceRequest request)
    {
        if (request.Tags is not { Count: > 0 } added)
        {
            throw DxFaults.Missing("tags");
        }

        Retag(context, request.ResourceArn, tags => DxTags.Merge(tags, added));
        return new AwsDx.TagResourceResponse();
    }

    public AwsDx.UntagResourceResponse UntagResource(CommandContext context, AwsDx.UntagResourceRequest request)
    {
        IReadOnlyList<string> keys = Required(request.TagKeys, "tagKeys");
        Retag(context, request.ResourceArn, tags => tags.RemoveRange(keys));
        return new AwsDx.UntagResourceResponse();
    }

    public AwsDx.DescribeTagsResponse DescribeTags(CommandContext context, AwsDx.DescribeTagsRequest request) => new()
    {
        ResourceTags =
        [
            .. Required(request.ResourceArns, "resourceArns").Select(arn => new AwsDx.ResourceTag
            {
                ResourceArn = arn,
                Tags = DxTags.ToWire(TaggedRow(context, arn).Row.Tags),
            }),
        ],
    };

    private static void Retag(
        CommandContext context,
        string? arn,
        Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        (PartitionKey at, Kind kind, ITagged row) = TaggedRow(context, arn);
        context.Draft.PutRow(at, kind, row.WithTags(change(row.Tags)));
    }

    /// <summary>
    /// The row that an ARN names: <c>arn:aws:directconnect:REGION:ACCOUNT:dxcon/dxcon-…</c>; a Direct Connect gateway's has no region. The account
    /// in it may be the other one of two that see the row.
    /// </summary>
    private static (PartitionKey At, Kind Kind, ITagged Row) TaggedRow(CommandContext context, string? text)
    {
        string arn = Required(text, "resourceArn");
        string[] fields = arn.Split(':', 6);
        string[] resource = fields.Length == 6 ? fields[5].Split('/', 2) : [];
        if (resource.Length != 2 || fields[0] != "arn" || fields[2] != "directconnect"
            || Array.Find(TaggedKinds, k => k.Name == resource[0]) is not { } kind)
        {
            throw DxFaults.Client($"The resource ARN {arn} is not valid.");
        }

        bool isGlobal = kind == Kind.Of<DxGateway>();
        PartitionKey at = isGlobal ? GlobalRows.KeyOf(context.Account) : context.Caller.Partition;
        bool isHere = isGlobal ? fields[3].Length == 0 || fields[3] == context.Region : fields[3] == context.Region;
        return isHere && context.Draft.Partition(at).Table(kind).FindRow(resource[1]) is ITagged row
            ? (at, kind, row)
            : throw DxFaults.Client($"The resource {arn} does not exist.");
    }
}
