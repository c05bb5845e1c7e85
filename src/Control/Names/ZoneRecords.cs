using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Machines;

namespace Trunkline.Control.Names;

/// <summary>
/// Which records of a zone answer. Where a real server draws lots (weighted records), the draw is fixed by the name and the asker, so that a
/// question has one answer. Source: Route 53 Developer Guide, "Choosing a routing policy"; RFC 4592 for wildcards.
/// </summary>
internal static class ZoneRecords
{
    /// <summary>Addresses that a multivalue answer holds at most.</summary>
    private const int MultiValueMax = 8;

    /// <summary>The records at a name, or at the wildcard that stands for it; none where the zone has neither.</summary>
    public static (string Name, List<RecordSet> Records) At(Partition rows, HostedZone zone, string name)
    {
        List<RecordSet> exact = [.. rows.By<RecordSet>(RecordSet.NameWord(zone.Id, name))];
        if (exact.Count > 0 || HasBelow(rows, zone, name))
        {
            return (name, exact);
        }

        foreach (string wildcard in DomainName.Wildcards(name, zone.Name))
        {
            List<RecordSet> records = [.. rows.By<RecordSet>(RecordSet.NameWord(zone.Id, wildcard))];
            string parent = wildcard[DomainName.WildcardLabel.Length..];
            if (records.Count > 0)
            {
                return (wildcard, records);
            }

            // A name that is there keeps the wildcards above it from names below it.
            if (rows.By<RecordSet>(RecordSet.NameWord(zone.Id, parent)).Any() || HasBelow(rows, zone, parent))
            {
                break;
            }
        }

        return (name, []);
    }

    /// <summary>Whether a zone has a record below a name: the name is then there, if without records.</summary>
    public static bool HasBelow(Partition rows, HostedZone zone, string name) =>
        rows.By<RecordSet>(RecordSet.ZoneWord(zone.Id)).Any(r => r.Name.Length > name.Length && DomainName.IsWithin(r.Name, name));

    /// <summary>
    /// The records of a type that answer by their routing policy: of the healthy ones; where none is, as if all were. Source: Route 53 Developer
    /// Guide, "How Amazon Route 53 chooses records when health checking is configured".
    /// </summary>
    public static List<RecordSet> Choose(List<RecordSet> records, string type, NameAsk ask, Func<RecordSet, bool> isHealthy)
    {
        List<RecordSet> all = [.. records.Where(r => r.Type == type).OrderBy(r => r.SetIdentifier, StringComparer.Ordinal)];
        if (all.Count == 0)
        {
            return all;
        }

        List<RecordSet> healthy = [.. all.Where(isHealthy)];
        List<RecordSet> some = healthy.Count > 0 ? healthy : all;
        return all[0] switch
        {
            { Weight: not null } => Weighted(some, ask),
            { Region: not null } => [Nearest(some, ask.Region)],
            { Failover: not null } => [some.FirstOrDefault(r => r.Failover == "PRIMARY") ?? some[0]],
            { Place: not null } => OfPlace(some, ask.Region) is { Count: > 0 } near ? near : OfPlace(all, ask.Region),
            { MultiValue: true } => [.. some.Take(MultiValueMax)],
            _ => all,
        };
    }

    /// <summary>How a record came to be chosen, as an ending of a sentence; empty for a simple one.</summary>
    public static string Policy(RecordSet record) => record switch
    {
        { Weight: { } weight } => $" (weight {weight}, set {record.SetIdentifier})",
        { Region: { } region } => $" (latency, {region})",
        { Failover: { } failover } => $" (failover {failover})",
        { Place: { } place } => $" (location {place.Continent ?? place.Country})",
        { MultiValue: true } => $" (multivalue, set {record.SetIdentifier})",
        _ => "",
    };

    /// <summary>One value as a record of an answer.</summary>
    public static NameRecord Wire(string owner, RecordSet record, string value)
    {
        ushort type = DnsTypes.Of(record.Type);
        uint ttl = (uint)(record.Ttl ?? DnsMessage.TimeToLive);
        return record.Type is "A" or "AAAA"
            ? new NameRecord(owner, type, ttl, IpAddress.Parse(value))
            : new NameRecord(owner, type, ttl, default, value);
    }

    /// <summary>By weight; those of weight 0 only where there is no other.</summary>
    private static List<RecordSet> Weighted(List<RecordSet> all, NameAsk ask)
    {
        int total = all.Sum(r => r.Weight ?? 0);
        uint draw = PublicPool.Hash($"{ask.Name}/{ask.Vpc?.Key}");
        if (total == 0)
        {
            return [all[(int)(draw % (uint)all.Count)]];
        }

        int left = (int)(draw % (uint)total);
        foreach (RecordSet record in all)
        {
            left -= record.Weight ?? 0;
            if (left < 0)
            {
                return [record];
            }
        }

        return [all[^1]];
    }

    /// <summary>The asker's own region, else one of the same part of the world, else the first.</summary>
    private static RecordSet Nearest(List<RecordSet> all, string region) =>
        all.FirstOrDefault(r => r.Region == region)
        ?? all.FirstOrDefault(r => r.Region!.Split('-')[0] == region.Split('-')[0])
        ?? all[0];

    /// <summary>The record of the asker's country, else of its continent, else of everywhere; none where there is none of these.</summary>
    private static List<RecordSet> OfPlace(List<RecordSet> all, string region)
    {
        (string continent, string? country) = PlaceOf(region);
        RecordSet? chosen = all.FirstOrDefault(r => country is not null && r.Place!.Country == country && r.Place.Subdivision is null)
            ?? all.FirstOrDefault(r => r.Place!.Continent == continent)
            ?? all.FirstOrDefault(r => r.Place!.Country == "*");
        return chosen is null ? [] : [chosen];
    }

    /// <summary>Where a region stands; the country only where the region's name says it.</summary>
    private static (string Continent, string? Country) PlaceOf(string region) => region.Split('-')[0] switch
    {
        "us" => ("NA", "US"),
        "ca" => ("NA", "CA"),
        "mx" => ("NA", "MX"),
        "sa" => ("SA", "BR"),
        "eu" => (
            "EU",
            region switch { "eu-central-1" => "DE", "eu-west-1" => "IE", "eu-west-2" => "GB", "eu-west-3" => "FR", "eu-north-1" => "SE", _ => null }),
        "af" => ("AF", "ZA"),
        "il" => ("AS", "IL"),
        "me" => ("AS", region == "me-south-1" ? "BH" : "AE"),
        _ => region is "ap-southeast-2" or "ap-southeast-4" ? ("OC", "AU") : ("AS", region switch
        {
            "ap-northeast-1" or "ap-northeast-3" => "JP",
            "ap-northeast-2" => "KR",
            "ap-south-1" or "ap-south-2" => "IN",
            "ap-southeast-1" => "SG",
            _ => null,
        }),
    };
}
