using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>
/// What is announced over public lines, both ways. Source: AWS Direct Connect, "Routing policies and BGP communities", public virtual interfaces.
/// </summary>
public static class PublicRoutes
{
    private const string SameRegion = "7224:8100";
    private const string SameContinent = "7224:8200";
    private const string NoExport = "NO_EXPORT";

    /// <summary>How far a customer's prefix goes: its region, its continent, or everywhere.</summary>
    private const string RegionScope = "7224:9100";
    private const string ContinentScope = "7224:9200";

    /// <summary>AWS announces no shorter path than three.</summary>
    private static readonly AsPath Path = AsPath.Of(7224, 16509, 16509);

    private static readonly ImmutableArray<(Prefix Block, string Region)> Blocks =
    [
        .. AwsServices.AllBlocks.Select(b => (b.Block, b.Service.Region))
            .Concat(Regions.Listed.Select(r => (Block: PublicPool.Of(r), Region: r)))
            .DistinctBy(b => b.Block)
            .OrderBy(b => b.Block),
    ];

    /// <summary>Whether AWS's network in a region uses a route that a customer announced over a public line.</summary>
    /// <param name="route">The candidate in the table of <see cref="Speaker.PublicId"/>.</param>
    public static bool Reaches(Line line, Candidate route, string region) =>
        route.Communities.Contains(RegionScope) ? region == line.Region
        : !route.Communities.Contains(ContinentScope) || ContinentOf(region).SequenceEqual(ContinentOf(line.Region));

    /// <summary>AWS's public prefixes, as a line's customer is told of them; they may not be passed on.</summary>
    internal static IEnumerable<(Prefix Prefix, Candidate Told)> ToldOver(Line line)
    {
        Candidate far = new(RouteSource.Learned, line.Id, null) { From = line.Near, Path = Path, Communities = [NoExport] };
        Candidate near = far with { Communities = [SameContinent, NoExport] };
        Candidate here = far with { Communities = [SameRegion, NoExport] };
        foreach ((Prefix block, string region) in Blocks)
        {
            if (block.Family == line.Family)
            {
                yield return (
                    block,
                    region == line.Region ? here : ContinentOf(region).SequenceEqual(ContinentOf(line.Region)) ? near : far);
            }
        }
    }

    /// <summary>The first word of a region's name; Canada, Mexico and the United States are one continent, as are Israel's and the Gulf's regions.</summary>
    private static ReadOnlySpan<char> ContinentOf(ReadOnlySpan<char> region) => region[..Math.Max(region.IndexOf('-'), 0)] switch
    {
        "us" or "ca" or "mx" => "us",
        "il" or "me" => "me",
        var other => other,
    };
}
