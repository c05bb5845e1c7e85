using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Own;

/// <summary>A site of a <see cref="WorldDocument"/>; see <see cref="Site"/> for what its parts mean.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldSite
{
    public string Name { get; init; } = "";

    public IReadOnlyList<WorldNetwork>? Networks { get; init; } = [];

    public IReadOnlyList<WorldRouter>? Routers { get; init; } = [];

    public static WorldSite Of(Site site) => new()
    {
        Name = site.Name,
        Networks =
        [
            .. site.Networks.Select(n => new WorldNetwork
            {
                Block = n.Block.ToString(),
                Answers = n.Answers,
                Ports = [.. n.Ports.Select(WorldDocument.TextOf)],
            }),
        ],
        Routers = [.. site.Routers.Select(WorldRouter.Of)],
    };

    public Site ToSite()
    {
        string where = $"site {SiteText.Name(Name)}";
        ImmutableArray<SiteRouter> routers =
            [.. (Routers ?? []).Select(r => SiteText.Whole(where, "a router", r).ToRouter(where)).OrderBy(r => r.Name, StringComparer.Ordinal)];
        if (routers.Select(r => r.Name).Distinct(StringComparer.Ordinal).Count() < routers.Length)
        {
            throw SiteText.Wrong($"{where} has two routers of one name");
        }

        return new Site(
            Name, routers, [.. (Networks ?? []).Select(n => SiteText.Whole(where, "a network", n).ToNetwork(where)).OrderBy(n => n.Block)]);
    }
}

/// <summary>Hosts of a site.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldNetwork
{
    public string Block { get; init; } = "";

    public bool Answers { get; init; } = true;

    /// <summary><c>tcp/443</c>, <c>udp/53-60</c>; empty: everywhere.</summary>
    public IReadOnlyList<string>? Ports { get; init; } = [];

    public SiteNetwork ToNetwork(string where) =>
        new(SiteText.Block(where, Block), Answers, [.. (Ports ?? []).Select(p => WorldDocument.PortOf(where, p))]);
}

/// <summary>A router of a site.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldRouter
{
    public string Name { get; init; } = "";

    public IReadOnlyList<string>? Addresses { get; init; } = [];

    public long Asn { get; init; } = 65000;

    /// <summary>Whether it announces the site's networks; when not given, only where it is told to announce nothing else.</summary>
    public bool? AnnouncesNetworks { get; init; }

    public bool AnnouncesDefault { get; init; }

    public IReadOnlyList<WorldAnnouncement>? Announces { get; init; } = [];

    public IReadOnlyList<string>? Accepts { get; init; } = [];

    public bool Transit { get; init; }

    public bool AcceptsOwnAsn { get; init; }

    public bool SharesLoad { get; init; }

    /// <summary><c>LOCATION</c>, or <c>LOCATION/CONNECTION</c> for one that meets a certain connection, LAG or virtual interface.</summary>
    public IReadOnlyList<string>? Ports { get; init; } = [];

    public IReadOnlyList<WorldPreference>? Preferences { get; init; } = [];

    public static WorldRouter Of(SiteRouter router) => new()
    {
        Name = router.Name,
        Addresses = [.. router.Addresses.Select(a => a.ToString())],
        Asn = router.Asn,
        AnnouncesNetworks = router.AnnouncesNetworks,
        AnnouncesDefault = router.AnnouncesDefault,
        Announces = [.. router.Announces.Select(WorldAnnouncement.Of)],
        Accepts = [.. router.Accepts.Select(a => a.ToString())],
        Transit = router.IsTransit,
        AcceptsOwnAsn = router.AcceptsOwnAsn,
        SharesLoad = router.SharesLoad,
        Ports = [.. router.Ports.Select(p => p.Meets is null ? p.Location : $"{p.Location}/{p.Meets}")],
        Preferences = [.. router.Preferences.Select(p => new WorldPreference { Line = p.Line, Preference = p.Preference })],
    };

    public SiteRouter ToRouter(string site)
    {
        string where = $"router {SiteText.Name(Name)} of {site}";
        return new SiteRouter
        {
            Name = Name,
            Addresses = [.. (Addresses ?? []).Select(a => SiteText.Address(where, a))],
            Asn = SiteText.Asn(where, Asn),
            AnnouncesNetworks = AnnouncesNetworks ?? Announces is not { Count: > 0 },
            AnnouncesDefault = AnnouncesDefault,
            Announces = [.. (Announces ?? []).Select(a => SiteText.Whole(where, "an announcement", a).ToAnnouncement(where))],
            Accepts = [.. (Accepts ?? []).Select(a => SiteText.Block(where, a))],
            IsTransit = Transit,
            AcceptsOwnAsn = AcceptsOwnAsn,
            SharesLoad = SharesLoad,
            Ports = [.. (Ports ?? []).Select(p => PortOf(where, p))],
            Preferences = [.. (Preferences ?? []).Select(p => SiteText.Whole(where, "a preference", p).ToPreference(where))],
        };
    }

    private static SitePort PortOf(string where, string? text) => (text ?? "").Split('/', 2) switch
    {
        [{ Length: > 0 } location, { Length: > 0 } meets] => new(location, meets),
        [{ Length: > 0 } location] => new(location, null),
        _ => throw SiteText.Wrong($"{where}: '{text}' is no port: write LOCATION or LOCATION/CONNECTION, such as EqDC2/dxcon-1"),
    };
}

/// <summary>What a router announces.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldAnnouncement
{
    private const int PrependMax = 32;

    public string Prefix { get; init; } = "";

    public int Prepend { get; init; }

    public long Med { get; init; }

    public IReadOnlyList<string>? Communities { get; init; } = [];

    /// <summary>The lines it is announced over, as <see cref="LinePreference.Line"/>; null: all.</summary>
    public string? Over { get; init; }

    public static WorldAnnouncement Of(SiteAnnouncement told) => new()
    {
        Prefix = told.Prefix.ToString(),
        Prepend = told.Prepend,
        Med = told.Med,
        Communities = [.. told.Communities],
        Over = told.Over,
    };

    public SiteAnnouncement ToAnnouncement(string where) =>
        Prepend is < 0 or > PrependMax ? throw SiteText.Wrong($"{where}: prepend is from 0 to {PrependMax}")
        : Med is < 0 or > uint.MaxValue ? throw SiteText.Wrong($"{where}: med is from 0 to {uint.MaxValue}")
        : new SiteAnnouncement(
            SiteText.Block(where, Prefix), Prepend, Med, [.. (Communities ?? []).Select(c => SiteText.Whole(where, "a community", c))], Over);
}

/// <summary>How much a router likes what it learns over a line.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldPreference
{
    public string Line { get; init; } = "";

    public int Preference { get; init; } = 100;

    public LinePreference ToPreference(string where) =>
        string.IsNullOrEmpty(Line) ? throw SiteText.Wrong($"{where}: a preference names no line")
        : Preference < 0 ? throw SiteText.Wrong($"{where}: the preference of {Line} is not below 0")
        : new LinePreference(Line, Preference);
}

/// <summary>An instance that is a router.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldRole
{
    /// <summary>An instance's id or its tag <c>Name</c>.</summary>
    public string Machine { get; init; } = "";

    public long Asn { get; init; } = 65000;

    public IReadOnlyList<WorldAnnouncement>? Announces { get; init; } = [];

    public bool SharesLoad { get; init; }

    public bool OverridesAsn { get; init; } = true;

    public static WorldRole Of(RoutingMachine role) => new()
    {
        Machine = role.Machine,
        Asn = role.Asn,
        Announces = [.. role.Announces.Select(WorldAnnouncement.Of)],
        SharesLoad = role.SharesLoad,
        OverridesAsn = role.OverridesAsn,
    };

    public RoutingMachine ToRole() => string.IsNullOrWhiteSpace(Machine)
        ? throw SiteText.Wrong("a role names no machine")
        : new RoutingMachine(
            Machine, SiteText.Asn(Machine, Asn),
            [.. (Announces ?? []).Select(a => SiteText.Whole(Machine, "an announcement", a).ToAnnouncement(Machine))])
        {
            SharesLoad = SharesLoad,
            OverridesAsn = OverridesAsn,
        };
}

/// <summary>Reads the words of sites; a fault names what is wrong.</summary>
internal static class SiteText
{
    private const long AsnMax = 4_294_967_294;

    /// <summary>A part of a list, which may not be null.</summary>
    /// <param name="part">What it is, with its article.</param>
    public static T Whole<T>(string where, string part, T? value)
        where T : class => value ?? throw Wrong($"{where}: {part} is null");

    public static string Name(string? text) =>
        !string.IsNullOrEmpty(text) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? text
            : throw Wrong($"'{text}' is no name: letters, digits, dots, dashes and underscores");

    public static IpAddress Address(string where, string? text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address : throw Wrong($"{where}: '{text}' is not an address");

    public static Prefix Block(string where, string? text) =>
        IpAddress.TryParse(text, out IpAddress address) ? Prefix.Host(address)
        : Prefix.TryParse(text, out Prefix block, out bool strict) && strict ? block
        : throw Wrong($"{where}: '{text}' is not a block such as 192.168.0.0/16");

    public static long Asn(string where, long asn) => asn is >= 1 and <= AsnMax
        ? asn
        : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"{where}: {asn} is no ASN: 1 to {AsnMax}"));

    public static Fault Wrong(string message) => new("InvalidWorld", message);
}
