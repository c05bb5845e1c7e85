using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A place as Network Manager notes it; every member null where it was not given.</summary>
/// <param name="Latitude">Text, as it was given.</param>
public sealed record NmLocation(string? Address, string? Latitude, string? Longitude);

/// <summary>A site in Network Manager's inventory. Source: Network Manager API, Site.</summary>
public sealed record NmSite : IResource<NmSite>, ITagged
{
    public static string Kind => "nm-site";

    public static string IdPrefix => "";

    /// <summary><c>site-</c> and 17 hexadecimal digits.</summary>
    public required string Key { get; init; }

    public required string GlobalNetworkKey { get; init; }

    public string? Description { get; init; }

    public NmLocation? Location { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys => [GlobalNetwork.Word(GlobalNetworkKey)];

    /// <summary>The word by which the devices and links of a site are found.</summary>
    public static string Word(string key) => $"site/{key}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A device in Network Manager's inventory. Source: Network Manager API, Device.</summary>
public sealed record NmDevice : IResource<NmDevice>, ITagged
{
    public static string Kind => "nm-device";

    public static string IdPrefix => "";

    /// <summary><c>device-</c> and 17 hexadecimal digits.</summary>
    public required string Key { get; init; }

    public required string GlobalNetworkKey { get; init; }

    /// <summary>A site's key; null where it stands at none.</summary>
    public string? SiteKey { get; init; }

    public string? Description { get; init; }

    public string? Type { get; init; }

    public string? Vendor { get; init; }

    public string? Model { get; init; }

    public string? SerialNumber { get; init; }

    public NmLocation? Location { get; init; }

    /// <summary>A zone of AWS's, where the device is an instance; null elsewhere.</summary>
    public string? AwsZone { get; init; }

    /// <summary>The subnet's ARN, where the device is an instance.</summary>
    public string? AwsSubnetArn { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys => SiteKey is null
        ? [GlobalNetwork.Word(GlobalNetworkKey)]
        : [GlobalNetwork.Word(GlobalNetworkKey), NmSite.Word(SiteKey)];

    /// <summary>The word by which the connections and associations of a device are found.</summary>
    public static string Word(string key) => $"device/{key}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A line out of a site. Source: Network Manager API, Link.</summary>
public sealed record NmLink : IResource<NmLink>, ITagged
{
    public static string Kind => "nm-link";

    public static string IdPrefix => "";

    /// <summary><c>link-</c> and 17 hexadecimal digits.</summary>
    public required string Key { get; init; }

    public required string GlobalNetworkKey { get; init; }

    public required string SiteKey { get; init; }

    public string? Description { get; init; }

    public string? Type { get; init; }

    public string? Provider { get; init; }

    /// <summary>Mbps; null where it was not given.</summary>
    public int? UploadSpeed { get; init; }

    /// <summary>Mbps; null where it was not given.</summary>
    public int? DownloadSpeed { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys => [GlobalNetwork.Word(GlobalNetworkKey), NmSite.Word(SiteKey)];

    /// <summary>The word by which the connections and associations of a link are found.</summary>
    public static string Word(string key) => $"link/{key}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A connection of two devices. Source: Network Manager API, Connection.</summary>
public sealed record NmConnection : IResource<NmConnection>, ITagged
{
    public static string Kind => "nm-connection";

    public static string IdPrefix => "";

    /// <summary><c>connection-</c> and 17 hexadecimal digits.</summary>
    public required string Key { get; init; }

    public required string GlobalNetworkKey { get; init; }

    public required string DeviceKey { get; init; }

    public required string ConnectedDeviceKey { get; init; }

    /// <summary>A link of the first device; null where none was named.</summary>
    public string? LinkKey { get; init; }

    /// <summary>A link of the second device.</summary>
    public string? ConnectedLinkKey { get; init; }

    public string? Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys =>
    [
        GlobalNetwork.Word(GlobalNetworkKey),
        .. new[] { NmDevice.Word(DeviceKey), NmDevice.Word(ConnectedDeviceKey) }.Distinct(StringComparer.Ordinal),
        .. new[] { LinkKey, ConnectedLinkKey }.OfType<string>().Distinct(StringComparer.Ordinal).Select(NmLink.Word),
    ];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A device uses a link of its site. Source: Network Manager API, LinkAssociation.</summary>
public sealed record NmLinkAssociation : IResource<NmLinkAssociation>
{
    public static string Kind => "nm-link-association";

    public static string IdPrefix => "";

    public required string GlobalNetworkKey { get; init; }

    public required string DeviceKey { get; init; }

    public required string LinkKey { get; init; }

    public string Key => KeyOf(DeviceKey, LinkKey);

    public IEnumerable<string> Keys => [GlobalNetwork.Word(GlobalNetworkKey), NmDevice.Word(DeviceKey), NmLink.Word(LinkKey)];

    public static string KeyOf(string device, string link) => $"{device}/{link}";
}

/// <summary>A customer gateway is a device of the inventory. Source: Network Manager API, CustomerGatewayAssociation.</summary>
public sealed record NmCustomerGatewayAssociation : IResource<NmCustomerGatewayAssociation>
{
    public static string Kind => "nm-customer-gateway-association";

    public static string IdPrefix => "";

    /// <summary>A customer gateway has one association at most.</summary>
    public required string CustomerGatewayArn { get; init; }

    public required string GlobalNetworkKey { get; init; }

    public required string DeviceKey { get; init; }

    /// <summary>The link that the gateway is reached by; null where none was named.</summary>
    public string? LinkKey { get; init; }

    public string Key => CustomerGatewayArn;

    public IEnumerable<string> Keys =>
    [
        GlobalNetwork.Word(GlobalNetworkKey), NmDevice.Word(DeviceKey), .. LinkKey is null ? [] : new[] { NmLink.Word(LinkKey) },
    ];
}
