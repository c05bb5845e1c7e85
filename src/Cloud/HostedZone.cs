using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A Route 53 hosted zone, public or private; rows stand in the account's us-east-1 partition.</summary>
/// <remarks>Source: Route 53 API, HostedZone.</remarks>
public sealed record HostedZone : IResource<HostedZone>, ITagged
{
    public static string Kind => "hosted-zone";

    public static string IdPrefix => "";

    /// <summary><c>Z</c> and capitals and digits, without <c>/hostedzone/</c>.</summary>
    public required Id<HostedZone> Id { get; init; }

    /// <summary>In small letters, with a dot at its end, odd characters as <c>\ooo</c>.</summary>
    public required string Name { get; init; }

    public required string CallerReference { get; init; }

    public string? Comment { get; init; }

    /// <summary>Answers only within the VPCs it is associated with.</summary>
    public bool Private { get; init; }

    /// <summary>The VPCs that ask it; only for a private zone, where there is at least one.</summary>
    public ImmutableArray<ZoneVpc> Vpcs { get; init; } = [];

    /// <summary>VPCs of other accounts that may be associated.</summary>
    public ImmutableArray<ZoneVpc> Authorized { get; init; } = [];

    /// <summary>The four names of a public zone's delegation set.</summary>
    public ImmutableArray<string> NameServers { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys =>
        [NameWord(Name), CallerWord(CallerReference), .. Vpcs.Select(v => VpcWord(v.Region, v.VpcId))];

    public static string NameWord(string name) => $"zone-name/{name}";

    public static string CallerWord(string reference) => $"caller/{reference}";

    /// <summary>The word by which the zones of a VPC are found. VPCs stand in other partitions, so it is not the bare id.</summary>
    public static string VpcWord(string region, Id<Vpc> vpc) => $"zone-vpc/{region}/{vpc}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A VPC that a private zone answers.</summary>
/// <param name="Account">The VPC's owner, which may be another than the zone's.</param>
public sealed record ZoneVpc(string Account, string Region, Id<Vpc> VpcId);

/// <summary>One record set of a zone. Source: Route 53 API, ResourceRecordSet.</summary>
public sealed record RecordSet : IResource<RecordSet>
{
    public static string Kind => "resource-record-set";

    public static string IdPrefix => "";

    public required Id<HostedZone> ZoneId { get; init; }

    /// <summary>As <see cref="HostedZone.Name"/>; a wildcard begins with <c>\052.</c></summary>
    public required string Name { get; init; }

    /// <summary><c>A</c>, <c>AAAA</c>, <c>CNAME</c>, …</summary>
    public required string Type { get; init; }

    /// <summary>Tells apart the records of one name and type; null for a simple record.</summary>
    public string? SetIdentifier { get; init; }

    /// <summary>Seconds; null for an alias.</summary>
    public long? Ttl { get; init; }

    /// <summary>As they were sent; empty for an alias.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    public RecordAlias? Alias { get; init; }

    /// <summary>0 to 255; a weighted record.</summary>
    public int? Weight { get; init; }

    /// <summary>A latency record's region.</summary>
    public string? Region { get; init; }

    /// <summary><c>PRIMARY</c> or <c>SECONDARY</c>.</summary>
    public string? Failover { get; init; }

    public bool? MultiValue { get; init; }

    public RecordPlace? Place { get; init; }

    public string Key => KeyOf(ZoneId, Name, Type, SetIdentifier);

    public IEnumerable<string> Keys => [ZoneWord(ZoneId), NameWord(ZoneId, Name)];

    public static string KeyOf(Id<HostedZone> zone, string name, string type, string? set) => $"{zone}/{name}/{type}/{set}";

    /// <summary>The word by which all records of a zone are found.</summary>
    public static string ZoneWord(Id<HostedZone> zone) => $"zone/{zone}";

    /// <summary>The word by which the records of one name are found.</summary>
    public static string NameWord(Id<HostedZone> zone, string name) => $"zone/{zone}/{name}";
}

/// <summary>What an alias stands for.</summary>
/// <param name="ZoneId">The zone of the target: a load balancer's canonical one, an endpoint's, or this zone's own.</param>
/// <param name="DnsName">In small letters, with a dot at its end.</param>
public sealed record RecordAlias(string ZoneId, string DnsName, bool EvaluateTargetHealth);

/// <summary>Where a geolocation record answers: a continent, or a country (<c>*</c>: everywhere else) and its subdivision.</summary>
public sealed record RecordPlace(string? Continent, string? Country, string? Subdivision);

/// <summary>A change that was asked of Route 53; it is in sync at once. Source: Route 53 API, ChangeInfo.</summary>
public sealed record ZoneChange : IResource<ZoneChange>
{
    public static string Kind => "zone-change";

    public static string IdPrefix => "";

    /// <summary><c>C</c> and capitals and digits, without <c>/change/</c>.</summary>
    public required string Key { get; init; }

    /// <remarks>Found by the day it was asked for, so that old ones are swept without a scan.</remarks>
    public IEnumerable<string> Keys => [DayWord(SubmittedAt)];

    public required DateTimeOffset SubmittedAt { get; init; }

    public string? Comment { get; init; }

    public static string DayWord(DateTimeOffset time) => $"day/{time.UtcDateTime:yyyyMMdd}";
}
