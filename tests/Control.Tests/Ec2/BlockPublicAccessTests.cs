using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Block public access: modes, exclusions, and what they come to for a subnet.</summary>
public sealed class BlockPublicAccessTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;

    public BlockPublicAccessTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
    }

    [Fact]
    public void Off_until_it_is_changed()
    {
        Aws.VpcBlockPublicAccessOptions options = Options();
        Assert.Equal(("default-state", "off", "account", "allowed"), (options.State, options.InternetGatewayBlockMode, options.ManagedBy, options.ExclusionsAllowed));
        Assert.Null(options.LastUpdateTimestamp);
        Assert.Equal("update-in-progress", Mode("block-ingress").State);
        options = Options();
        Assert.Equal(("update-complete", "block-ingress", lab.Now), (options.State, options.InternetGatewayBlockMode, options.LastUpdateTimestamp!.Value));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyVpcBlockPublicAccessOptions(c, new() { InternetGatewayBlockMode = "block" })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.ModifyVpcBlockPublicAccessOptions(c, new())));
    }

    [Fact]
    public void Exclusions_are_made_changed_listed_and_deleted()
    {
        Aws.VpcBlockPublicAccessExclusion made = Exclude(new() { VpcId = vpc, InternetGatewayExclusionMode = "allow-bidirectional" });
        Assert.Equal(("create-in-progress", $"arn:aws:ec2:us-east-1:000000000000:vpc/{vpc}"), (made.State, made.ResourceArn));
        Assert.Matches("^vpcbpa-exclude-0[0-9a-f]{16}$", made.ExclusionId!);
        Assert.Equal("create-complete", Listed(new()).Single().State);
        lab.Run((ec2, c) => ec2.ModifyVpcBlockPublicAccessExclusion(c, new() { ExclusionId = made.ExclusionId, InternetGatewayExclusionMode = "allow-egress" }));
        Aws.VpcBlockPublicAccessExclusion changed = Listed(new() { Filters = [Networks.Filter("internet-gateway-exclusion-mode", "allow-egress")] }).Single();
        Assert.Equal("update-complete", changed.State);
        Exclude(new() { SubnetId = subnet, InternetGatewayExclusionMode = "allow-egress" });
        Assert.Equal(2, Listed(new()).Count);
        Assert.Equal("delete-in-progress", lab.Run((ec2, c) => ec2.DeleteVpcBlockPublicAccessExclusion(
            c, new() { ExclusionId = made.ExclusionId })).VpcBlockPublicAccessExclusion!.State);
        Assert.Equal("InvalidVpcBlockPublicAccessExclusionId.NotFound", lab.Refused((ec2, c) => ec2.DescribeVpcBlockPublicAccessExclusions(
            c, new() { ExclusionIds = [made.ExclusionId!] })));
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        Assert.Empty(Listed(new()));
    }

    [Fact]
    public void An_exclusion_is_of_one_VPC_or_one_subnet()
    {
        Exclude(new() { VpcId = vpc, InternetGatewayExclusionMode = "allow-egress" });
        (string Code, Aws.CreateVpcBlockPublicAccessExclusionRequest Request)[] table =
        [
            ("MissingParameter", new() { InternetGatewayExclusionMode = "allow-egress" }),
            ("MissingParameter", new() { VpcId = vpc }),
            ("InvalidParameterCombination", new() { VpcId = vpc, SubnetId = subnet, InternetGatewayExclusionMode = "allow-egress" }),
            ("InvalidParameterValue", new() { VpcId = vpc, InternetGatewayExclusionMode = "off" }),
            ("InvalidVpcID.NotFound", new() { VpcId = "vpc-0000000000000dead", InternetGatewayExclusionMode = "allow-egress" }),
            ("VpcBlockPublicAccessExclusionAlreadyExists", new() { VpcId = vpc, InternetGatewayExclusionMode = "allow-egress" }),
        ];
        foreach ((string code, Aws.CreateVpcBlockPublicAccessExclusionRequest request) in table)
        {
            Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateVpcBlockPublicAccessExclusion(c, request)));
        }
    }

    [Fact]
    public void Rule043_fifty_exclusions_a_region()
    {
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 0; i < 50; i++)
        {
            string one = lab.NewSubnet(vpc, $"10.0.{i + 100}.0/24").SubnetId!;
            Exclude(new() { SubnetId = one, InternetGatewayExclusionMode = "allow-egress" });
        }

        Assert.Equal("VpcBlockPublicAccessExclusionLimitExceeded", lab.Refused((ec2, c) => ec2.CreateVpcBlockPublicAccessExclusion(
            c, new() { SubnetId = subnet, InternetGatewayExclusionMode = "allow-egress" })));
    }

    [Theory]
    [InlineData("off", null, null, PublicAccess.Open)]
    [InlineData("block-ingress", null, null, PublicAccess.EgressOnly)]
    [InlineData("block-bidirectional", null, null, PublicAccess.Closed)]
    [InlineData("block-bidirectional", "allow-egress", null, PublicAccess.EgressOnly)]
    [InlineData("block-bidirectional", "allow-bidirectional", null, PublicAccess.Open)]
    [InlineData("block-ingress", "allow-egress", null, PublicAccess.EgressOnly)]
    [InlineData("block-ingress", "allow-bidirectional", null, PublicAccess.Open)]
    [InlineData("block-bidirectional", "allow-egress", "allow-bidirectional", PublicAccess.Open)]
    [InlineData("block-bidirectional", "allow-bidirectional", "allow-egress", PublicAccess.EgressOnly)]
    public void Rule043_a_mode_and_its_exclusions(string mode, string? ofVpc, string? ofSubnet, PublicAccess wanted)
    {
        Mode(mode);
        if (ofVpc is not null)
        {
            Exclude(new() { VpcId = vpc, InternetGatewayExclusionMode = ofVpc });
        }

        if (ofSubnet is not null)
        {
            Exclude(new() { SubnetId = subnet, InternetGatewayExclusionMode = ofSubnet });
        }

        Assert.Equal(wanted, BlockPublicAccess.Of(lab.Here, new(subnet), new(vpc)).Access);
    }

    private Aws.VpcBlockPublicAccessOptions Options() =>
        lab.Run((ec2, c) => ec2.DescribeVpcBlockPublicAccessOptions(c, new())).VpcBlockPublicAccessOptions!;

    private Aws.VpcBlockPublicAccessOptions Mode(string mode) =>
        lab.Run((ec2, c) => ec2.ModifyVpcBlockPublicAccessOptions(c, new() { InternetGatewayBlockMode = mode })).VpcBlockPublicAccessOptions!;

    private Aws.VpcBlockPublicAccessExclusion Exclude(Aws.CreateVpcBlockPublicAccessExclusionRequest request) =>
        lab.Run((ec2, c) => ec2.CreateVpcBlockPublicAccessExclusion(c, request)).VpcBlockPublicAccessExclusion!;

    private IReadOnlyList<Aws.VpcBlockPublicAccessExclusion> Listed(Aws.DescribeVpcBlockPublicAccessExclusionsRequest request) =>
        lab.Run((ec2, c) => ec2.DescribeVpcBlockPublicAccessExclusions(c, request)).VpcBlockPublicAccessExclusions!;
}
