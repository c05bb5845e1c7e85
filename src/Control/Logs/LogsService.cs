using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsLogs = Trunkline.Wire.Logs;

namespace Trunkline.Control.Logs;

/// <summary>
/// CloudWatch Logs, as far as flow logs and those who read them need it: groups, streams, events. Source: CloudWatch Logs API Reference.
/// </summary>
public sealed partial class LogsService : AwsLogs.ILogs<CommandContext>
{
    private const int GroupNameMax = 512;
    private const int PageDefault = 50;

    /// <summary>Days that PutRetentionPolicy takes.</summary>
    private static readonly int[] RetentionDays =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    public AwsLogs.CreateLogGroupResult CreateLogGroup(CommandContext context, AwsLogs.CreateLogGroupRequest request)
    {
        string name = GroupName(request.LogGroupName);
        if (context.Here.Table<LogGroup>().Find(name) is not null)
        {
            throw new Fault("ResourceAlreadyExistsException", "The specified log group already exists");
        }

        context.Put(new LogGroup
        {
            Name = name,
            CreationTime = context.Now,
            KmsKeyId = request.KmsKeyId is null or { Length: <= 256 }
                ? request.KmsKeyId
                : throw Invalid(request.KmsKeyId, "kmsKeyId", "Member must have length less than or equal to 256"),
            Class = GroupClass(request.LogGroupClass) ?? "STANDARD",
            DeletionProtected = request.DeletionProtectionEnabled ?? false,
            Tags = Merged(Tags.None, request.Tags),
        });
        return new AwsLogs.CreateLogGroupResult();
    }

    public AwsLogs.DeleteLogGroupResult DeleteLogGroup(CommandContext context, AwsLogs.DeleteLogGroupRequest request)
    {
        LogGroup group = Group(context, GroupName(request.LogGroupName));
        if (group.DeletionProtected)
        {
            throw new Fault("ValidationException", "The specified log group has deletion protection enabled and cannot be deleted.");
        }

        foreach (LogStream stream in context.Here.By<LogStream>(LogStream.GroupWord(group.Name)).ToList())
        {
            LogStore.Remove(context.Draft, context.Caller.Partition, stream);
        }

        context.Remove(new Id<LogGroup>(group.Key));
        return new AwsLogs.DeleteLogGroupResult();
    }

    public AwsLogs.PutRetentionPolicyResult PutRetentionPolicy(CommandContext context, AwsLogs.PutRetentionPolicyRequest request)
    {
        int days = request.RetentionInDays ?? throw Missing("retentionInDays");
        if (Array.IndexOf(RetentionDays, days) < 0)
        {
            throw Invalid($"{days}", "retentionInDays", $"Member must satisfy enum value set: [{string.Join(", ", RetentionDays)}]");
        }

        context.Put(Group(context, GroupName(request.LogGroupName)) with { RetentionDays = days });
        return new AwsLogs.PutRetentionPolicyResult();
    }

    public AwsLogs.DeleteRetentionPolicyResult DeleteRetentionPolicy(CommandContext context, AwsLogs.DeleteRetentionPolicyRequest request)
    {
        context.Put(Group(context, GroupName(request.LogGroupName)) with { RetentionDays = null });
        return new AwsLogs.DeleteRetentionPolicyResult();
    }

    public AwsLogs.DescribeLogGroupsResponse DescribeLogGroups(CommandContext context, AwsLogs.DescribeLogGroupsRequest request)
    {
        RefuseLinked(request.IncludeLinkedAccounts, request.AccountIdentifiers);
        if (request.LogGroupNamePrefix is not null && request.LogGroupNamePattern is not null)
        {
            throw new Fault("InvalidParameterException", "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }

        string? kind = GroupClass(request.LogGroupClass);
        IEnumerable<LogGroup> rows = context.Here.All<LogGroup>();
        if (request.LogGroupIdentifiers is { Count: > 0 } named)
        {
            HashSet<string> names = [.. named.Select(n => NameOfIdentifier(context, n))];
            rows = rows.Where(g => names.Contains(g.Name));
        }

        rows = rows.Where(g => (request.LogGroupNamePrefix is not { } prefix || g.Name.StartsWith(prefix, StringComparison.Ordinal))
            && (request.LogGroupNamePattern is not { } part || g.Name.Contains(part, StringComparison.Ordinal))
            && (kind is null || g.Class == kind));
        LogPage<LogGroup> page = LogPage<LogGroup>.Of(rows, g => g.Name, descending: false, request.Limit, PageDefault, 50, request.NextToken);
        return new AwsLogs.DescribeLogGroupsResponse
        {
            LogGroups = [.. page.Rows.Select(g => ToWire(context, g))],
            NextToken = page.NextToken,
        };
    }

    public AwsLogs.ListLogGroupsResponse ListLogGroups(CommandContext context, AwsLogs.ListLogGroupsRequest request)
    {
        RefuseLinked(request.IncludeLinkedAccounts, request.AccountIdentifiers);
        if (request.DataSources is { Count: > 0 } || request.FieldIndexNames is { Count: > 0 })
        {
            throw Fault.Unsupported(request.DataSources is { Count: > 0 } ? "dataSources" : "fieldIndexNames");
        }

        string? kind = GroupClass(request.LogGroupClass);
        IEnumerable<LogGroup> rows = context.Here.All<LogGroup>().Where(g => (kind is null || g.Class == kind)
            && (request.LogGroupNamePattern is not { } pattern || MeetsPattern(g.Name, pattern))
            && (request.LogGroupTags ?? []).All(f => MeetsTag(g, f)));
        LogPage<LogGroup> page = LogPage<LogGroup>.Of(rows, g => g.Name, descending: false, request.Limit, PageDefault, 1000, request.NextToken);
        return new AwsLogs.ListLogGroupsResponse
        {
            LogGroups =
            [
                .. page.Rows.Select(g => new AwsLogs.LogGroupSummary
                {
                    LogGroupName = g.Name,
                    LogGroupArn = ArnOf(context, g.Name),
                    LogGroupClass = g.Class,
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The group of a name that must be there.</summary>
    internal static LogGroup Group(CommandContext context, string name) =>
        context.Here.Table<LogGroup>().Find(name) ?? throw NoGroup();

    /// <summary>The group that a request names by exactly one of its name and its identifier.</summary>
    internal static LogGroup Group(CommandContext context, string? name, string? identifier) => (name, identifier) switch
    {
        (not null, null) => Group(context, GroupName(name)),
        (null, not null) => Group(context, NameOfIdentifier(context, identifier)),
        (null, null) => throw new Fault("InvalidParameterException", "Either logGroupName or logGroupIdentifier must be specified."),
        _ => throw new Fault("InvalidParameterException", "Only one of logGroupName and logGroupIdentifier may be specified."),
    };

    internal static Fault NoGroup() => new("ResourceNotFoundException", "The specified log group does not exist.");

    internal static Fault Missing(string parameter) => Invalid("null", parameter, "Member must not be null");

    internal static Fault Invalid(string value, string parameter, string constraint) => new(
        "InvalidParameterException",
        $"1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy constraint: {constraint}");

    internal static string GroupName(string? name)
    {
        if (name is null)
        {
            throw Missing("logGroupName");
        }

        if (name.Length is 0 or > GroupNameMax)
        {
            throw Invalid(name, "logGroupName", $"Member must have length less than or equal to {GroupNameMax} and greater than or equal to 1");
        }

        return IsGroupName(name)
            ? name
            : throw Invalid(name, "logGroupName", @"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+");
    }

    /// <summary>Whether a text may be a group's name.</summary>
    internal static bool IsGroupName(string name) => name.Length is > 0 and <= GroupNameMax
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/' or '#');

    internal static string ArnOf(CommandContext context, string group) => context.Arn($"log-group:{group}", "logs");

    /// <summary>A group's name, from the name itself or from its ARN with or without <c>:*</c>.</summary>
    private static string NameOfIdentifier(CommandContext context, string identifier)
    {
        if (!identifier.StartsWith("arn:", StringComparison.Ordinal))
        {
            return GroupName(identifier);
        }

        string start = ArnOf(context, "");
        return identifier.StartsWith(start, StringComparison.Ordinal)
            ? GroupName(identifier[start.Length..].Replace(":*", "", StringComparison.Ordinal))
            : throw NoGroup();
    }

    private static string? GroupClass(string? text) => text is null or "STANDARD" or "INFREQUENT_ACCESS" or "DELIVERY"
        ? text
        : throw Invalid(text, "logGroupClass", "Member must satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY]");

    private static void RefuseLinked(bool? linked, IReadOnlyList<string>? accounts)
    {
        if (linked == true || accounts is { Count: > 0 })
        {
            throw Fault.Unsupported(linked == true ? "includeLinkedAccounts" : "accountIdentifiers");
        }
    }

    /// <summary>Parts between bars are alternatives; one that begins with a caret must begin the name.</summary>
    private static bool MeetsPattern(string name, string pattern) => pattern.Split('|').Any(part => part.StartsWith('^')
        ? name.StartsWith(part[1..], StringComparison.Ordinal)
        : name.Contains(part, StringComparison.Ordinal));

    private static bool MeetsTag(LogGroup group, AwsLogs.TagFilter filter)
    {
        string? value = group.Tags.GetValueOrDefault(filter.Key ?? throw Missing("logGroupTags.key"));
        return value is not null && (filter.Values is not { Count: > 0 } wanted || wanted.Any(w => w.StartsWith('!')
            ? !Wildcard.Matches(w[1..], value)
            : Wildcard.Matches(w, value)));
    }

    private static AwsLogs.LogGroup ToWire(CommandContext context, LogGroup group)
    {
        string arn = ArnOf(context, group.Name);
        return new AwsLogs.LogGroup
        {
            LogGroupName = group.Name,
            CreationTime = group.CreationTime.ToUnixTimeMilliseconds(),
            RetentionInDays = group.RetentionDays,
            MetricFilterCount = 0,
            Arn = $"{arn}:*",
            LogGroupArn = arn,
            StoredBytes = StoredBytes(context.Here, group),
            KmsKeyId = group.KmsKeyId,
            LogGroupClass = group.Class,
            DeletionProtectionEnabled = group.DeletionProtected,
        };
    }

    private static long StoredBytes(Partition here, LogGroup group) => here.By<LogStream>(LogStream.GroupWord(group.Name))
        .SelectMany(s => here.By<LogBatch>(LogStream.StreamKeyWord(s)))
        .Sum(b => b.Events.Sum(e => LogStore.OctetsOf(e.Message)));
}
