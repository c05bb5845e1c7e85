using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Trunkline.Cloud;

/// <summary>One name of an endpoint.</summary>
/// <param name="Name">May begin with <c>*.</c>: it then stands for all below it.</param>
/// <param name="HostedZoneId">The zone that an alias to the name gives as its target's.</param>
/// <param name="Zone">The one zone whose interface answers; null for all of them.</param>
/// <param name="IsPrivate">Known inside the endpoint's VPC only; the others are public names of private addresses.</param>
public sealed record VpcEndpointName(string Name, string HostedZoneId, string? Zone, bool IsPrivate);

/// <summary>
/// The names of interface endpoints; gateway and Gateway Load Balancer endpoints have none. Source: AWS PrivateLink, "Access an AWS service
/// using an interface VPC endpoint", "Manage DNS names for VPC endpoint services".
/// </summary>
public static class VpcEndpointNames
{
    /// <summary>The public zones that hold the endpoints' own names, where they are well known.</summary>
    private static readonly FrozenDictionary<string, string> KnownZones = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["eu-central-1"] = "Z273ZU8SZ5RJPC",
        ["eu-west-1"] = "Z38GZ743OKFT7T",
        ["us-east-1"] = "Z7HUB22UULQXV",
        ["us-east-2"] = "ZC8PG0KIFKBRI",
        ["us-west-1"] = "Z12I86A8N7VCZO",
        ["us-west-2"] = "Z1YSA3EXCYUU9Z",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names in the order in which AWS lists them: the endpoint's own, one a zone, the service's private ones where they are on.</summary>
    public static ImmutableArray<VpcEndpointName> Of(CloudSnapshot cloud, VpcEndpoint endpoint)
    {
        if (endpoint.Type != VpcEndpointType.Interface)
        {
            return [];
        }

        string first = $"{endpoint.Id}-{endpoint.DnsSuffix}";
        AwsService? aws = endpoint.ServiceId is null ? AwsServices.Named(endpoint.ServiceName) : null;
        string label = endpoint.ServiceId?.Value ?? aws?.DnsLabel ?? "";
        string last = $"{label}.{endpoint.ServiceRegion}.vpce.amazonaws.com";

        // S3 takes buckets as names below the endpoint's.
        string before = aws?.Short == "s3" ? "*." : "";
        string zoneId = ZoneIdOf(endpoint.ServiceRegion);
        ImmutableArray<VpcEndpointName>.Builder names = ImmutableArray.CreateBuilder<VpcEndpointName>();
        names.Add(new VpcEndpointName($"{before}{first}.{last}", zoneId, null, IsPrivate: false));
        foreach (VpcEndpointSubnet subnet in endpoint.Subnets)
        {
            names.Add(new VpcEndpointName($"{before}{first}-{subnet.Zone}.{last}", zoneId, subnet.Zone, IsPrivate: false));
        }

        if (endpoint.PrivateDnsEnabled)
        {
            foreach (string name in PrivateNamesOf(cloud, endpoint))
            {
                names.Add(new VpcEndpointName(name, endpoint.PrivateZoneId ?? "", null, IsPrivate: true));
            }
        }

        return names.DrainToImmutable();
    }

    /// <summary>The private names that the endpoint's service has, whether or not the endpoint uses them; none while a name is not verified.</summary>
    public static ImmutableArray<string> PrivateNamesOf(CloudSnapshot cloud, VpcEndpoint endpoint)
    {
        if (endpoint.ServiceId is not { } id)
        {
            return AwsServices.Named(endpoint.ServiceName)?.PrivateNames ?? [];
        }

        return endpoint.ServiceOwner is { } owner
            && cloud.Partition(owner).Find(id)?.PrivateName is { State: DnsVerification.Verified } name
            ? [name.Name]
            : [];
    }

    /// <summary>The zone of the names below <c>vpce.amazonaws.com</c> in a region.</summary>
    public static string ZoneIdOf(string region) => KnownZones.TryGetValue(region, out string? known)
        ? known
        : string.Create(CultureInfo.InvariantCulture, $"Z{PublicPool.Hash("vpce/" + region):X8}VPCE");
}
