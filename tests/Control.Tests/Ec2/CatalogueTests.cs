using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class CatalogueTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Zones_are_the_accounts_own()
    {
        Aws.AvailabilityZone zone = Zones(new()).First();
        Assert.Equal("us-east-1a", zone.ZoneName);
        Assert.Equal("us-east-1", zone.RegionName);
        Assert.Equal("us-east-1-zg-1", zone.GroupName);
        Assert.Equal("US East (N. Virginia) 1", zone.GroupLongName);
        Assert.Equal("us-east-1", zone.NetworkBorderGroup);
        Assert.Equal("opt-in-not-required", zone.OptInStatus);
        Assert.Equal(3, Zones(new()).Count);
        Assert.Equal(["us-east-1b"], Zones(new() { ZoneNames = ["us-east-1b"] }).Select(z => z.ZoneName!));
        Assert.Equal([zone.ZoneId!], Zones(new() { ZoneIds = [zone.ZoneId!] }).Select(z => z.ZoneId!));
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.DescribeAvailabilityZones(c, new() { ZoneNames = ["eu-west-1a"] })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeAvailabilityZones(c, new() { ZoneIds = ["use1-az77"] })));
    }

    [Theory]
    [InlineData("zone-name", "us-east-1c", 1)]
    [InlineData("zone-id", "use1-az1", 1)]
    [InlineData("state", "available", 3)]
    [InlineData("region-name", "us-east-1", 3)]
    [InlineData("group-name", "us-east-1-zg-1", 3)]
    [InlineData("group-long-name", "US East*", 3)]
    [InlineData("opt-in-status", "opt-in-not-required", 3)]
    [InlineData("zone-type", "availability-zone", 3)]
    [InlineData("zone-type", "local-zone", 0)]
    [InlineData("parent-zone-name", "*", 0)]
    public void Filters_find_zones(string name, string value, int count) =>
        Assert.Equal(count, Zones(new() { Filters = [Networks.Filter(name, value)] }).Count);

    [Fact]
    public void A_zone_group_is_opted_in_to_and_never_out_of()
    {
        Assert.True(lab.Run((ec2, c) => ec2.ModifyAvailabilityZoneGroup(
            c, new() { GroupName = "us-east-1-zg-1", OptInStatus = "opted-in" })).Return);
        Assert.All(Zones(new()), z => Assert.Equal("opted-in", z.OptInStatus));
        Assert.Equal("UnsupportedOperation", lab.Refused((ec2, c) => ec2.ModifyAvailabilityZoneGroup(
            c, new() { GroupName = "us-east-1-zg-1", OptInStatus = "not-opted-in" })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyAvailabilityZoneGroup(
            c, new() { GroupName = "us-west-2-lax-1", OptInStatus = "opted-in" })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.ModifyAvailabilityZoneGroup(c, new() { OptInStatus = "opted-in" })));
    }

    [Fact]
    public void Regions_that_need_opting_in_are_shown_when_asked_for()
    {
        List<Aws.Region> enabled = Regions(new());
        Assert.Equal(17, enabled.Count);
        Assert.All(enabled, r => Assert.Equal("opt-in-not-required", r.OptInStatus));
        Assert.Contains(enabled, r => r is { RegionName: "eu-west-1", Endpoint: "ec2.eu-west-1.amazonaws.com" });
        List<Aws.Region> all = Regions(new() { AllRegions = true });
        Assert.Contains(all, r => r is { RegionName: "af-south-1", OptInStatus: "not-opted-in" });
        Assert.Equal(["eu-west-1"], Regions(new() { RegionNames = ["eu-west-1"] }).Select(r => r.RegionName!));
        Assert.Equal(
            ["us-east-1", "us-east-2"], Regions(new() { Filters = [Networks.Filter("region-name", "us-east-*")] }).Select(r => r.RegionName!));
        Assert.Single(Regions(new() { Filters = [Networks.Filter("endpoint", "ec2.eu-west-1.amazonaws.com")] }));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeRegions(c, new() { RegionNames = ["mars-1"] })));
    }

    [Theory]
    [InlineData("me-south-1", "opted-in")]
    [InlineData("moon-north-1", "opt-in-not-required")]
    public void The_callers_own_region_is_always_there(string name, string status)
    {
        Lab there = new() { Home = new PartitionKey("000000000000", name) };
        List<Aws.Region> regions = [.. there.Run((ec2, c) => ec2.DescribeRegions(c, new())).Regions!];
        Assert.Equal(status, Assert.Single(regions, r => r.RegionName == name).OptInStatus);
    }

    [Fact]
    public void Account_attributes_tell_the_default_vpc()
    {
        Dictionary<string, string> found = Attributes();
        Assert.Equal(lab.Here.All<Vpc>().Single().Key, found["default-vpc"]);
        Assert.Equal("VPC", found["supported-platforms"]);
        Assert.Equal("5", found["max-elastic-ips"]);
        Assert.Equal(["supported-platforms"], Attributes("supported-platforms").Keys);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeAccountAttributes(c, new() { AttributeNames = ["x"] })));
        lab.Put(lab.Here.All<Vpc>().Single() with { IsDefault = false });
        Assert.Equal("none", Attributes("default-vpc")["default-vpc"]);
    }

    private List<Aws.AvailabilityZone> Zones(Aws.DescribeAvailabilityZonesRequest request) =>
        [.. lab.Run((ec2, c) => ec2.DescribeAvailabilityZones(c, request)).AvailabilityZones!];

    private List<Aws.Region> Regions(Aws.DescribeRegionsRequest request) => [.. lab.Run((ec2, c) =>
        ec2.DescribeRegions(c, request)).Regions!];

    private Dictionary<string, string> Attributes(params string[] names) =>
        lab.Run((ec2, c) => ec2.DescribeAccountAttributes(c, new() { AttributeNames = names })).AccountAttributes!
            .ToDictionary(a => a.AttributeName!, a => a.AttributeValues!.Single().AttributeValue!);
}
