namespace Trunkline.Addressing;

/// <summary>Blocks with a meaning of their own in AWS networking.</summary>
public static class WellKnown
{
    /// <summary>RFC 1918 private blocks: never cross an internet gateway.</summary>
    public static readonly Prefix Ten = Prefix.Parse("10.0.0.0/8");
    public static readonly Prefix OneSevenTwo = Prefix.Parse("172.16.0.0/12");
    public static readonly Prefix OneNineTwo = Prefix.Parse("192.168.0.0/16");

    /// <summary>RFC 6598 shared address space: never crosses an internet gateway.</summary>
    public static readonly Prefix Shared = Prefix.Parse("100.64.0.0/10");

    /// <summary>RFC 3927 link-local.</summary>
    public static readonly Prefix LinkLocalV4 = Prefix.Parse("169.254.0.0/16");

    /// <summary>Ranges AWS keeps for its own services; a route equal to or inside them is refused (VPC user guide, route tables).</summary>
    public static readonly Prefix AwsReservedV4 = Prefix.Parse("169.254.168.0/22");
    public static readonly Prefix AwsReservedV6 = Prefix.Parse("fd00:ec2::/32");

    /// <summary>RFC 2544 benchmarking block that AWS restricts as a secondary CIDR.</summary>
    public static readonly Prefix Benchmarking19 = Prefix.Parse("198.19.0.0/16");

    public static bool IsRfc1918(IpAddress address) =>
        Ten.Contains(address) || OneSevenTwo.Contains(address) || OneNineTwo.Contains(address);

    public static bool IsRfc6598(IpAddress address) => Shared.Contains(address);
}
