using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Short ways to what most tests begin with.</summary>
internal static class Networks
{
    public static Aws.Vpc NewVpc(this Lab lab, string cidr = "10.0.0.0/16", bool ipv6 = false) =>
        lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = cidr, AmazonProvidedIpv6CidrBlock = ipv6 })).Vpc!;

    public static Aws.Subnet NewSubnet(this Lab lab, string vpc, string cidr, string? ipv6 = null) =>
        lab.Run((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = vpc, CidrBlock = cidr, Ipv6CidrBlock = ipv6 })).Subnet!;

    public static Aws.Vpc Described(this Lab lab, string vpc) =>
        lab.Run((ec2, c) => ec2.DescribeVpcs(c, new() { VpcIds = [vpc] })).Vpcs!.Single();

    public static Aws.Subnet DescribedSubnet(this Lab lab, string subnet) =>
        lab.Run((ec2, c) => ec2.DescribeSubnets(c, new() { SubnetIds = [subnet] })).Subnets!.Single();

    /// <summary>An interface put into a subnet without the operation that makes one.</summary>
    public static NetworkInterface NewInterface(this Lab lab, string subnet, string address, string? publicIp = null, string? ipv6 = null)
    {
        Subnet row = lab.Here.Get(new Id<Subnet>(subnet));
        return lab.Put(new NetworkInterface
        {
            Id = new(lab.Context().NewId(NetworkInterface.IdPrefix)),
            SubnetId = row.Id,
            VpcId = row.VpcId,
            MacAddress = "02:00:00:00:00:01",
            PrivateAddresses = [new InterfaceAddress(IpAddress.Parse(address), publicIp is null ? null : IpAddress.Parse(publicIp))],
            Ipv6Addresses = ipv6 is null ? [] : [IpAddress.Parse(ipv6)],
        });
    }

    public static RouteTable MainTable(this Lab lab, string vpc) => lab.Here.By<RouteTable>(vpc).Single(t => t.IsMain);

    public static NetworkAcl DefaultAcl(this Lab lab, string vpc) => lab.Here.By<NetworkAcl>(vpc).Single(a => a.IsDefault);

    public static SecurityGroup DefaultGroup(this Lab lab, string vpc) =>
        lab.Here.By<SecurityGroup>(SecurityGroup.NameWord(new Id<Vpc>(vpc), "default")).Single();

    public static Aws.Filter Filter(string name, params string[] values) => new() { Name = name, Values = values };
}
