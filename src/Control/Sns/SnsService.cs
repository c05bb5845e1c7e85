using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Trunkline.Cloud;
using AwsSns = Trunkline.Wire.Sns;

namespace Trunkline.Control.Sns;

/// <summary>
/// Topics of the Simple Notification Service: the ARNs that connection notifications of endpoints name. Nothing is published to them, so
/// attributes of delivery are kept and shown. Source: SNS API Reference, CreateTopic, DeleteTopic, GetTopicAttributes, SetTopicAttributes,
/// ListTagsForResource.
/// </summary>
public sealed class SnsService : AwsSns.ISns<CommandContext>
{
    private const int NameMost = 256;
    private const int TagsMost = 50;
    private const int PolicyMost = 30720;
    private const string FifoSuffix = ".fifo";
    private const string Fifo = "FifoTopic";

    /// <summary>The attributes that a request may set on any topic, each with what its value must be.</summary>
    private static readonly FrozenDictionary<string, Func<string, bool>> Settable = new Dictionary<string, Func<string, bool>>
    {
        ["DeliveryPolicy"] = IsJson,
        ["DisplayName"] = v => v.Length <= 100 && !v.Any(char.IsControl),
        ["KmsMasterKeyId"] = _ => true,
        ["Policy"] = IsJson,
        ["SignatureVersion"] = v => v is "1" or "2",
        ["TracingConfig"] = v => v is "PassThrough" or "Active",
    }.Concat(
        from protocol in new[] { "HTTP", "Firehose", "Lambda", "Application", "SQS" }
        from each in new KeyValuePair<string, Func<string, bool>>[]
        {
            new($"{protocol}SuccessFeedbackRoleArn", IsRole),
            new($"{protocol}SuccessFeedbackSampleRate", v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n <= 100),
            new($"{protocol}FailureFeedbackRoleArn", IsRole),
        }
        select each).ToFrozenDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<string, bool>> SettableOnFifo = new Dictionary<string, Func<string, bool>>
    {
        ["ArchivePolicy"] = IsJson,
        ["ContentBasedDeduplication"] = v => v is "true" or "false",
        ["FifoThroughputScope"] = v => v is "Topic" or "MessageGroup",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <remarks>Asked for again with the same attributes and tags, it answers with the one that is there.</remarks>
    public AwsSns.CreateTopicResponse CreateTopic(CommandContext context, AwsSns.CreateTopicInput request)
    {
        string name = CheckedName(Door.Required(request.Name, "Name"));
        bool isFifo = name.EndsWith(FifoSuffix, StringComparison.Ordinal);
        ImmutableSortedDictionary<string, string> attributes = None;
        foreach ((string key, string value) in request.Attributes ?? new Dictionary<string, string>())
        {
            attributes = key == Fifo ? CheckedFifo(attributes, value, isFifo) : WithAttribute(attributes, key, value, isFifo, "Attributes");
        }

        if (isFifo && (request.Attributes is null || !request.Attributes.ContainsKey(Fifo)))
        {
            throw Invalid("Topic Name");
        }

        if (request.DataProtectionPolicy is { Length: > 0 } policy && (policy.Length > PolicyMost || !IsJson(policy)))
        {
            throw Invalid("DataProtectionPolicy");
        }

        ImmutableSortedDictionary<string, string> tags = TagsOf(request.Tags);
        if (context.Here.Table<SnsTopic>().Find(name) is { } existing)
        {
            RefuseDifferent(existing, attributes, tags);
            return new AwsSns.CreateTopicResponse { TopicArn = ArnOf(context, existing) };
        }

        SnsTopic topic = context.Put(new SnsTopic
        {
            Name = name,
            Attributes = attributes,
            DataProtectionPolicy = string.IsNullOrEmpty(request.DataProtectionPolicy) ? null : request.DataProtectionPolicy,
            Tags = tags,
        });
        return new AwsSns.CreateTopicResponse { TopicArn = ArnOf(context, topic) };
    }

    /// <remarks>AWS succeeds where there is no such topic.</remarks>
    public AwsSns.DeleteTopicResult DeleteTopic(CommandContext context, AwsSns.DeleteTopicInput request)
    {
        if (Find(context, Door.Required(request.TopicArn, "TopicArn"), "TopicArn") is { } topic)
        {
            context.Remove(new Id<SnsTopic>(topic.Key));
        }

        return new AwsSns.DeleteTopicResult();
    }

    public AwsSns.GetTopicAttributesResponse GetTopicAttributes(CommandContext context, AwsSns.GetTopicAttributesInput request)
    {
        SnsTopic topic = TopicOf(context, request.TopicArn);
        string arn = ArnOf(context, topic);
        Dictionary<string, string> shown = new(StringComparer.Ordinal)
        {
            ["DisplayName"] = "",
            ["EffectiveDeliveryPolicy"] = topic.Attributes.GetValueOrDefault("DeliveryPolicy") ?? DefaultDelivery,
            ["Owner"] = context.Account,
            ["Policy"] = DefaultPolicy(context, arn),
            ["SubscriptionsConfirmed"] = "0",
            ["SubscriptionsDeleted"] = "0",
            ["SubscriptionsPending"] = "0",
            ["TopicArn"] = arn,
        };
        if (topic.Name.EndsWith(FifoSuffix, StringComparison.Ordinal))
        {
            shown[Fifo] = "true";
            shown["ContentBasedDeduplication"] = "false";
            shown["FifoThroughputScope"] = "Topic";
        }

        foreach ((string key, string value) in topic.Attributes)
        {
            shown[key] = value;
        }

        return new AwsSns.GetTopicAttributesResponse { Attributes = shown };
    }

    /// <remarks>Without a value an attribute goes back to its default.</remarks>
    public AwsSns.SetTopicAttributesResult SetTopicAttributes(CommandContext context, AwsSns.SetTopicAttributesInput request)
    {
        SnsTopic topic = TopicOf(context, request.TopicArn);
        string name = Door.Required(request.AttributeName, "AttributeName");
        bool isFifo = topic.Name.EndsWith(FifoSuffix, StringComparison.Ordinal);
        context.Put(topic with { Attributes = WithAttribute(topic.Attributes, name, request.AttributeValue ?? "", isFifo, "AttributeName") });
        return new AwsSns.SetTopicAttributesResult();
    }

    public AwsSns.ListTagsForResourceResponse ListTagsForResource(CommandContext context, AwsSns.ListTagsForResourceRequest request)
    {
        SnsTopic topic = Find(context, Door.Required(request.ResourceArn, "ResourceArn"), "ResourceArn")
            ?? throw new Fault("ResourceNotFound", "Resource does not exist", 404);
        return new AwsSns.ListTagsForResourceResponse { Tags = [.. topic.Tags.Select(t => new AwsSns.Tag { Key = t.Key, Value = t.Value })] };
    }

    private static ImmutableSortedDictionary<string, string> None { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private static string ArnOf(CommandContext context, SnsTopic topic) => context.Arn(topic.Name, "sns");

    private static SnsTopic TopicOf(CommandContext context, string? arn) =>
        Find(context, Door.Required(arn, "TopicArn"), "TopicArn") ?? throw new Fault("NotFound", "Topic does not exist", 404);

    /// <summary>The topic of an ARN; null where there is none, or it is another account's or region's.</summary>
    private static SnsTopic? Find(CommandContext context, string arn, string parameter)
    {
        string[] parts = arn.Split(':');
        if (parts.Length < 6)
        {
            throw Invalid($"{parameter} Reason: An ARN must have at least 6 elements, not {parts.Length}");
        }

        return parts is ["arn", _, "sns", var region, var account, var name] && region == context.Region && account == context.Account
            ? context.Here.Table<SnsTopic>().Find(name)
            : null;
    }

    private static string CheckedName(string name)
    {
        string stem = name.EndsWith(FifoSuffix, StringComparison.Ordinal) ? name[..^FifoSuffix.Length] : name;
        return name.Length <= NameMost && stem.Length > 0 && stem.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? name
            : throw Invalid("Topic Name");
    }

    private static ImmutableSortedDictionary<string, string> CheckedFifo(
        ImmutableSortedDictionary<string, string> attributes, string value, bool isFifo) => (value, isFifo) switch
        {
            ("true", true) or ("false", false) => attributes,
            ("true", false) => throw Invalid("Topic Name"),
            _ => throw Invalid($"Attributes Reason: {Fifo}: Invalid value [{value}]"),
        };

    private static ImmutableSortedDictionary<string, string> WithAttribute(
        ImmutableSortedDictionary<string, string> attributes, string name, string value, bool isFifo, string parameter)
    {
        Func<string, bool> fits = Settable.GetValueOrDefault(name) ?? (isFifo ? SettableOnFifo.GetValueOrDefault(name) : null)
            ?? throw Invalid(parameter);
        if (value.Length == 0)
        {
            return attributes.Remove(name);
        }

        return fits(value) ? attributes.SetItem(name, value) : throw Invalid($"{parameter} Reason: {name}: Invalid value [{value}]");
    }

    private static void RefuseDifferent(
        SnsTopic existing, ImmutableSortedDictionary<string, string> attributes, ImmutableSortedDictionary<string, string> tags)
    {
        if (attributes.Any(a => existing.Attributes.GetValueOrDefault(a.Key) != a.Value))
        {
            throw Invalid("Attributes Reason: Topic already exists with different attributes");
        }

        if (tags.Any(t => existing.Tags.GetValueOrDefault(t.Key) != t.Value))
        {
            throw Invalid("Tags Reason: Topic already exists with different tags");
        }
    }

    private static ImmutableSortedDictionary<string, string> TagsOf(IReadOnlyList<AwsSns.Tag>? asked)
    {
        ImmutableSortedDictionary<string, string> tags = Tags.None;
        foreach (AwsSns.Tag tag in asked ?? [])
        {
            string key = Door.Required(tag.Key, "Tags.Key");
            if (key.Length > 128 || tag.Value is { Length: > 256 } || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw Invalid("Tags");
            }

            if (tags.ContainsKey(key))
            {
                throw Invalid("Tags Reason: Duplicate keys are not allowed.");
            }

            tags = tags.Add(key, tag.Value ?? "");
        }

        return tags.Count <= TagsMost ? tags : throw new Fault("TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded");
    }

    private static bool IsJson(string text)
    {
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(text);
            return parsed.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsRole(string arn) => arn.StartsWith("arn:", StringComparison.Ordinal) && arn.Contains(":role/", StringComparison.Ordinal);

    private static Fault Invalid(string what) => new("InvalidParameter", $"Invalid parameter: {what}");

    private static string DefaultDelivery { get; } = """
        {"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,
        "numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,
        "defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}
        """.ReplaceLineEndings("");

    /// <summary>The policy that a topic has until another is set: its owner may do all with it.</summary>
    private static string DefaultPolicy(CommandContext context, string arn) => $$$$"""
        {"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow",
        "Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission",
        "SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],
        "Resource":"{{{{arn}}}}","Condition":{"StringEquals":{"AWS:SourceOwner":"{{{{context.Account}}}}"}}}]}
        """.ReplaceLineEndings("");
}
