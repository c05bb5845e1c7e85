using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>Tags of load balancers, listeners, rules, target groups and trust stores. Source: ELBv2 API, AddTags, RemoveTags, DescribeTags.</summary>
public sealed partial class Elbv2Service
{
    public AwsElbv2.AddTagsOutput AddTags(CommandContext context, AwsElbv2.AddTagsInput request)
    {
        foreach (string arn in TaggedArns(request.ResourceArns))
        {
            Retag(context, arn, tags => Merged(tags, request.Tags ?? []));
        }

        return new AwsElbv2.AddTagsOutput();
    }

    public AwsElbv2.RemoveTagsOutput RemoveTags(CommandContext context, AwsElbv2.RemoveTagsInput request)
    {
        if (request.TagKeys is not { Count: > 0 } keys)
        {
            throw Elbv2Faults.Validation("At least one tag key must be specified");
        }

        foreach (string arn in TaggedArns(request.ResourceArns))
        {
            Retag(context, arn, tags => tags.RemoveRange(keys));
        }

        return new AwsElbv2.RemoveTagsOutput();
    }

    public AwsElbv2.DescribeTagsOutput DescribeTags(CommandContext context, AwsElbv2.DescribeTagsInput request) => new()
    {
        TagDescriptions =
        [
            .. Named(TaggedArns(request.ResourceArns), "resources").Select(
                arn => new AwsElbv2.TagDescription { ResourceArn = arn, Tags = ToWire(TagsOf(context, arn)) }),
        ],
    };

    /// <summary>The tags of a new resource.</summary>
    private static ImmutableSortedDictionary<string, string> NewTags(IReadOnlyList<AwsElbv2.Tag>? tags) => Merged(Tags.None, tags ?? []);

    private static ImmutableSortedDictionary<string, string> Merged(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<AwsElbv2.Tag> added)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (AwsElbv2.Tag tag in added)
        {
            string key = tag.Key ?? "";
            if (key.Length is 0 or > 128 || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw Elbv2Faults.Validation($"Tag key '{key}' is not valid: 1 to 128 characters, and 'aws:' is reserved");
            }

            if (tag.Value is { Length: > 256 })
            {
                throw Elbv2Faults.Validation($"The value of tag '{key}' exceeds the maximum length of 256 characters");
            }

            if (!seen.Add(key))
            {
                throw new Fault("DuplicateTagKeys", $"A tag key was specified more than once: {key}");
            }

            tags = tags.SetItem(key, tag.Value ?? "");
        }

        return tags.Count <= TagRules.TagsPerResource
            ? tags
            : throw new Fault("TooManyTags", "The maximum number of tags on a resource has been reached");
    }

    private static IReadOnlyList<AwsElbv2.Tag> ToWire(ImmutableSortedDictionary<string, string> tags) =>
        [.. tags.Select(t => new AwsElbv2.Tag { Key = t.Key, Value = t.Value })];

    private static List<string> TaggedArns(IReadOnlyList<string>? arns) => arns is { Count: > 0 }
        ? [.. arns.Distinct(StringComparer.Ordinal)]
        : throw Elbv2Faults.Validation("At least one resource ARN must be specified");

    private static ImmutableSortedDictionary<string, string> TagsOf(CommandContext context, string arn) => KindOf(arn) switch
    {
        "loadbalancer" => Elbv2Arns.GetLoadBalancer(context, arn).Tags,
        "listener" => Elbv2Arns.GetListener(context, arn).Tags,
        "targetgroup" => Elbv2Arns.GetTargetGroup(context, arn).Tags,
        "truststore" => Elbv2Arns.GetTrustStore(context, arn).Tags,
        "listener-rule" => Elbv2Arns.GetRule(context, arn) is (var listener, var rule) ? rule?.Tags ?? listener.DefaultRuleTags : Tags.None,
        _ => throw NotTagged(arn),
    };

    private static void Retag(
        CommandContext context, string arn, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        switch (KindOf(arn))
        {
            case "loadbalancer":
                LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, arn);
                context.Put(balancer with { Tags = change(balancer.Tags) });
                break;
            case "listener":
                Listener listener = Elbv2Arns.GetListener(context, arn);
                context.Put(listener with { Tags = change(listener.Tags) });
                break;
            case "targetgroup":
                TargetGroup group = Elbv2Arns.GetTargetGroup(context, arn);
                context.Put(group with { Tags = change(group.Tags) });
                break;
            case "truststore":
                TrustStore store = Elbv2Arns.GetTrustStore(context, arn);
                context.Put(store with { Tags = change(store.Tags) });
                break;
            case "listener-rule":
                RetagRule(context, arn, change);
                break;
            default:
                throw NotTagged(arn);
        }
    }

    private static void RetagRule(
        CommandContext context, string arn, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        (Listener listener, ListenerRule? rule) = Elbv2Arns.GetRule(context, arn);
        if (rule is null)
        {
            context.Put(listener with { DefaultRuleTags = change(listener.DefaultRuleTags) });
        }
        else
        {
            context.Put(rule with { Tags = change(rule.Tags) });
        }
    }

    /// <summary>The word before the first slash of an ARN's resource.</summary>
    private static string KindOf(string arn) => arn.Split(':', 6) is [.., { } resource] ? resource.Split('/')[0] : "";

    private static Fault NotTagged(string arn) => Elbv2Faults.Validation($"'{arn}' is not a valid ARN");
}
