using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>The names that Amazon's DNS gives instances and addresses. Source: AWS, "EC2 instance hostnames and domains".</summary>
internal static class DnsNames
{
    /// <summary><c>ip-10-0-1-171.ec2.internal</c>; <c>.REGION.compute.internal</c> outside us-east-1.</summary>
    public static string OfPrivate(string region, IpAddress address)
    {
        uint b = address.V4Bits;
        return string.Create(
            CultureInfo.InvariantCulture, $"ip-{b >> 24}-{(b >> 16) & 255}-{(b >> 8) & 255}-{b & 255}.{Regions.InternalDomain(region)}");
    }

    /// <summary><c>i-0123….ec2.internal</c>, for instances that are named by their id.</summary>
    public static string OfResource(string region, string instanceId) => $"{instanceId}.{Regions.InternalDomain(region)}";

    /// <summary><c>ec2-3-80-1-2.compute-1.amazonaws.com</c>; <c>.REGION.compute.amazonaws.com</c> outside us-east-1.</summary>
    public static string OfPublic(string region, IpAddress address)
    {
        uint b = address.V4Bits;
        return string.Create(
            CultureInfo.InvariantCulture, $"ec2-{b >> 24}-{(b >> 16) & 255}-{(b >> 8) & 255}-{b & 255}.{Regions.PublicDomain(region)}");
    }

    /// <summary>Whether a VPC's addresses have names: it takes both attributes (rule 40).</summary>
    public static bool HasNames(Vpc? vpc) => vpc is { EnableDnsHostnames: true, EnableDnsSupport: true };
}
