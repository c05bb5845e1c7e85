using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Access scopes as records, and the names of instances and interfaces.</summary>
public sealed class AccessScopeTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_scope_is_kept_as_it_was_asked_and_its_analysis_says_that_it_is_not_answered()
    {
        Aws.CreateNetworkInsightsAccessScopeResult made = lab.Run((ec2, c) => ec2.CreateNetworkInsightsAccessScope(c, new()
        {
            ClientToken = "t",
            MatchPaths =
            [
                new()
                {
                    Source = new() { ResourceStatement = new() { ResourceTypes = ["AWS::EC2::InternetGateway"] } },
                    Destination = new() { PacketHeaderStatement = new() { DestinationPorts = ["22", "8000-8100"], SourceAddresses = ["10.1.2.3/8"], Protocols = ["tcp"] } },
                    ThroughResources = [new() { ResourceStatement = new() { Resources = ["vpc-1"] } }],
                },
            ],
            ExcludePaths = [new() { Source = new() { ResourceStatement = new() { Resources = ["eni-1"] } } }],
        }));
        string id = made.NetworkInsightsAccessScope!.NetworkInsightsAccessScopeId!;
        Assert.Matches("^nis-0[0-9a-f]{16}$", id);
        Aws.NetworkInsightsAccessScopeContent content = lab.Run((ec2, c) => ec2.GetNetworkInsightsAccessScopeContent(
            c, new() { NetworkInsightsAccessScopeId = id })).NetworkInsightsAccessScopeContent!;
        Aws.AccessScopePath path = content.MatchPaths!.Single();
        Assert.Equal(["AWS::EC2::InternetGateway"], path.Source!.ResourceStatement!.ResourceTypes);
        Assert.Equal(["22", "8000-8100"], path.Destination!.PacketHeaderStatement!.DestinationPorts);
        Assert.Equal(["10.0.0.0/8"], path.Destination.PacketHeaderStatement.SourceAddresses);
        Assert.Equal(["vpc-1"], path.ThroughResources!.Single().ResourceStatement!.Resources);
        Assert.Single(content.ExcludePaths!);

        string analysis = lab.Run((ec2, c) => ec2.StartNetworkInsightsAccessScopeAnalysis(
            c, new() { NetworkInsightsAccessScopeId = id, ClientToken = "u" })).NetworkInsightsAccessScopeAnalysis!.NetworkInsightsAccessScopeAnalysisId!;
        Aws.NetworkInsightsAccessScopeAnalysis shown = lab.Run((ec2, c) => ec2.DescribeNetworkInsightsAccessScopeAnalyses(
            c, new() { NetworkInsightsAccessScopeId = id })).NetworkInsightsAccessScopeAnalyses!.Single();
        Assert.Equal((analysis, "failed", "unknown"), (shown.NetworkInsightsAccessScopeAnalysisId, shown.Status, shown.FindingsFound));
        Assert.Empty(lab.Run((ec2, c) => ec2.GetNetworkInsightsAccessScopeAnalysisFindings(
            c, new() { NetworkInsightsAccessScopeAnalysisId = analysis })).AnalysisFindings!);
        Assert.Equal("AnalysisExistsForNetworkInsightsAccessScope", lab.Refused((ec2, c) => ec2.DeleteNetworkInsightsAccessScope(
            c, new() { NetworkInsightsAccessScopeId = id })));
        lab.Run((ec2, c) => ec2.DeleteNetworkInsightsAccessScopeAnalysis(c, new() { NetworkInsightsAccessScopeAnalysisId = analysis }));
        lab.Run((ec2, c) => ec2.DeleteNetworkInsightsAccessScope(c, new() { NetworkInsightsAccessScopeId = id }));
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeNetworkInsightsAccessScopes(c, new())).NetworkInsightsAccessScopes!);
        Assert.Equal("InvalidNetworkInsightsAccessScopeId.NotFound", lab.Refused((ec2, c) => ec2.GetNetworkInsightsAccessScopeContent(
            c, new() { NetworkInsightsAccessScopeId = id })));
    }

    [Theory]
    [InlineData("99999", "10.0.0.0/8", "AWS::EC2::Instance")]
    [InlineData("22", "ten", "AWS::EC2::Instance")]
    [InlineData("22", "10.0.0.0/8", "Instance")]
    public void What_no_path_can_say_is_refused(string port, string block, string type) =>
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateNetworkInsightsAccessScope(c, new()
        {
            ClientToken = "t",
            MatchPaths =
            [
                new()
                {
                    Source = new()
                    {
                        PacketHeaderStatement = new() { SourcePorts = [port], SourceAddresses = [block] },
                        ResourceStatement = new() { ResourceTypes = [type] },
                    },
                },
            ],
        })));

    [Fact]
    public void A_name_after_the_id_needs_a_stopped_instance_and_the_records_do_not()
    {
        string vpc = lab.NewVpc(ipv6: true).VpcId!;
        string subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        (Instance running, NetworkInterface eni) = lab.NewInstance(subnet, "10.0.1.10");
        Assert.Equal("IncorrectInstanceState", lab.Refused((ec2, c) => ec2.ModifyPrivateDnsNameOptions(
            c, new() { InstanceId = running.Key, PrivateDnsHostnameType = "resource-name" })));
        lab.Run((ec2, c) => ec2.ModifyPrivateDnsNameOptions(c, new() { InstanceId = running.Key, EnableResourceNameDnsARecord = true }));
        Assert.True(lab.Here.Get(running.Id).ResourceNameDnsA);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyPrivateDnsNameOptions(
            c, new() { InstanceId = running.Key, EnableResourceNameDnsAAAARecord = true })));
        (Instance stopped, _) = lab.NewInstance(subnet, "10.0.1.11", state: InstanceState.Stopped);
        lab.Run((ec2, c) => ec2.ModifyPrivateDnsNameOptions(c, new() { InstanceId = stopped.Key, PrivateDnsHostnameType = "resource-name" }));
        Assert.Equal("resource-name", lab.Here.Get(stopped.Id).HostnameType);

        lab.Run((ec2, c) => ec2.ModifyPublicIpDnsNameOptions(c, new() { NetworkInterfaceId = eni.Key, HostnameType = "public-ipv4-dns-name" }));
        Assert.Equal("public-ipv4-dns-name", lab.DescribedEni(eni.Key).PublicIpDnsNameOptions!.DnsHostnameType);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyPublicIpDnsNameOptions(
            c, new() { NetworkInterfaceId = eni.Key, HostnameType = "public-ipv6-dns-name" })));
    }
}
