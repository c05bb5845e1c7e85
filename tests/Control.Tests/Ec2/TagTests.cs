using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class TagTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Tags_reach_every_kind_and_security_group_rules()
    {
        string vpc = lab.NewVpc().VpcId!;
        string rule = lab.DefaultGroup(vpc).Rules[0].Id;
        string[] ids =
        [
            vpc, lab.NewSubnet(vpc, "10.0.0.0/24").SubnetId!, lab.MainTable(vpc).Key, lab.DefaultAcl(vpc).Key, lab.DefaultGroup(vpc).Key, rule,
            lab.Here.All<InternetGateway>().First().Key, lab.Here.All<DhcpOptions>().First().Key,
        ];
        lab.Run((ec2, c) => ec2.CreateTags(c, new() { Resources = ids, Tags = [new() { Key = "team", Value = "net" }, new() { Key = "b" }] }));
        List<Aws.TagDescription> all = Tags();
        Assert.Equal(2 * ids.Length, all.Count);
        Assert.Equal(
            ["dhcp-options", "internet-gateway", "network-acl", "route-table", "security-group", "security-group-rule", "subnet", "vpc"],
            all.Select(t => t.ResourceType!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal("net", lab.DefaultGroup(vpc).Rules[0].Tags["team"]);
    }

    [Fact]
    public void A_tag_is_overwritten_and_deleted_by_key_by_pair_or_with_all_others()
    {
        string vpc = lab.NewVpc().VpcId!;
        Set(vpc, ("a", "1"), ("b", "2"), ("c", "3"), ("d", ""));
        Set(vpc, ("a", "9"));
        Assert.Equal("9", lab.Here.Get(new Id<Vpc>(vpc)).Tags["a"]);
        Delete(vpc, new Aws.Tag { Key = "a" });
        Delete(vpc, new Aws.Tag { Key = "b", Value = "other" });
        Delete(vpc, new Aws.Tag { Key = "c", Value = "" });
        Delete(vpc, new Aws.Tag { Key = "d", Value = "" });
        Assert.Equal(["b", "c"], lab.Here.Get(new Id<Vpc>(vpc)).Tags.Keys);
        lab.Run((ec2, c) => ec2.DeleteTags(c, new() { Resources = [vpc] }));
        Assert.Empty(lab.Here.Get(new Id<Vpc>(vpc)).Tags);
    }

    [Theory]
    [InlineData("vpc-0123456789abcdef0", "InvalidVpcID.NotFound")]
    [InlineData("subnet-0123456789abcdef0", "InvalidSubnetID.NotFound")]
    [InlineData("igw-0123456789abcdef0", "InvalidInternetGatewayID.NotFound")]
    [InlineData("dopt-0123456789abcdef0", "InvalidDhcpOptionID.NotFound")]
    [InlineData("eigw-0123456789abcdef0", "InvalidEgressOnlyInternetGatewayId.NotFound")]
    [InlineData("sgr-0123456789abcdef0", "InvalidSecurityGroupRuleId.NotFound")]
    [InlineData("thing-0123456789abcdef0", "InvalidID")]
    [InlineData("vpc", "InvalidID")]
    [InlineData("", "InvalidID")]
    public void An_unknown_resource_is_refused_in_its_kinds_words(string id, string code)
    {
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateTags(c, new() { Resources = [id], Tags = [new() { Key = "a" }] })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DeleteTags(c, new() { Resources = [id], Tags = [new() { Key = "a" }] })));
    }

    [Fact]
    public void Every_kind_that_bears_tags_has_its_own_word_for_an_unknown_id()
    {
        List<string> without = [.. Kinds.All
            .Where(kind => kind.IsTagged && kind.IdPrefix.Length > 0)
            .Where(kind => lab.Refused((ec2, c) => ec2.CreateTags(
                c, new() { Resources = [$"{kind.IdPrefix}-0123456789abcdef0"], Tags = [new() { Key = "a" }] })) == "InvalidID")
            .Select(kind => kind.Name)];
        Assert.Empty(without);
    }

    [Fact]
    public void Tags_keep_awss_restrictions()
    {
        string vpc = lab.NewVpc().VpcId!;
        Assert.Equal("InvalidParameterValue", RefusedTags(vpc, new Aws.Tag { Key = "aws:x" }));
        Assert.Equal("InvalidParameterValue", RefusedTags(vpc, new Aws.Tag { Key = "" }));
        Assert.Equal("InvalidParameterValue", RefusedTags(vpc, new Aws.Tag { Key = new string('k', 129) }));
        Assert.Equal("InvalidParameterValue", RefusedTags(vpc, new Aws.Tag { Key = "k", Value = new string('v', 257) }));
        Assert.Equal("InvalidParameterValue", RefusedTags(vpc, new Aws.Tag { Key = "k" }, new Aws.Tag { Key = "k" }));
        Assert.Equal("TagLimitExceeded", RefusedTags(vpc, [.. Enumerable.Range(0, 51).Select(i => new Aws.Tag { Key = $"k{i}" })]));
        Assert.Equal("MissingParameter", RefusedTags(vpc));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateTags(c, new() { Tags = [new() { Key = "k" }] })));
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.DeleteTags(c, new() { Resources = [vpc], Tags = [new() { Value = "v" }] })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateTags(
            c, new() { Resources = [.. Enumerable.Range(0, 1001).Select(i => $"vpc-{i:x17}")], Tags = [new() { Key = "k" }] })));
    }

    [Fact]
    public void One_wrong_resource_leaves_the_others_untouched()
    {
        string vpc = lab.NewVpc().VpcId!;
        Assert.Equal("InvalidVpcID.NotFound", lab.Refused((ec2, c) => ec2.CreateTags(
            c, new() { Resources = [vpc, "vpc-0123456789abcdef0"], Tags = [new() { Key = "k" }] })));
        Assert.Empty(lab.Here.Get(new Id<Vpc>(vpc)).Tags);
    }

    [Fact]
    public void Filters_find_tags()
    {
        string one = lab.NewVpc().VpcId!;
        string two = lab.NewVpc("10.1.0.0/16").VpcId!;
        Set(one, ("Owner", "TeamA"), ("stage", "prod"));
        Set(two, ("Owner", "TeamB"));
        Assert.Equal(2, Tags(Networks.Filter("resource-id", one)).Count);
        Aws.Filter like = Networks.Filter("resource-id", one[..^3] + "*");
        Assert.Equal(2, Tags(like, Networks.Filter("key", "Owner", "stage")).Count(t => t.ResourceId == one));
        Assert.Equal(2, Tags(Networks.Filter("key", "Owner")).Count);
        Assert.Equal(two, Assert.Single(Tags(Networks.Filter("value", "TeamB"))).ResourceId);
        Assert.Equal("Owner", Assert.Single(Tags(Networks.Filter("tag:Owner", "TeamA"))).Key);
        Assert.Equal(3, Tags(Networks.Filter("resource-type", "vpc")).Count);
        Assert.Empty(Tags(Networks.Filter("resource-type", "subnet")));
        Assert.Empty(Tags(Networks.Filter("resource-id", "vpc-0123456789abcdef0", "sgr-0123456789abcdef0", "x")));
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.DescribeTags(c, new() { Filters = [Networks.Filter("colour", "x")] })));
    }

    [Fact]
    public void Tags_of_a_deleted_nat_gateway_leave_with_it()
    {
        NatGateway gateway = lab.Put(new NatGateway
        {
            Id = new("nat-00000000000000001"),
            VpcId = new(lab.NewVpc().VpcId!),
            State = NatGatewayState.Deleted,
            CreateTime = lab.Now,
            DeleteTime = lab.Now,
            Tags = ImmutableSortedDictionary<string, string>.Empty.Add("Name", "out"),
        });
        Assert.Single(Tags(Networks.Filter("resource-id", gateway.Key)));
        Assert.Single(Tags());
        lab.Now = lab.Now.AddHours(1);
        Assert.Empty(Tags(Networks.Filter("resource-id", gateway.Key)));
        Assert.Empty(Tags());
    }

    [Fact]
    public void Pages_of_tags_lose_none()
    {
        string vpc = lab.NewVpc().VpcId!;
        Set(vpc, [.. Enumerable.Range(0, 23).Select(i => ($"key{i}", "v"))]);
        List<string> seen = [];
        string? token = null;
        do
        {
            Aws.DescribeTagsResult page = lab.Run((ec2, c) => ec2.DescribeTags(c, new() { MaxResults = 5, NextToken = token }));
            Assert.InRange(page.Tags!.Count, 1, 5);
            seen.AddRange(page.Tags.Select(t => t.Key!));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(23, seen.Distinct().Count());
        Assert.Equal(23, seen.Count);
    }

    private List<Aws.TagDescription> Tags(params Aws.Filter[] filters) =>
        [.. lab.Run((ec2, c) => ec2.DescribeTags(c, new() { Filters = filters })).Tags!];

    private void Set(string id, params (string Key, string Value)[] tags) => lab.Run((ec2, c) => ec2.CreateTags(
        c, new() { Resources = [id], Tags = [.. tags.Select(t => new Aws.Tag { Key = t.Key, Value = t.Value })] }));

    private void Delete(string id, params Aws.Tag[] tags) => lab.Run((ec2, c) =>
        ec2.DeleteTags(c, new() { Resources = [id], Tags = tags }));

    private string RefusedTags(string id, params Aws.Tag[] tags) =>
        lab.Refused((ec2, c) => ec2.CreateTags(c, new() { Resources = [id], Tags = tags }));
}
