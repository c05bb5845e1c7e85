using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>
/// AWS's public services as every region has them. A pure catalogue, no row: what endpoints may lead to, which public addresses and names the
/// services have, and the prefix lists that AWS keeps. Source: AWS PrivateLink, "AWS services that integrate with AWS PrivateLink"; VPC user
/// guide, "AWS-managed prefix lists".
/// </summary>
/// <remarks>
/// AWS's real ranges change weekly and are not copied. Each region has a slot of its own in blocks that really are Amazon's, so that ranges of
/// two services or two regions never overlap: S3 a /22 in 52.219.0.0/16 and in 52.92.0.0/16, S3 Express a /22 in 18.97.0.0/16, DynamoDB a /24
/// in 52.119.192.0/18 and in 52.94.0.0/18, every other service a /29 of the region's /22 in 54.239.0.0/17 (52.46.0.0/17 for regions that are not
/// listed). The ids of S3's and DynamoDB's lists are AWS's own where a region is well known.
/// </remarks>
public static class AwsServices
{
    /// <summary>The account that AWS prints as the owner of its services and prefix lists.</summary>
    public const string ServiceOwner = "amazon";

    /// <summary>The account that AWS prints as the owner of its prefix lists.</summary>
    public const string PrefixListOwner = "AWS";

    private static readonly FrozenDictionary<string, ImmutableArray<AwsService>> ByRegion =
        Regions.Listed.ToFrozenDictionary(r => r, Make, StringComparer.Ordinal);

    private static readonly ImmutableArray<(Prefix Block, AwsService Service)> Blocks =
    [
        .. ByRegion.Values.SelectMany(services => services).SelectMany(s => s.Prefixes.Select(p => (p, s))).OrderBy(b => b.p),
    ];

    private static readonly FrozenDictionary<string, ImmutableArray<AwsPrefixList>> ListsByRegion =
        Regions.Listed.ToFrozenDictionary(r => r, MakeLists, StringComparer.Ordinal);

    /// <summary>Every block of every service in the listed regions, ascending; none overlaps another.</summary>
    public static ImmutableArray<(Prefix Block, AwsService Service)> AllBlocks => Blocks;

    /// <summary>The services of a region, by name. Every region name works.</summary>
    public static ImmutableArray<AwsService> Of(string region) =>
        ByRegion.TryGetValue(region, out ImmutableArray<AwsService> known) ? known : Make(region);

    /// <summary>The service that an endpoint names: <c>com.amazonaws.us-east-1.s3</c>; null where there is none.</summary>
    public static AwsService? Named(string serviceName)
    {
        const string Start = "com.amazonaws.";
        if (!serviceName.StartsWith(Start, StringComparison.Ordinal))
        {
            return null;
        }

        int dot = serviceName.IndexOf('.', Start.Length);
        return dot < 0 ? null : Of(serviceName[Start.Length..dot]).FirstOrDefault(s => s.Name == serviceName);
    }

    /// <summary>The service whose public block holds an address, in the listed regions; null where none does.</summary>
    public static AwsService? At(IpAddress address)
    {
        if (!address.IsV4)
        {
            return null;
        }

        int low = 0, high = Blocks.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            Prefix block = Blocks[middle].Block;
            if (block.Contains(address))
            {
                return Blocks[middle].Service;
            }

            (low, high) = block.First < address ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>The service of a region that a public name stands for; null where none does.</summary>
    /// <param name="name">Lower case, without a closing dot.</param>
    public static AwsService? WithPublicName(string region, string name) =>
        Of(region).FirstOrDefault(s => s.PublicNames.Any(pattern => Covers(pattern, name)));

    /// <summary>The public addresses that a service's names resolve to on the internet: two of them.</summary>
    public static ImmutableArray<IpAddress> AddressesOf(AwsService service) => service.Prefixes is [Prefix only]
        ? [only.First.Plus(1), only.First.Plus(2)]
        : [.. service.Prefixes.Take(2).Select(p => p.First.Plus(1))];

    /// <summary>Whether a name is the one that a pattern gives, or lies below it: <c>*.s3.us-east-1.amazonaws.com</c>.</summary>
    public static bool Covers(string pattern, string name) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? name.Length > pattern.Length - 1 && name.EndsWith(pattern[1..], StringComparison.Ordinal)
        : pattern == name;

    /// <summary>The prefix lists that AWS keeps in a region, by id.</summary>
    public static ImmutableArray<AwsPrefixList> PrefixListsOf(string region) =>
        ListsByRegion.TryGetValue(region, out ImmutableArray<AwsPrefixList> known) ? known : MakeLists(region);

    /// <summary>A prefix list that AWS keeps; null where the region has none of that id.</summary>
    public static AwsPrefixList? PrefixList(string region, string id)
    {
        foreach (AwsPrefixList list in PrefixListsOf(region))
        {
            if (list.Id == id)
            {
                return list;
            }
        }

        return null;
    }

    private static ImmutableArray<AwsPrefixList> MakeLists(string region) =>
        [.. Lists(region).OrderBy(list => list.Id, StringComparer.Ordinal)];

    private static IEnumerable<AwsPrefixList> Lists(string region)
    {
        foreach (AwsService service in Of(region))
        {
            if (service.PrefixListId is { } id)
            {
                yield return new AwsPrefixList(id, service.Name, Family.V4, service.Short == "s3express" ? 6 : 1, service.Prefixes);
            }
        }

        foreach ((string name, int weight, string[] blocks) in AwsServiceFacts.FurtherLists)
        {
            string full = name.Replace("{r}", region, StringComparison.Ordinal);
            ImmutableArray<Prefix> entries =
                [.. blocks.Select(b => Prefix.Parse(b.Replace("{slot}", Text(SlotOf(region)), StringComparison.Ordinal)))];
            yield return new AwsPrefixList(ListId(full, region), full, entries[0].Family, weight, entries);
        }
    }

    private static ImmutableArray<AwsService> Make(string region)
    {
        int slot = SlotOf(region);
        ImmutableArray<AwsService>.Builder services = ImmutableArray.CreateBuilder<AwsService>();
        int place = 0;
        foreach (AwsServiceFact fact in AwsServiceFacts.All)
        {
            int mine = place++;
            if (fact.Region is { } only && only != region)
            {
                continue;
            }

            ImmutableArray<string> names = [.. fact.Names.Select(n => n.Replace("{r}", region, StringComparison.Ordinal))];
            services.Add(new AwsService(
                $"com.amazonaws.{region}.{fact.Short}",
                fact.Short,
                region,
                fact.Types,
                region == "us-east-1" ? [.. names, .. fact.GlobalNames] : names,
                fact.Types.Contains(VpcEndpointType.Interface) && fact.TakesPrivateDns ? names : [],
                fact.TakesPolicy,
                BlocksOf(fact.Short, slot, mine),
                fact.Types.Contains(VpcEndpointType.Gateway) ? ListId($"com.amazonaws.{region}.{fact.Short}", region) : null));
        }

        services.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return services.DrainToImmutable();
    }

    private static ImmutableArray<Prefix> BlocksOf(string name, int slot, int place) => name switch
    {
        "s3" => [Block(52, 92, slot * 1024, 22), Block(52, 219, slot * 1024, 22)],
        "s3express" => [Block(18, 97, slot * 1024, 22)],
        "dynamodb" => [Block(52, 94, slot * 256, 24), Block(52, 119, (192 + slot) * 256, 24)],
        _ when slot < FirstUnlistedSlot => [Block(54, 239, (slot * 1024) + (place * 8), 29)],
        _ => [Block(52, 46, ((slot - FirstUnlistedSlot) * 1024) + (place * 8), 29)],
    };

    private const int FirstUnlistedSlot = 32;

    /// <summary>A block inside A.B.0.0/16, at so many addresses from its start.</summary>
    private static Prefix Block(uint a, uint b, int offset, int length) =>
        new(IpAddress.FromV4((a << 24) | (b << 16) | (uint)offset), length);

    /// <summary>The place of a region in each block: its own if it is listed, else one of 32 that others may share.</summary>
    private static int SlotOf(string region) =>
        Regions.Listed.IndexOf(region) is >= 0 and < FirstUnlistedSlot and int listed
            ? listed
            : FirstUnlistedSlot + (int)(PublicPool.Hash(region) % FirstUnlistedSlot);

    /// <summary>AWS's own id where it is well known; else eight digits made from the name, as AWS's have.</summary>
    private static string ListId(string name, string region) => AwsServiceFacts.KnownLists.GetValueOrDefault(name)
        ?? string.Create(CultureInfo.InvariantCulture, $"pl-{PublicPool.Hash($"{region}/{name}"):x8}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A public service of AWS's in one region.</summary>
/// <param name="Name">The endpoint service's name: <c>com.amazonaws.REGION.X</c>.</param>
/// <param name="Short">What stands last in it: <c>s3</c>, <c>ecr.api</c>.</param>
/// <param name="Types">What endpoints lead to it: Interface, Gateway, or both; empty where none do.</param>
/// <param name="PublicNames">The names it has on the internet; one that begins with <c>*.</c> stands for all below it.</param>
/// <param name="PrivateNames">The names that an interface endpoint with private DNS takes over; empty where it has none.</param>
/// <param name="TakesPolicy">Whether endpoints to it may bear a policy.</param>
/// <param name="Prefixes">The public blocks it is reached at, ascending.</param>
/// <param name="PrefixListId">The AWS-managed prefix list of a service with gateway endpoints; else null.</param>
public sealed record AwsService(
    string Name,
    string Short,
    string Region,
    ImmutableArray<VpcEndpointType> Types,
    ImmutableArray<string> PublicNames,
    ImmutableArray<string> PrivateNames,
    bool TakesPolicy,
    ImmutableArray<Prefix> Prefixes,
    string? PrefixListId)
{
    /// <summary>The first label or labels of its names: <c>api.ecr</c> for <c>ecr.api</c>.</summary>
    public string DnsLabel
    {
        get
        {
            string name = PublicNames[0].StartsWith("*.", StringComparison.Ordinal) ? PublicNames[0][2..] : PublicNames[0];
            int end = name.IndexOf($".{Region}.", StringComparison.Ordinal);
            return end < 0 ? Short : name[..end];
        }
    }

    /// <summary>The id that DescribeVpcEndpointServices prints for it: <c>vpce-svc-…</c>; no row bears it.</summary>
    public string ServiceIdOf(VpcEndpointType type) => string.Create(
        CultureInfo.InvariantCulture, $"vpce-svc-0{PublicPool.Hash(Name):x8}{PublicPool.Hash($"{Name}/{type}"):x8}");

    /// <summary>The name that AWS prints as its base: of a gateway service the public one, else the one that endpoints' names end with.</summary>
    public string BaseNameOf(VpcEndpointType type) => type == VpcEndpointType.Gateway
        ? $"{DnsLabel}.{Region}.amazonaws.com"
        : $"{DnsLabel}.{Region}.vpce.amazonaws.com";
}

/// <summary>A prefix list that AWS keeps.</summary>
/// <param name="Name"><c>com.amazonaws.REGION.s3</c> …</param>
/// <param name="Weight">What a reference counts as in a quota.</param>
public sealed record AwsPrefixList(string Id, string Name, Family AddressFamily, int Weight, ImmutableArray<Prefix> Entries);
