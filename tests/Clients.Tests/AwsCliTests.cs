using System.Text.Json.Nodes;

namespace Trunkline.Tests.Clients;

/// <summary>The AWS CLI, unchanged but for the endpoint.</summary>
public sealed class AwsCliTests(SharedServer server)
{
    private const string Account = "300000000001";

    [Fact]
    public async Task The_default_vpc_is_in_three_regions_and_two_accounts()
    {
        await Programs.Need("the AWS CLI", "aws", "--version");
        HashSet<string> ids = [];
        foreach (string account in (string[])["300000000002", "300000000003"])
        {
            foreach (string region in (string[])["us-east-1", "eu-central-1", "ap-southeast-2"])
            {
                JsonNode vpc = Assert.Single((await Json(account, region, "describe-vpcs"))["Vpcs"]!.AsArray())!;
                Assert.Equal("172.31.0.0/16", (string)vpc["CidrBlock"]!);
                Assert.Equal(account, (string)vpc["OwnerId"]!);
                Assert.True((bool)vpc["IsDefault"]!);
                ids.Add((string)vpc["VpcId"]!);
            }
        }

        Assert.Equal(6, ids.Count);
    }

    [Fact]
    public async Task An_operation_that_is_not_served_is_refused_by_name()
    {
        await Programs.Need("the AWS CLI", "aws", "--version");
        Ended ended = await Cli(Account, "us-east-1", "describe-fleets");
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("(UnsupportedOperation)", ended.Error, StringComparison.Ordinal);
        Assert.Contains("DescribeFleets", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exported_routes_are_copied_from_their_bucket()
    {
        await Programs.Need("the AWS CLI", "aws", "--version");
        JsonNode made = await Json("300000000011", "us-east-1", "create-transit-gateway");
        string table = (string)made["TransitGateway"]!["Options"]!["AssociationDefaultRouteTableId"]!;
        JsonNode exported = await Json(
            "300000000011", "us-east-1", "export-transit-gateway-routes", "--transit-gateway-route-table-id", table, "--s3-bucket", "my-routes");
        string place = (string)exported["S3Location"]!;
        Dictionary<string, string> at = Programs.Aws(server.Url, "300000000011", "us-east-1");
        Ended copied = await Programs.Run("aws", at, "s3", "cp", place, "-");
        Assert.True(copied.ExitCode == 0, copied.ToString());
        Assert.NotNull(JsonNode.Parse(copied.Output)!["routes"]);
        Ended listed = await Programs.Run("aws", at, "s3", "ls", "s3://my-routes", "--recursive");
        Assert.Contains(place["s3://my-routes/".Length..], listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_answers_and_changes_nothing()
    {
        await Programs.Need("the AWS CLI", "aws", "--version");
        Ended ended = await Cli("300000000004", "us-east-1", "create-vpc", "--cidr-block", "10.0.0.0/16", "--dry-run");
        Assert.Contains("(DryRunOperation)", ended.Error, StringComparison.Ordinal);
        Assert.Single((await Json("300000000004", "us-east-1", "describe-vpcs"))["Vpcs"]!.AsArray());
    }

    [Fact]
    public async Task What_the_command_line_made_is_there_after_a_restart()
    {
        await Programs.Need("the AWS CLI", "aws", "--version");
        string data = Directory.CreateTempSubdirectory("trunkline-restart-").FullName;
        try
        {
            Ended before;
            using (ServerProcess first = await ServerProcess.Start(data))
            {
                Dictionary<string, string> at = Programs.Aws(first.Url, Account, "us-east-1");
                Ended made = await Programs.Run(
                    "aws", at, "ec2", "create-vpc", "--cidr-block", "10.7.0.0/16", "--tag-specifications",
                    "ResourceType=vpc,Tags=[{Key=Name,Value=\"kept <&>\"}]");
                Assert.True(made.ExitCode == 0, made.ToString());
                before = await Programs.Run("aws", at, "ec2", "describe-vpcs");
                Assert.Contains("10.7.0.0/16", before.Output, StringComparison.Ordinal);
            }

            using ServerProcess second = await ServerProcess.Start(data);
            Ended after = await Programs.Run("aws", Programs.Aws(second.Url, Account, "us-east-1"), "ec2", "describe-vpcs");
            Assert.Equal(before.Output, after.Output);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private async Task<JsonNode> Json(string account, string region, params string[] arguments)
    {
        Ended ended = await Cli(account, region, arguments);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        return JsonNode.Parse(ended.Output)!;
    }

    private Task<Ended> Cli(string account, string region, params string[] arguments) =>
        Programs.Run("aws", Programs.Aws(server.Url, account, region), ["ec2", .. arguments, "--output", "json"]);
}
