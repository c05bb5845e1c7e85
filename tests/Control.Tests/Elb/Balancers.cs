using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Elb;
using Trunkline.Tests.Control.Ec2;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Tests.Control.Elb;

/// <summary>A VPC with three subnets in three zones, and short ways to load balancers in it.</summary>
public sealed class Balancers
{
    public Balancers(bool gateway = true)
    {
        Vpc = Lab.NewVpc().VpcId!;
        if (gateway)
        {
            Lab.NewGateway(Vpc);
        }

        Subnets = [.. new[] { "a", "b", "c" }.Select((zone, i) => Lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = Vpc, CidrBlock = $"10.0.{i + 1}.0/24", AvailabilityZone = "us-east-1" + zone })).Subnet!.SubnetId!)];
        Group = Lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { VpcId = Vpc, GroupName = "web", Description = "web" })).GroupId!;
    }

    public Lab Lab { get; } = new();

    public ElbService Elb { get; } = new();

    public string Vpc { get; }

    public string[] Subnets { get; }

    public string Group { get; }

    public static AwsElb.Listener Http { get; } = new() { Protocol = "http", LoadBalancerPort = 80, InstancePort = 8080 };

    public AwsElb.CreateAccessPointInput Ask(string name = "web", params string[] subnets) => new()
    {
        LoadBalancerName = name,
        Listeners = [Http],
        Subnets = subnets.Length == 0 ? Subnets[..2] : subnets,
        SecurityGroups = [Group],
    };

    public string New(AwsElb.CreateAccessPointInput? ask = null) => Lab.Do(c => Elb.CreateLoadBalancer(c, ask ?? Ask())).DNSName!;

    public string Refused(AwsElb.CreateAccessPointInput ask) => Lab.DoRefused(c => Elb.CreateLoadBalancer(c, ask));

    public AwsElb.LoadBalancerDescription Described(string name = "web") =>
        Lab.Do(c => Elb.DescribeLoadBalancers(c, new() { LoadBalancerNames = [name] })).LoadBalancerDescriptions!.Single();

    /// <summary>A row of a certificate that nothing was uploaded for; returns its ARN.</summary>
    public string NewCertificate(string name = "cert")
    {
        ServerCertificate certificate = Lab.Put(new ServerCertificate
        {
            Name = name,
            CertificateId = "ASCA" + name,
            Body = "-",
            UploadDate = Lab.Now,
            Expiration = Lab.Now.AddYears(1),
        });
        return certificate.ArnIn("000000000000");
    }

    public string NewInstance(string subnet) => Lab.LaunchOne(Launches.Ask(subnet) with { SecurityGroupIds = [Group] }).InstanceId!;

    public void Open(int from, int to) => Lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
    {
        GroupId = Group,
        IpPermissions = [new() { IpProtocol = "tcp", FromPort = from, ToPort = to, IpRanges = [new() { CidrIp = "0.0.0.0/0" }] }],
    }));
}
