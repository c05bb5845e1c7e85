namespace Trunkline.Load;

/// <summary>One measured operation. Each has a region of its own, so that none slows another.</summary>
/// <param name="Prepare">Makes what the operation needs, then gives the n-th request.</param>
internal sealed record Scenario(string Name, Func<int, Task<Func<long, byte[]>>> Prepare);

internal static class Scenarios
{
    /// <summary>Rules are spread over this many groups: AWS allows 60 in one unless asked for more.</summary>
    private const int Groups = 1000;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("CreateVpc", port => Same("eu-west-1", "Action=CreateVpc&CidrBlock=10.0.0.0/16")),
        new("DescribeVpcs at 1,000 VPCs", DescribeVpcs),
        new("RunInstances", RunInstances),
        new("DescribeInstances at 1,000 instances", DescribeInstances),
        new("AuthorizeSecurityGroupIngress", Authorize),
    ];

    private static Task<Func<long, byte[]>> Same(string region, string parameters)
    {
        byte[] request = Requests.Of(region, parameters);
        return Task.FromResult<Func<long, byte[]>>(_ => request);
    }

    private static async Task<Func<long, byte[]>> DescribeVpcs(int port)
    {
        for (int i = 1; i < 1000; i++)
        {
            await Requests.Once(port, "eu-west-2", "Action=CreateVpc&CidrBlock=10.0.0.0/16", "<vpcId>(vpc-[0-9a-f]+)<");
        }

        return await Same("eu-west-2", "Action=DescribeVpcs");
    }

    private static async Task<Func<long, byte[]>> RunInstances(int port) =>
        await Same("eu-west-3", await Launch(port, "eu-west-3") + "&MinCount=1&MaxCount=1");

    private static async Task<Func<long, byte[]>> DescribeInstances(int port)
    {
        string launch = await Launch(port, "us-west-1");
        for (int i = 0; i < 10; i++)
        {
            await Requests.Once(port, "us-west-1", launch + "&MinCount=100&MaxCount=100", "<instanceId>(i-[0-9a-f]+)<");
        }

        return await Same("us-west-1", "Action=DescribeInstances");
    }

    /// <summary>RunInstances into a new subnet of 65,531 addresses, without the counts.</summary>
    private static async Task<string> Launch(int port, string region)
    {
        string vpc = await Requests.Once(port, region, "Action=CreateVpc&CidrBlock=10.0.0.0/16", "<vpcId>(vpc-[0-9a-f]+)<");
        string subnet = await Requests.Once(
            port, region, $"Action=CreateSubnet&CidrBlock=10.0.0.0/16&VpcId={vpc}", "<subnetId>(subnet-[0-9a-f]+)<");
        string image = await Requests.Once(
            port, region, "Action=DescribeImages&Owner.1=amazon&Filter.1.Name=architecture&Filter.1.Value.1=x86_64", "<imageId>(ami-[0-9a-f]+)<");
        return $"Action=RunInstances&ImageId={image}&InstanceType=t3.micro&SubnetId={subnet}";
    }

    private static async Task<Func<long, byte[]>> Authorize(int port)
    {
        const string region = "us-west-2";
        string vpc = await Requests.Once(port, region, "Action=CreateVpc&CidrBlock=10.0.0.0/16", "<vpcId>(vpc-[0-9a-f]+)<");
        string[] groups = new string[Groups];
        for (int i = 0; i < Groups; i++)
        {
            groups[i] = await Requests.Once(
                port, region, $"Action=CreateSecurityGroup&GroupName=g{i}&GroupDescription=bench&VpcId={vpc}", "<groupId>(sg-[0-9a-f]+)<");
        }

        return n => Requests.Of(
            region,
            $"Action=AuthorizeSecurityGroupIngress&GroupId={groups[n % Groups]}&IpPermissions.1.IpProtocol=tcp"
            + $"&IpPermissions.1.FromPort={n / Groups % 65000}&IpPermissions.1.ToPort={n / Groups % 65000}"
            + "&IpPermissions.1.IpRanges.1.CidrIp=192.0.2.0/24");
    }
}
