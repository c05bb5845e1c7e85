using System.Text.RegularExpressions;
using CsCheck;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control;

/// <summary>What every kind's operations stand on: filters, pages, tags, quotas, the door.</summary>
public sealed class CoreTests
{
    private readonly Lab lab = new();

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("a*", "abc", true)]
    [InlineData("*c", "abc", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("a\\*c", "a*c", true)]
    [InlineData("a\\*c", "abc", false)]
    [InlineData("ABC", "abc", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("", "a", false)]
    public void A_pattern_meets(string pattern, string text, bool wanted) => Assert.Equal(wanted, Wildcard.Matches(pattern, text));

    [Fact]
    public void Patterns_mean_what_a_regular_expression_says() =>
        Gen.Select(Gen.String[Gen.Char["ab*?"], 0, 8], Gen.String[Gen.Char["ab"], 0, 8]).Sample((pattern, text) =>
        {
            string expression = "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$";
            Assert.Equal(Regex.IsMatch(text, expression, RegexOptions.Singleline), Wildcard.Matches(pattern, text));
        });

    [Fact]
    public void Pages_give_each_row_once_while_rows_come_and_go()
    {
        List<string> rows = [.. Enumerable.Range(0, 23).Select(i => $"row-{i:d2}")];
        List<string> seen = [];
        string? token = null;
        do
        {
            Page<string> page = Pager.Page(rows, 5, token, row => row);
            seen.AddRange(page.Rows);
            rows.Remove(page.Rows[0]);
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(Enumerable.Range(0, 23).Select(i => $"row-{i:d2}"), seen);
    }

    [Fact]
    public void The_token_of_a_long_key_is_read_again()
    {
        string[] rows = [new('é', 700), new('é', 701)];
        Page<string> first = Pager.Page(rows, 1, null, row => row, least: 1);
        Assert.Equal([rows[1]], Pager.Page(rows, 1, first.NextToken, row => row, least: 1).Rows);
    }

    [Theory]
    [InlineData(4, null, "InvalidParameterValue")]
    [InlineData(1001, null, "InvalidParameterValue")]
    [InlineData(5, "not a token", "InvalidNextToken")]
    [InlineData(5, "bm90IG91cnM=", "InvalidNextToken")]
    public void A_page_that_cannot_be_is_refused(int size, string? token, string code) =>
        Assert.Equal(code, Assert.Throws<Fault>(() => Pager.Page(["a"], size, token, row => row)).Code);

    [Fact]
    public void Unknown_and_empty_filters_are_refused_by_name()
    {
        Fault unknown = lab.FaultOf((ec2, c) => ec2.DescribeVpcs(c, new() { Filters = [new() { Name = "colour", Values = ["red"] }] }));
        Assert.Equal(("InvalidParameterValue", "The filter 'colour' is invalid"), (unknown.Code, unknown.Message));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeVpcs(c, new() { Filters = [new() { Name = "state" }] })));
    }

    [Theory]
    [InlineData("aws:name", "v", "InvalidParameterValue")]
    [InlineData("", "v", "InvalidParameterValue")]
    public void Tags_that_AWS_refuses(string key, string value, string code) => Assert.Equal(
        code, Assert.Throws<Fault>(() => TagRules.Merge(Tags.None, [new() { Key = key, Value = value }])).Code);

    [Fact]
    public void More_than_fifty_tags_are_refused()
    {
        List<Aws.Tag> tags = [.. Enumerable.Range(0, 50).Select(i => new Aws.Tag { Key = $"k{i}", Value = "" })];
        Assert.Equal(50, TagRules.Merge(Tags.None, tags).Count);
        tags.Add(new() { Key = "one more", Value = "" });
        Assert.Equal("TagLimitExceeded", Assert.Throws<Fault>(() => TagRules.Merge(Tags.None, tags)).Code);
    }

    [Fact]
    public void Quotas_are_off_unless_they_are_asked_for()
    {
        for (int i = 0; i < 10; i++)
        {
            lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" }));
        }

        lab.Quotas = Quotas.AwsDefaults;
        Assert.Equal("VpcLimitExceeded", lab.Refused((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" })));
        lab.Quotas = QuotaFile.Parse("""{"vpcs-per-region": 12}""");
        lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" }));
        Assert.Equal("VpcLimitExceeded", lab.Refused((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" })));
    }

    [Theory]
    [InlineData("[]", "JSON")]
    [InlineData("{\"vpcs\": 3}", "'vpcs' is not a quota")]
    [InlineData("{\"vpcs-per-region\": -1}", "0 or more")]
    public void A_quota_file_that_is_wrong_says_what(string json, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => QuotaFile.Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_same_seed_makes_the_same_ids_in_AWS_s_form()
    {
        IdSource one = new(7);
        IdSource two = new(7);
        string id = one.Next("vpc");
        Assert.Equal(id, two.Next("vpc"));
        Assert.Matches("^vpc-0[0-9a-f]{16}$", id);
        Assert.NotEqual(id, one.Next("vpc"));
        Assert.Matches("^02(:[0-9a-f]{2}){5}$", one.NextMac());
    }
}
