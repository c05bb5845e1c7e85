using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Short ways to launch instances and to look at them.</summary>
internal static class Launches
{
    public const string Image = "ami-0123456789abcdef0";

    public static Aws.RunInstancesRequest Ask(string? subnet = null, string type = "t3.micro", int count = 1) => new()
    {
        ImageId = Image,
        InstanceType = type,
        SubnetId = subnet,
        MinCount = count,
        MaxCount = count,
    };

    public static Aws.Reservation Launch(this Lab lab, Aws.RunInstancesRequest request) => lab.Run((ec2, c) => ec2.RunInstances(c, request));

    public static Aws.Instance LaunchOne(this Lab lab, Aws.RunInstancesRequest request) => lab.Launch(request).Instances!.Single();

    public static string LaunchFault(this Lab lab, Aws.RunInstancesRequest request) => lab.Refused((ec2, c) => ec2.RunInstances(c, request));

    /// <summary>An instance as a describe shows it.</summary>
    public static Aws.Instance DescribedInstance(this Lab lab, string id) => lab.DescribedInstances(new() { InstanceIds = [id] }).Single();

    public static List<Aws.Instance> DescribedInstances(this Lab lab, Aws.DescribeInstancesRequest request) =>
        [.. lab.Run((ec2, c) => ec2.DescribeInstances(c, request)).Reservations!.SelectMany(r => r.Instances!)];

    /// <summary>A VPC 10.0.0.0/16 with an internet gateway and the subnet 10.0.1.0/24.</summary>
    public static (string Vpc, string Subnet) NewNetwork(this Lab lab, bool publicIps = false, bool names = false)
    {
        string vpc = lab.NewVpc().VpcId!;
        lab.NewGateway(vpc);
        string subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        lab.Put(lab.Here.Get(new Id<Subnet>(subnet)) with { MapPublicIpOnLaunch = publicIps });
        lab.Put(lab.Here.Get(new Id<Vpc>(vpc)) with { EnableDnsHostnames = names });
        return (vpc, subnet);
    }

    public static Aws.InstanceNetworkInterfaceSpecification Spec(int index, string? subnet = null, string? eni = null) =>
        new() { DeviceIndex = index, SubnetId = subnet, NetworkInterfaceId = eni };
}
