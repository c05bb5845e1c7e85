using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsLogs = Trunkline.Wire.Logs;

namespace Trunkline.Control.Logs;

/// <summary>Tags of log groups, by today's operations and the older ones. Source: CloudWatch Logs API, TagResource, TagLogGroup.</summary>
public sealed partial class LogsService
{
    public AwsLogs.TagResourceResult TagResource(CommandContext context, AwsLogs.TagResourceRequest request)
    {
        LogGroup group = Tagged(context, request.ResourceArn);
        context.Put(group with { Tags = Merged(group.Tags, request.Tags ?? throw Missing("tags")) });
        return new AwsLogs.TagResourceResult();
    }

    public AwsLogs.UntagResourceResult UntagResource(CommandContext context, AwsLogs.UntagResourceRequest request)
    {
        LogGroup group = Tagged(context, request.ResourceArn);
        context.Put(group with { Tags = group.Tags.RemoveRange(request.TagKeys ?? throw Missing("tagKeys")) });
        return new AwsLogs.UntagResourceResult();
    }

    public AwsLogs.ListTagsForResourceResponse ListTagsForResource(CommandContext context, AwsLogs.ListTagsForResourceRequest request) =>
        new() { Tags = Tagged(context, request.ResourceArn).Tags };

    public AwsLogs.TagLogGroupResult TagLogGroup(CommandContext context, AwsLogs.TagLogGroupRequest request)
    {
        LogGroup group = Group(context, GroupName(request.LogGroupName));
        context.Put(group with { Tags = Merged(group.Tags, request.Tags ?? throw Missing("tags")) });
        return new AwsLogs.TagLogGroupResult();
    }

    public AwsLogs.UntagLogGroupResult UntagLogGroup(CommandContext context, AwsLogs.UntagLogGroupRequest request)
    {
        LogGroup group = Group(context, GroupName(request.LogGroupName));
        context.Put(group with { Tags = group.Tags.RemoveRange(request.Tags ?? throw Missing("tags")) });
        return new AwsLogs.UntagLogGroupResult();
    }

    public AwsLogs.ListTagsLogGroupResponse ListTagsLogGroup(CommandContext context, AwsLogs.ListTagsLogGroupRequest request) =>
        new() { Tags = Group(context, GroupName(request.LogGroupName)).Tags };

    private static LogGroup Tagged(CommandContext context, string? arn)
    {
        if (arn is null)
        {
            throw Missing("resourceArn");
        }

        return arn.StartsWith("arn:", StringComparison.Ordinal)
            ? Group(context, NameOfIdentifier(context, arn))
            : throw Invalid(arn, "resourceArn", "Member must be the ARN of a log group");
    }

    private static ImmutableSortedDictionary<string, string> Merged(
        ImmutableSortedDictionary<string, string> tags, IEnumerable<KeyValuePair<string, string>>? added)
    {
        foreach ((string key, string value) in added ?? [])
        {
            bool good = key.Length is > 0 and <= 128 && value.Length <= 256 && !key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase);
            if (!good)
            {
                throw new Fault("InvalidParameterException", $"The tag '{key}' is not valid.");
            }

            tags = tags.SetItem(key, value);
        }

        return tags.Count <= TagRules.TagsPerResource
            ? tags
            : throw new Fault("TooManyTagsException", "A resource can have no more than 50 tags.");
    }
}
