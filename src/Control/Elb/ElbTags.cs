using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Trunkline.Cloud;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Control.Elb;

/// <summary>
/// Tags of classic load balancers. Source: Elastic Load Balancing API 2012-06-01, AddTags, RemoveTags, DescribeTags, Tag; AWS, "Tag your
/// Classic Load Balancer".
/// </summary>
public sealed partial class ElbService
{
    private const int TagsMost = 50;
    private const int NamesPerDescribe = 20;

    private const string TagPattern = @"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$";

    public AwsElb.AddTagsOutput AddTags(CommandContext context, AwsElb.AddTagsInput request)
    {
        ClassicLoadBalancer balancer = OnlyOne(context, request.LoadBalancerNames);
        context.Put(balancer with { Tags = WithTags(balancer.Tags, request.Tags) });
        return new AwsElb.AddTagsOutput();
    }

    public AwsElb.RemoveTagsOutput RemoveTags(CommandContext context, AwsElb.RemoveTagsInput request)
    {
        ClassicLoadBalancer balancer = OnlyOne(context, request.LoadBalancerNames);
        new Constraints().Count(request.Tags, "tags", 1, int.MaxValue).Check();
        context.Put(balancer with
        {
            Tags = balancer.Tags.RemoveRange((request.Tags ?? []).Select(t => Door.Required(t.Key, "Tags.Key"))),
        });
        return new AwsElb.RemoveTagsOutput();
    }

    public AwsElb.DescribeTagsOutput DescribeTags(CommandContext context, AwsElb.DescribeTagsInput request)
    {
        new Constraints().Count(request.LoadBalancerNames, "loadBalancerNames", 1, NamesPerDescribe).Check();
        return new AwsElb.DescribeTagsOutput
        {
            TagDescriptions =
            [
                .. (request.LoadBalancerNames ?? []).Select(n => ElbNames.Get(context, n)).DistinctBy(b => b.Key).Select(
                    b => new AwsElb.TagDescription
                    {
                        LoadBalancerName = b.Name,
                        Tags = [.. b.Tags.Select(t => new AwsElb.Tag { Key = t.Key, Value = t.Value })],
                    }),
            ],
        };
    }

    private static ClassicLoadBalancer OnlyOne(CommandContext context, IReadOnlyList<string>? names) => names is { Count: 1 }
        ? ElbNames.Get(context, names[0])
        : throw ElbFaults.Validation("Exactly one load balancer name must be given");

    private static ImmutableSortedDictionary<string, string> NewTags(IReadOnlyList<AwsElb.Tag>? asked) =>
        asked is { Count: > 0 } ? WithTags(Tags.None, asked) : Tags.None;

    private static ImmutableSortedDictionary<string, string> WithTags(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<AwsElb.Tag>? asked)
    {
        Constraints constraints = new Constraints().Count(asked, "tags", 1, int.MaxValue);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (AwsElb.Tag tag in asked ?? [])
        {
            string key = Door.Required(tag.Key, "Tags.Key");
            constraints.Length(key, "tags.key", 1, 128).Pattern(key, "tags.key", TagText(), TagPattern)
                .Length(tag.Value, "tags.value", 0, 256).Pattern(tag.Value, "tags.value", TagText(), TagPattern);
            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw ElbFaults.Validation("Tag keys that begin with 'aws:' are reserved");
            }

            if (!seen.Add(key))
            {
                throw new Fault("DuplicateTagKeys", $"The tag key '{key}' was specified more than once");
            }

            tags = tags.SetItem(key, tag.Value ?? "");
        }

        constraints.Check();
        return tags.Count <= TagsMost
            ? tags
            : throw new Fault("TooManyTags", "The quota for the number of tags that can be assigned to a load balancer has been reached");
    }

    [GeneratedRegex(TagPattern, RegexOptions.CultureInvariant)]
    private static partial Regex TagText();
}
