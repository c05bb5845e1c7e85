using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Machines;

/// <summary>The addresses at which a VPC's own services answer. Source: AWS, "Understanding Amazon DNS", "Instance metadata", rule 24.</summary>
public static class ServiceAddresses
{
    /// <summary>Instance metadata.</summary>
    public static readonly IpAddress Metadata = IpAddress.Parse("169.254.169.254");
    public static readonly IpAddress Metadata6 = IpAddress.Parse("fd00:ec2::254");

    /// <summary>The Amazon DNS server.</summary>
    public static readonly IpAddress Resolver = IpAddress.Parse("169.254.169.253");
    public static readonly IpAddress Resolver6 = IpAddress.Parse("fd00:ec2::253");

    /// <summary>The Amazon Time Sync Service.</summary>
    public static readonly IpAddress Time = IpAddress.Parse("169.254.169.123");

    /// <summary>The resolver's address inside a VPC: the base of the primary block plus two.</summary>
    public static IpAddress ResolverOf(Vpc vpc) => vpc.PrimaryCidr.First.Plus(2);

    /// <summary>The router's address in a subnet: the base of its block plus one; DHCP answers there.</summary>
    public static IpAddress? RouterOf(Subnet subnet) => subnet.Cidr?.First.Plus(1);
}
