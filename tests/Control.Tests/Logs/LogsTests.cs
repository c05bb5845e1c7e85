using Trunkline.Cloud;
using AwsLogs = Trunkline.Wire.Logs;

namespace Trunkline.Tests.Control.Logs;

/// <summary>CloudWatch Logs: groups, streams, events, tags.</summary>
public sealed class LogsTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_group_is_made_listed_and_deleted_with_all_in_it()
    {
        Group("/app/b");
        Group("/app/a", new() { Tags = new Dictionary<string, string> { ["team"] = "net" } });
        Group("other");
        Assert.Equal("ResourceAlreadyExistsException", lab.RefusedByLogs((s, c) => s.CreateLogGroup(c, new() { LogGroupName = "other" })).Code);
        AwsLogs.DescribeLogGroupsResponse all = lab.Logs((s, c) => s.DescribeLogGroups(c, new()));
        Assert.Equal(["/app/a", "/app/b", "other"], all.LogGroups!.Select(g => g.LogGroupName));
        AwsLogs.LogGroup first = all.LogGroups![0];
        Assert.Equal("arn:aws:logs:us-east-1:000000000000:log-group:/app/a:*", first.Arn);
        Assert.Equal("arn:aws:logs:us-east-1:000000000000:log-group:/app/a", first.LogGroupArn);
        Assert.Equal((0, 0L, "STANDARD", lab.Now.ToUnixTimeMilliseconds()),
            (first.MetricFilterCount!.Value, first.StoredBytes!.Value, first.LogGroupClass, first.CreationTime!.Value));
        Assert.Null(first.RetentionInDays);
        Assert.Equal(2, lab.Logs((s, c) => s.DescribeLogGroups(c, new() { LogGroupNamePrefix = "/app/" })).LogGroups!.Count);
        Assert.Single(lab.Logs((s, c) => s.DescribeLogGroups(c, new() { LogGroupNamePattern = "the" })).LogGroups!);
        Stream("/app/a", "one");
        Put("/app/a", "one", (0, "x"));
        lab.Logs((s, c) => s.DeleteLogGroup(c, new() { LogGroupName = "/app/a" }));
        Assert.Empty(lab.Here.All<LogStream>());
        Assert.Empty(lab.Here.All<LogBatch>());
        Assert.Equal("ResourceNotFoundException", lab.RefusedByLogs((s, c) => s.DeleteLogGroup(c, new() { LogGroupName = "/app/a" })).Code);
    }

    [Fact]
    public void Pages_of_groups_give_each_once()
    {
        for (int i = 0; i < 7; i++)
        {
            Group($"g{i}");
        }

        List<string> seen = [];
        string? token = null;
        do
        {
            AwsLogs.DescribeLogGroupsResponse page = lab.Logs((s, c) => s.DescribeLogGroups(c, new() { Limit = 3, NextToken = token }));
            seen.AddRange(page.LogGroups!.Select(g => g.LogGroupName!));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"g{i}"), seen);
        Assert.Equal("InvalidParameterException", lab.RefusedByLogs((s, c) => s.DescribeLogGroups(c, new() { Limit = 51 })).Code);
        Assert.Equal(["g1", "g2"], lab.Logs((s, c) => s.ListLogGroups(c, new() { LogGroupNamePattern = "^g1|g2" })).LogGroups!.Select(g => g.LogGroupName));
    }

    [Fact]
    public void Refusals_have_their_codes()
    {
        (string Code, AwsLogs.CreateLogGroupRequest Request)[] table =
        [
            ("InvalidParameterException", new() { LogGroupName = "" }),
            ("InvalidParameterException", new() { LogGroupName = "a b" }),
            ("InvalidParameterException", new() { LogGroupName = new string('a', 513) }),
            ("InvalidParameterException", new() { LogGroupName = "a", LogGroupClass = "COLD" }),
            ("InvalidParameterException", new() { LogGroupName = "a", Tags = new Dictionary<string, string> { ["aws:x"] = "" } }),
        ];
        foreach ((string code, AwsLogs.CreateLogGroupRequest request) in table)
        {
            Assert.Equal(code, lab.RefusedByLogs((s, c) => s.CreateLogGroup(c, request)).Code);
        }

        Assert.Equal("UnsupportedOperation", lab.RefusedByLogs((s, c) => s.DescribeLogGroups(c, new() { IncludeLinkedAccounts = true })).Code);
        Group("a", new() { DeletionProtectionEnabled = true });
        Assert.Equal("ValidationException", lab.RefusedByLogs((s, c) => s.DeleteLogGroup(c, new() { LogGroupName = "a" })).Code);
    }

    [Fact]
    public void Retention_is_one_of_a_list_and_ends_events()
    {
        Group("a");
        Stream("a", "s");
        Put("a", "s", (-10 * 86_400_000L, "old"), (-10 * 86_400_000L + 1, "old too"));
        Put("a", "s", (0, "new"));
        Assert.Equal("InvalidParameterException", lab.RefusedByLogs((s, c) => s.PutRetentionPolicy(c, new() { LogGroupName = "a", RetentionInDays = 2 })).Code);
        lab.Logs((s, c) => s.PutRetentionPolicy(c, new() { LogGroupName = "a", RetentionInDays = 7 }));
        Assert.Equal(7, lab.Logs((s, c) => s.DescribeLogGroups(c, new())).LogGroups!.Single().RetentionInDays);
        Assert.Equal(["new"], Messages("a", "s"));
        lab.Logs((s, c) => s.DeleteRetentionPolicy(c, new() { LogGroupName = "a" }));
        Assert.Equal(["old", "old too", "new"], Messages("a", "s"));
    }

    [Fact]
    public void Tags_by_both_kinds_of_operation()
    {
        Group("a", new() { Tags = new Dictionary<string, string> { ["x"] = "1" } });
        string arn = "arn:aws:logs:us-east-1:000000000000:log-group:a";
        lab.Logs((s, c) => s.TagResource(c, new() { ResourceArn = arn + ":*", Tags = new Dictionary<string, string> { ["y"] = "2" } }));
        lab.Logs((s, c) => s.TagLogGroup(c, new() { LogGroupName = "a", Tags = new Dictionary<string, string> { ["z"] = "3" } }));
        Assert.Equal(["x", "y", "z"], lab.Logs((s, c) => s.ListTagsForResource(c, new() { ResourceArn = arn })).Tags!.Keys.Order());
        lab.Logs((s, c) => s.UntagResource(c, new() { ResourceArn = arn, TagKeys = ["x"] }));
        lab.Logs((s, c) => s.UntagLogGroup(c, new() { LogGroupName = "a", Tags = ["y"] }));
        Assert.Equal(["z"], lab.Logs((s, c) => s.ListTagsLogGroup(c, new() { LogGroupName = "a" })).Tags!.Keys);
        Assert.Equal("ResourceNotFoundException", lab.RefusedByLogs((s, c) => s.ListTagsForResource(c, new() { ResourceArn = arn + "b" })).Code);
    }

    [Fact]
    public void Streams_are_ordered_by_name_or_by_their_last_event()
    {
        Group("a");
        Stream("a", "one");
        Stream("a", "two");
        Stream("a", "three");
        Put("a", "one", (2000, "x"));
        Put("a", "two", (1000, "x"));
        Assert.Equal(["one", "three", "two"], Streams(new()));
        Assert.Equal(["one", "two", "three"], Streams(new() { OrderBy = "LastEventTime", Descending = true }));
        Assert.Equal(["three", "two"], Streams(new() { LogStreamNamePrefix = "t" }));
        Assert.Equal("InvalidParameterException", lab.RefusedByLogs((s, c) => s.DescribeLogStreams(
            c, new() { LogGroupName = "a", OrderBy = "LastEventTime", LogStreamNamePrefix = "t" })).Code);
        AwsLogs.LogStream one = lab.Logs((s, c) => s.DescribeLogStreams(c, new() { LogGroupName = "a" })).LogStreams![0];
        long at = lab.Now.ToUnixTimeMilliseconds() + 2000;
        Assert.Equal((at, at, 0L), (one.FirstEventTimestamp!.Value, one.LastEventTimestamp!.Value, one.StoredBytes!.Value));
        Assert.Equal("arn:aws:logs:us-east-1:000000000000:log-group:a:log-stream:one", one.Arn);
        Assert.Equal("InvalidParameterException", lab.RefusedByLogs((s, c) => s.CreateLogStream(c, new() { LogGroupName = "a", LogStreamName = "x:y" })).Code);
    }

    [Fact]
    public void Events_that_are_too_old_or_too_new_are_told_of_and_left_out()
    {
        Group("a");
        Stream("a", "s");
        AwsLogs.PutLogEventsResponse answer = Put("a", "s", (3 * 3_600_000L, "late"));
        Assert.Equal(0, answer.RejectedLogEventsInfo!.TooNewLogEventStartIndex);
        answer = Put("a", "s", (-15 * 86_400_000L, "old"), (-14 * 86_400_000L - 1, "old"), (-14 * 86_400_000L, "in time"));
        Assert.Equal(2, answer.RejectedLogEventsInfo!.TooOldLogEventEndIndex);
        Assert.Null(Put("a", "s", (0, "now")).RejectedLogEventsInfo);
        Assert.Equal(["in time", "now"], Messages("a", "s"));
        long now = lab.Now.ToUnixTimeMilliseconds();
        (string Code, AwsLogs.InputLogEvent[] Events)[] table =
        [
            ("InvalidParameterException", []),
            ("InvalidParameterException", [new() { Timestamp = now, Message = "b" }, new() { Timestamp = now - 1, Message = "a" }]),
            ("InvalidParameterException", [new() { Timestamp = now - 90_000_000, Message = "b" }, new() { Timestamp = now, Message = "a" }]),
            ("InvalidParameterException", [new() { Timestamp = now, Message = "" }]),
            ("InvalidParameterException", [new() { Timestamp = now, Message = new string('x', 1_048_551) }]),
        ];
        foreach ((string code, AwsLogs.InputLogEvent[] events) in table)
        {
            Assert.Equal(code, lab.RefusedByLogs((s, c) => s.PutLogEvents(c, new() { LogGroupName = "a", LogStreamName = "s", LogEvents = events })).Code);
        }
    }

    [Fact]
    public void A_stream_is_read_from_either_end_and_on_from_there()
    {
        Group("a");
        Stream("a", "s");
        Put("a", "s", [.. Enumerable.Range(0, 5).Select(i => ((long)i, $"m{i}"))]);
        AwsLogs.GetLogEventsResponse head = Get(new() { StartFromHead = true, Limit = 2 });
        Assert.Equal(["m0", "m1"], Texts(head));
        AwsLogs.GetLogEventsResponse next = Get(new() { StartFromHead = true, Limit = 2, NextToken = head.NextForwardToken });
        Assert.Equal(["m2", "m3"], Texts(next));
        Assert.Equal(["m0", "m1"], Texts(Get(new() { Limit = 2, NextToken = next.NextBackwardToken })));
        AwsLogs.GetLogEventsResponse tail = Get(new() { Limit = 2 });
        Assert.Equal(["m3", "m4"], Texts(tail));
        AwsLogs.GetLogEventsResponse end = Get(new() { NextToken = tail.NextForwardToken });
        Assert.Empty(end.Events!);
        Assert.Equal(tail.NextForwardToken, end.NextForwardToken);
        Put("a", "s", (9, "m9"));
        Assert.Equal(["m9"], Texts(Get(new() { NextToken = end.NextForwardToken })));
        long now = lab.Now.ToUnixTimeMilliseconds();
        Assert.Equal(["m1", "m2"], Texts(Get(new() { StartTime = now + 1, EndTime = now + 3 })));
        Assert.Equal("InvalidParameterException", lab.RefusedByLogs((s, c) => s.GetLogEvents(
            c, new() { LogGroupName = "a", LogStreamName = "s", NextToken = "x" })).Code);
    }

    [Theory]
    [InlineData("ACCEPT", "1 3")]
    [InlineData("-ACCEPT", "2")]
    [InlineData("?tcp ?REJECT", "2")]
    [InlineData("\"ACCEPT OK\"", "1 3")]
    [InlineData("[version, account, eni, source, ...]", "1 2 3")]
    [InlineData("[version, account, eni, source=10.0.*, ..., action, status]", "1 2")]
    [InlineData("[..., action=REJECT, status]", "2")]
    [InlineData("[version, account, eni, source, dest, srcport, destport>1000, ...]", "3")]
    [InlineData("[version, account, eni, source, dest, srcport, destport=22 || destport=8080, ...]", "2 3")]
    [InlineData("[version, action]", "")]
    public void A_filter_pattern_chooses_lines(string pattern, string wanted)
    {
        Group("a");
        Stream("a", "s");
        Put("a", "s",
            (1, "2 000000000000 eni-1 10.0.0.1 10.0.1.1 32768 443 6 1 60 1 1 ACCEPT OK"),
            (2, "2 000000000000 eni-1 10.0.0.1 10.0.1.1 32768 22 6 1 60 1 1 REJECT OK"),
            (3, "2 000000000000 eni-2 192.0.2.1 10.0.1.1 32768 8080 6 1 60 1 1 ACCEPT OK"));
        long start = lab.Now.ToUnixTimeMilliseconds();
        AwsLogs.FilterLogEventsResponse found = lab.Logs((s, c) => s.FilterLogEvents(c, new() { LogGroupName = "a", FilterPattern = pattern }));
        Assert.Equal(wanted, string.Join(' ', found.Events!.Select(e => e.Timestamp - start)));
    }

    [Fact]
    public void Events_of_all_streams_come_in_order_of_time_page_by_page()
    {
        Group("a");
        Stream("a", "one");
        Stream("a", "two");
        Put("a", "one", (1, "1"), (3, "3"));
        Put("a", "two", (2, "2"), (3, "3b"));
        List<string> seen = [];
        string? token = null;
        do
        {
            AwsLogs.FilterLogEventsResponse page = lab.Logs((s, c) => s.FilterLogEvents(c, new() { LogGroupName = "a", Limit = 1, NextToken = token }));
            seen.AddRange(page.Events!.Select(e => $"{e.LogStreamName}/{e.Message}"));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(["one/1", "two/2", "one/3", "two/3b"], seen);
        Assert.Equal("UnsupportedOperation", lab.RefusedByLogs((s, c) => s.FilterLogEvents(
            c, new() { LogGroupName = "a", FilterPattern = "{ $.a = 1 }" })).Code);
        Assert.Equal("UnsupportedOperation", lab.RefusedByLogs((s, c) => s.FilterLogEvents(
            c, new() { LogGroupName = "a", FilterPattern = "%ERR[0-9]%" })).Code);
        Assert.Equal("UnsupportedOperation", lab.RefusedByLogs((s, c) => s.FilterLogEvents(
            c, new() { LogGroupName = "a", StartFromHead = true })).Code);
        Assert.Equal("InvalidParameterException", lab.RefusedByLogs((s, c) => s.FilterLogEvents(c, new() { LogGroupName = "a", FilterPattern = "[a" })).Code);
    }

    private void Group(string name, AwsLogs.CreateLogGroupRequest? request = null) =>
        lab.Logs((s, c) => s.CreateLogGroup(c, (request ?? new()) with { LogGroupName = name }));

    private void Stream(string group, string name) =>
        lab.Logs((s, c) => s.CreateLogStream(c, new() { LogGroupName = group, LogStreamName = name }));

    private AwsLogs.PutLogEventsResponse Put(string group, string stream, params (long After, string Text)[] events) => lab.Logs((s, c) => s.PutLogEvents(c, new()
    {
        LogGroupName = group,
        LogStreamName = stream,
        LogEvents = [.. events.Select(e => new AwsLogs.InputLogEvent { Timestamp = lab.Now.ToUnixTimeMilliseconds() + e.After, Message = e.Text })],
    }));

    private AwsLogs.GetLogEventsResponse Get(AwsLogs.GetLogEventsRequest request) =>
        lab.Logs((s, c) => s.GetLogEvents(c, request with { LogGroupName = "a", LogStreamName = "s" }));

    private IEnumerable<string> Messages(string group, string stream) =>
        Texts(lab.Logs((s, c) => s.GetLogEvents(c, new() { LogGroupName = group, LogStreamName = stream })));

    private static IEnumerable<string> Texts(AwsLogs.GetLogEventsResponse answer) => answer.Events!.Select(e => e.Message!);

    private IEnumerable<string> Streams(AwsLogs.DescribeLogStreamsRequest request) =>
        lab.Logs((s, c) => s.DescribeLogStreams(c, request with { LogGroupName = "a" })).LogStreams!.Select(s => s.LogStreamName!);
}
