using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class DhcpOptionSetTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Every_option_of_awss_is_kept_in_order()
    {
        Aws.DhcpOptions made = Create(
            ("domain-name", ["corp.example"]),
            ("domain-name-servers", ["10.0.0.5", "fd00::1", "AmazonProvidedDNS"]),
            ("ntp-servers", ["10.0.0.6"]),
            ("netbios-name-servers", ["10.0.0.7"]),
            ("netbios-node-type", ["2"]),
            ("ipv6-address-preferred-lease-time", ["140"]));
        Aws.DhcpOptions seen = lab.Run((ec2, c) => ec2.DescribeDhcpOptions(c, new() { DhcpOptionsIds = [made.DhcpOptionsId!] }))
            .DhcpOptions!.Single();
        Assert.Equal(
            [
                "domain-name", "domain-name-servers", "ntp-servers", "netbios-name-servers", "netbios-node-type",
                "ipv6-address-preferred-lease-time",
            ],
            seen.DhcpConfigurations!.Select(d => d.Key!));
        Assert.Equal(["10.0.0.5", "fd00::1", "AmazonProvidedDNS"], seen.DhcpConfigurations![1].Values!.Select(v => v.Value!));
        Assert.Equal("000000000000", seen.OwnerId);
    }

    [Theory]
    [InlineData("domain-name-servers", "not-an-address")]
    [InlineData("domain-name-servers", "10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5")]
    [InlineData("domain-name-servers", "")]
    [InlineData("ntp-servers", "AmazonProvidedDNS")]
    [InlineData("netbios-name-servers", "fd00::1")]
    [InlineData("netbios-node-type", "3")]
    [InlineData("ipv6-address-preferred-lease-time", "139")]
    [InlineData("ipv6-address-preferred-lease-time", "99999999999")]
    [InlineData("ipv6-address-preferred-lease-time", "-140")]
    [InlineData("colour", "red")]
    public void Values_that_no_option_has_are_refused(string key, string value) =>
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateDhcpOptions(
            c, new() { DhcpConfigurations = [new() { Key = key, Values = [value] }] })));

    [Fact]
    public void Options_are_given_once_and_with_values()
    {
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateDhcpOptions(c, new() { DhcpConfigurations = [] })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateDhcpOptions(c, new())));
        Assert.Equal(
            "MissingParameter",
            lab.Refused((ec2, c) => ec2.CreateDhcpOptions(c, new() { DhcpConfigurations = [new() { Values = ["1"] }] })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateDhcpOptions(
            c, new() { DhcpConfigurations = [new() { Key = "domain-name" }] })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateDhcpOptions(
            c, new() { DhcpConfigurations = [new() { Key = "domain-name", Values = ["a", "b"] }] })));
        Aws.NewDhcpConfiguration name = new() { Key = "domain-name", Values = ["a"] };
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.CreateDhcpOptions(c, new() { DhcpConfigurations = [name, name] })));
    }

    [Fact]
    public void A_set_in_use_stays()
    {
        string vpc = lab.NewVpc().VpcId!;
        string regions = lab.Described(vpc).DhcpOptionsId!;
        string id = Create(("domain-name", ["corp.example"])).DhcpOptionsId!;
        lab.Run((ec2, c) => ec2.AssociateDhcpOptions(c, new() { DhcpOptionsId = id, VpcId = vpc }));
        Assert.Equal(id, lab.Described(vpc).DhcpOptionsId);
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteDhcpOptions(c, new() { DhcpOptionsId = id }));
        Assert.Equal("DependencyViolation", fault.Code);
        Assert.Equal($"The dhcpOptions '{id}' has dependencies and cannot be deleted.", fault.Message);
        lab.Run((ec2, c) => ec2.AssociateDhcpOptions(c, new() { DhcpOptionsId = "default", VpcId = vpc }));
        Assert.Equal("default", lab.Described(vpc).DhcpOptionsId);
        lab.Run((ec2, c) => ec2.DeleteDhcpOptions(c, new() { DhcpOptionsId = id }));
        Assert.Equal(
            "InvalidDhcpOptionID.NotFound",
            lab.Refused((ec2, c) => ec2.AssociateDhcpOptions(c, new() { DhcpOptionsId = id, VpcId = vpc })));
        Assert.Equal(regions, lab.NewVpc("10.1.0.0/16").DhcpOptionsId);
    }

    [Fact]
    public void New_vpcs_have_the_regions_set_even_after_it_was_deleted()
    {
        string regions = lab.Here.All<DhcpOptions>().Single().Key;
        string vpc = lab.Here.All<Vpc>().Single().Key;
        lab.Run((ec2, c) => ec2.AssociateDhcpOptions(c, new() { DhcpOptionsId = "default", VpcId = vpc }));
        lab.Run((ec2, c) => ec2.DeleteDhcpOptions(c, new() { DhcpOptionsId = regions }));
        Assert.Empty(lab.Here.All<DhcpOptions>());
        Assert.Equal(regions, lab.NewVpc().DhcpOptionsId);
        Assert.Equal(regions, lab.Here.All<DhcpOptions>().Single().Key);
    }

    [Fact]
    public void Filters_find_sets()
    {
        string id = Create(("domain-name", ["corp.example"]), ("netbios-node-type", ["2"])).DhcpOptionsId!;
        Assert.Equal([id], Found("dhcp-options-id", id));
        Assert.Equal([id], Found("key", "netbios-node-type"));
        Assert.Equal([id], Found("value", "corp.*"));
        Assert.Equal(2, Found("owner-id", "000000000000").Count);
    }

    private Aws.DhcpOptions Create(params (string Key, string[] Values)[] options) => lab.Run((ec2, c) => ec2.CreateDhcpOptions(
        c, new() { DhcpConfigurations = [.. options.Select(o => new Aws.NewDhcpConfiguration { Key = o.Key, Values = o.Values })] })).DhcpOptions!;

    private List<string> Found(string name, string value) =>
    [
        .. lab.Run((ec2, c) => ec2.DescribeDhcpOptions(c, new() { Filters = [Networks.Filter(name, value)] }))
            .DhcpOptions!.Select(o => o.DhcpOptionsId!),
    ];
}
