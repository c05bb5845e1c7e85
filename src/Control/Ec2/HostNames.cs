using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>The DNS names that AWS makes of addresses. Source: AWS, "EC2 instance hostnames" and "DNS attributes for your VPC".</summary>
public static class HostNames
{
    /// <summary><c>ip-10-0-1-171.ec2.internal</c></summary>
    public static string Private(string region, IpAddress address) =>
        $"ip-{Dashed(address)}.{Regions.InternalDomain(region)}";

    /// <summary><c>i-0123456789abcdef0.ec2.internal</c>: instances that are named after their id.</summary>
    public static string Resource(string region, string instanceId) => $"{instanceId}.{Regions.InternalDomain(region)}";

    /// <summary><c>ec2-3-80-1-2.compute-1.amazonaws.com</c></summary>
    public static string Public(string region, IpAddress address) =>
        $"ec2-{Dashed(address)}.{Regions.PublicDomain(region)}";

    private static string Dashed(IpAddress address) => address.ToString().Replace('.', '-');
}
