using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Who has a table of routes.</summary>
public enum SpeakerKind
{
    /// <summary>A domain's gateway to private lines: a VPN gateway.</summary>
    Exit,

    /// <summary>Joins spokes; speaks for all its tables and has none of its own: a transit gateway.</summary>
    Hub,

    /// <summary>One table of a hub.</summary>
    HubTable,

    /// <summary>Joins private lines to exits and hubs anywhere: a Direct Connect gateway.</summary>
    Junction,

    /// <summary>The public side of public lines.</summary>
    Public,

    /// <summary>A router of a site.</summary>
    SiteRouter,

    /// <summary>A site's inside: where its hosts' packets choose a router.</summary>
    Site,

    /// <summary>A machine that is a router.</summary>
    RoutingMachine,
}

/// <summary>One speaker.</summary>
/// <param name="Id">
/// <c>vgw-…</c>, <c>tgw-…</c>, <c>tgw-rtb-…</c>, a Direct Connect gateway's id, <c>public</c>, <c>router:SITE/NAME</c>, <c>site:NAME</c>,
/// <c>machine:i-…</c>: unique among all.
/// </param>
/// <param name="Partition">Where its row is; nowhere for sites.</param>
/// <param name="Asn">0 where it has none.</param>
public sealed record Speaker(string Id, SpeakerKind Kind, PartitionKey Partition, long Asn)
{
    public const string PublicId = "public";

    /// <summary>The hub that a table belongs to, the site of a router; "" for others.</summary>
    public string Parent { get; init; } = "";

    /// <summary>Whether it passes on what it learns from one neighbour to another.</summary>
    public bool IsTransit { get; init; }

    public bool SharesLoad { get; init; }

    /// <summary>False: it has failed, or does not run.</summary>
    public bool Works { get; init; } = true;

    /// <summary>The row's id: <c>i-…</c> of a machine; else <see cref="Id"/>.</summary>
    public string Row => Kind == SpeakerKind.RoutingMachine ? Id["machine:".Length..] : Id;

    public static string OfSite(string site) => $"site:{site}";

    public static string OfRouter(string site, string router) => $"router:{site}/{router}";

    public static string OfMachine(string instance) => $"machine:{instance}";
}
