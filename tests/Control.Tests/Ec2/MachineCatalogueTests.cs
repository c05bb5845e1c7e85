namespace Trunkline.Tests.Control.Ec2;

public sealed class MachineCatalogueTests
{
    private readonly Lab lab = new();

    [Theory]
    [InlineData("t3.micro", 2, 1024, 2, 2)]
    [InlineData("m5.large", 2, 8192, 3, 10)]
    [InlineData("c5n.18xlarge", 72, 196608, 15, 50)]
    [InlineData("t4g.nano", 2, 512, 2, 2)]
    public void Types_have_what_AWS_says_of_them(string name, int cpus, long memory, int interfaces, int addresses)
    {
        Aws.InstanceTypeInfo type = lab.Run((ec2, c) => ec2.DescribeInstanceTypes(c, new() { InstanceTypes = [name] })).InstanceTypes!.Single();
        Assert.Equal((cpus, memory), (type.VCpuInfo!.DefaultVCpus!.Value, type.MemoryInfo!.SizeInMiB!.Value));
        Assert.Equal(
            (interfaces, addresses), (type.NetworkInfo!.MaximumNetworkInterfaces!.Value, type.NetworkInfo.Ipv4AddressesPerInterface!.Value));
    }

    [Fact]
    public void Every_type_is_given_once_over_the_pages()
    {
        List<string> seen = [];
        string? token = null;
        do
        {
            Aws.DescribeInstanceTypesResult page = lab.Run((ec2, c) => ec2.DescribeInstanceTypes(c, new() { MaxResults = 50, NextToken = token }));
            seen.AddRange(page.InstanceTypes!.Select(t => t.InstanceType!));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.True(seen.Count > 100);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.All(seen, name => Assert.Equal("running", lab.DescribedInstance(lab.LaunchOne(Launches.Ask(type: name)).InstanceId!).State!.Name));
    }

    [Fact]
    public void Unknown_types_are_named()
    {
        Assert.Equal("InvalidInstanceType", lab.Refused((ec2, c) => ec2.DescribeInstanceTypes(c, new() { InstanceTypes = ["t9.huge"] })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeInstanceTypes(c, new() { MaxResults = 101 })));
    }

    [Fact]
    public void Types_are_filtered_and_offered_in_every_zone()
    {
        Aws.Filter[] filters = [Networks.Filter("processor-info.supported-architecture", "arm64"), Networks.Filter("burstable-performance-supported", "true")];
        Assert.All(
            lab.Run((ec2, c) => ec2.DescribeInstanceTypes(c, new() { Filters = filters })).InstanceTypes!,
            t => Assert.StartsWith("t4g.", t.InstanceType, StringComparison.Ordinal));
        Assert.Equal(
            ["us-east-1a", "us-east-1b", "us-east-1c"],
            lab.Run((ec2, c) => ec2.DescribeInstanceTypeOfferings(c, new()
            {
                LocationType = "availability-zone",
                Filters = [Networks.Filter("instance-type", "t3.micro")],
            })).InstanceTypeOfferings!.Select(o => o.Location!));
    }

    [Theory]
    [InlineData("amazon", "al2023-ami-2023.*-x86_64")]
    [InlineData("amazon", "amzn2-ami-hvm-*-x86_64-gp2")]
    [InlineData("099720109477", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*")]
    [InlineData("099720109477", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*")]
    [InlineData("136693071363", "debian-12-amd64-*")]
    [InlineData("amazon", "Windows_Server-2022-English-Full-Base-*")]
    [InlineData("amazon", "amzn-ami-vpc-nat-*")]
    public void The_names_that_configurations_look_for_are_there(string owner, string name)
    {
        Aws.Image image = lab.Run((ec2, c) => ec2.DescribeImages(c, new() { Owners = [owner], Filters = [Networks.Filter("name", name)] })).Images!.Single();
        Assert.Matches("^ami-0[0-9a-f]{16}$", image.ImageId);
        Lab elsewhere = new() { Home = new("000000000000", "eu-west-1") };
        Assert.NotEqual(image.ImageId, elsewhere.Run((ec2, c) => ec2.DescribeImages(
            c, new() { Owners = [owner], Filters = [Networks.Filter("name", name)] })).Images!.Single().ImageId);
    }

    [Fact]
    public void An_id_that_the_catalogue_does_not_have_is_taken_for_a_linux_image()
    {
        Aws.Image image = lab.Run((ec2, c) => ec2.DescribeImages(c, new() { ImageIds = [Launches.Image] })).Images!.Single();
        Assert.Equal(("/dev/xvda", "Linux/UNIX"), (image.RootDeviceName, image.PlatformDetails));
        Assert.Equal("InvalidAMIID.Malformed", lab.Refused((ec2, c) => ec2.DescribeImages(c, new() { ImageIds = ["ami-"] })));
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeImages(c, new() { Owners = ["self"] })).Images!);
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeImages(c, new() { Filters = [Networks.Filter("tag:a", "b")] })).Images!);
    }
}
