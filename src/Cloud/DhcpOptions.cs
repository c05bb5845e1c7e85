using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A DHCP option set. Source: AWS, "DHCP option sets in Amazon VPC".</summary>
public sealed record DhcpOptions : IResource<DhcpOptions>, ITagged
{
    public static string Kind => "dhcp-options";

    public static string IdPrefix => "dopt";

    public required Id<DhcpOptions> Id { get; init; }

    public required ImmutableArray<DhcpConfiguration> Configurations { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <param name="Name"><c>domain-name</c>, <c>domain-name-servers</c>, <c>ntp-servers</c> …</param>
public sealed record DhcpConfiguration(string Name, ImmutableArray<string> Values);
