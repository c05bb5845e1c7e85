using Trunkline.Control.Sns;
using AwsSns = Trunkline.Wire.Sns;

namespace Trunkline.Tests.Control.Sns;

public sealed class TopicTests
{
    private readonly Lab lab = new();
    private readonly SnsService sns = new();

    [Fact]
    public void A_topic_has_AWSs_defaults()
    {
        string arn = New("alarms");
        Assert.Equal("arn:aws:sns:us-east-1:000000000000:alarms", arn);
        IReadOnlyDictionary<string, string> shown = Attributes(arn);
        Assert.Equal(("000000000000", arn, "", "0"), (shown["Owner"], shown["TopicArn"], shown["DisplayName"], shown["SubscriptionsConfirmed"]));
        Assert.Contains($"\"Resource\":\"{arn}\"", shown["Policy"]);
        Assert.Contains("\"numRetries\":3", shown["EffectiveDeliveryPolicy"]);
        Assert.False(shown.ContainsKey("FifoTopic"));
        System.Text.Json.JsonDocument.Parse(shown["Policy"]).Dispose();
        System.Text.Json.JsonDocument.Parse(shown["EffectiveDeliveryPolicy"]).Dispose();
    }

    [Fact]
    public void The_same_request_again_makes_nothing_and_another_one_is_refused()
    {
        AwsSns.CreateTopicInput ask = new()
        {
            Name = "alarms",
            Attributes = new Dictionary<string, string> { ["DisplayName"] = "Alarms" },
            Tags = [new() { Key = "team", Value = "net" }],
        };
        string arn = lab.Do(c => sns.CreateTopic(c, ask)).TopicArn!;
        Assert.Equal(arn, lab.Do(c => sns.CreateTopic(c, ask)).TopicArn);
        Assert.Equal(arn, New("alarms"));
        Assert.Equal("InvalidParameter", lab.DoRefused(c => sns.CreateTopic(
            c, ask with { Attributes = new Dictionary<string, string> { ["DisplayName"] = "Other" } })));
        Assert.Equal("InvalidParameter", lab.DoRefused(c => sns.CreateTopic(c, ask with { Tags = [new() { Key = "team", Value = "app" }] })));
        Assert.Equal([("team", "net")], lab.Do(c => sns.ListTagsForResource(c, new() { ResourceArn = arn })).Tags!.Select(t => (t.Key!, t.Value!)));
    }

    [Fact]
    public void Attributes_are_set_and_taken_back()
    {
        string arn = New("alarms");
        Set(arn, "DisplayName", "Alarms");
        Set(arn, "DeliveryPolicy", """{"http":{}}""");
        Assert.Equal(("Alarms", """{"http":{}}"""), (Attributes(arn)["DisplayName"], Attributes(arn)["EffectiveDeliveryPolicy"]));
        Set(arn, "DisplayName", null);
        Assert.Equal("", Attributes(arn)["DisplayName"]);
    }

    [Theory]
    [InlineData("DisplayNames", "x")]
    [InlineData("Policy", "not json")]
    [InlineData("SignatureVersion", "3")]
    [InlineData("TracingConfig", "On")]
    [InlineData("HTTPSuccessFeedbackSampleRate", "101")]
    [InlineData("SQSFailureFeedbackRoleArn", "role")]
    [InlineData("ContentBasedDeduplication", "true")]
    [InlineData("FifoTopic", "true")]
    public void Attributes_that_a_topic_does_not_take(string name, string value)
    {
        string arn = New("alarms");
        Assert.Equal("InvalidParameter", lab.DoRefused(c => sns.SetTopicAttributes(c, new() { TopicArn = arn, AttributeName = name, AttributeValue = value })));
    }

    [Fact]
    public void A_fifo_topic_says_so_by_name_and_attribute()
    {
        Dictionary<string, string> fifo = new() { ["FifoTopic"] = "true", ["ContentBasedDeduplication"] = "true" };
        string arn = lab.Do(c => sns.CreateTopic(c, new() { Name = "orders.fifo", Attributes = fifo })).TopicArn!;
        Assert.Equal(("true", "true"), (Attributes(arn)["FifoTopic"], Attributes(arn)["ContentBasedDeduplication"]));
        Assert.Equal("InvalidParameter", lab.DoRefused(c => sns.CreateTopic(c, new() { Name = "orders", Attributes = fifo })));
        Assert.Equal("InvalidParameter", lab.DoRefused(c => sns.CreateTopic(c, new() { Name = "other.fifo" })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a.b")]
    [InlineData(".fifo")]
    public void Names_that_no_topic_has(string name) =>
        Assert.Contains(lab.DoRefused(c => sns.CreateTopic(c, new() { Name = name })), new[] { "InvalidParameter", "MissingParameter" });

    [Fact]
    public void A_deleted_topic_is_gone_and_may_be_deleted_again()
    {
        string arn = New("alarms");
        lab.Do(c => sns.DeleteTopic(c, new() { TopicArn = arn }));
        lab.Do(c => sns.DeleteTopic(c, new() { TopicArn = arn }));
        Assert.Equal("NotFound", lab.DoRefused(c => sns.GetTopicAttributes(c, new() { TopicArn = arn })));
        Assert.Equal("ResourceNotFound", lab.DoRefused(c => sns.ListTagsForResource(c, new() { ResourceArn = arn })));
        Assert.Equal("InvalidParameter", lab.DoRefused(c => sns.GetTopicAttributes(c, new() { TopicArn = "alarms" })));
    }

    private string New(string name) => lab.Do(c => sns.CreateTopic(c, new() { Name = name })).TopicArn!;

    private IReadOnlyDictionary<string, string> Attributes(string arn) => lab.Do(c => sns.GetTopicAttributes(c, new() { TopicArn = arn })).Attributes!;

    private void Set(string arn, string name, string? value) =>
        lab.Do(c => sns.SetTopicAttributes(c, new() { TopicArn = arn, AttributeName = name, AttributeValue = value }));
}
