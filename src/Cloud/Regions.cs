using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>An availability zone as one account sees it.</summary>
/// <param name="Name">The account's own name for it: <c>us-east-1a</c>.</param>
/// <param name="ZoneId">The same for every account: <c>use1-az1</c>.</param>
public sealed record Zone(string Name, string ZoneId);

/// <summary>Regions and their zones. Source: AWS, "Regions and Zones". Every region name works; these are the ones that are listed.</summary>
public static class Regions
{
    /// <summary>Zones per region, in AWS's own default VPC of three subnets.</summary>
    public const int ZonesPerRegion = 3;

    private static readonly ImmutableSortedSet<string> OptInRegions = ImmutableSortedSet.Create(
        StringComparer.Ordinal, "af-south-1", "ap-east-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
        "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1");

    public static ImmutableArray<string> Listed { get; } =
    [
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
        "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
        "us-west-2", .. OptInRegions,
    ];

    public static bool IsOptIn(string region) => OptInRegions.Contains(region);

    /// <summary>The zones of a region; an account's letters are turned by its number, since AWS gives each account its own mapping.</summary>
    public static ImmutableArray<Zone> ZonesOf(string account, string region)
    {
        int turn = 0;
        foreach (char digit in account)
        {
            turn = (turn + digit - '0') % ZonesPerRegion;
        }

        string code = ShortCode(region);
        ImmutableArray<Zone>.Builder zones = ImmutableArray.CreateBuilder<Zone>(ZonesPerRegion);
        for (int i = 0; i < ZonesPerRegion; i++)
        {
            zones.Add(new Zone($"{region}{(char)('a' + i)}", $"{code}-az{((i + turn) % ZonesPerRegion) + 1}"));
        }

        return zones.MoveToImmutable();
    }

    /// <summary><c>ap-southeast-2</c> is <c>apse2</c> in zone ids.</summary>
    public static string ShortCode(string region)
    {
        string[] parts = region.Split('-');
        if (parts.Length < 3)
        {
            return region.Replace("-", "", StringComparison.Ordinal);
        }

        string direction = parts[^2]
            .Replace("north", "n", StringComparison.Ordinal).Replace("south", "s", StringComparison.Ordinal)
            .Replace("central", "c", StringComparison.Ordinal).Replace("east", "e", StringComparison.Ordinal)
            .Replace("west", "w", StringComparison.Ordinal);
        return string.Concat(parts[..^2]) + direction + parts[^1];
    }

    /// <summary>The domain that instances of a region have inside. Source: AWS, "EC2 instance hostnames".</summary>
    public static string InternalDomain(string region) => region == "us-east-1" ? "ec2.internal" : $"{region}.compute.internal";

    /// <summary>The domain of public names.</summary>
    public static string PublicDomain(string region) =>
        region == "us-east-1" ? "compute-1.amazonaws.com" : $"{region}.compute.amazonaws.com";
}
