using System.Globalization;
using Trunkline.Cloud;
using AwsNm = Trunkline.Wire.Networkmanager;

namespace Trunkline.Control.NetworkManager;

/// <summary>Sites and the links out of them. Source: Network Manager API, CreateSite, CreateLink and their like.</summary>
public sealed partial class NetworkManagerService
{
    private const string SiteType = "site";
    private const string LinkType = "link";

    public AwsNm.CreateSiteResponse CreateSite(CommandContext context, AwsNm.CreateSiteRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        NmFaults.CheckQuota(context, NmQuotas.Sites, In<NmSite>(context, network).Count() + 1);
        NmSite site = context.Global.Put(new NmSite
        {
            Key = context.NewId(SiteType),
            GlobalNetworkKey = network.Key,
            Description = Text(request.Description, "description"),
            Location = Location(request.Location),
            CreatedAt = context.Now,
            Tags = NmTags.Added(Tags.None, request.Tags),
        });
        return new AwsNm.CreateSiteResponse { Site = ToWire(context, site) };
    }

    public AwsNm.UpdateSiteResponse UpdateSite(CommandContext context, AwsNm.UpdateSiteRequest request)
    {
        NmSite site = Get<NmSite>(context, request.GlobalNetworkId, request.SiteId, SiteType);
        NmSite next = context.Global.Put(site with
        {
            Description = Changed(site.Description, request.Description, "description"),
            Location = request.Location is null ? site.Location : Location(request.Location),
        });
        return new AwsNm.UpdateSiteResponse { Site = ToWire(context, next) };
    }

    /// <summary>Refused while it has devices or links.</summary>
    public AwsNm.DeleteSiteResponse DeleteSite(CommandContext context, AwsNm.DeleteSiteRequest request)
    {
        NmSite site = Get<NmSite>(context, request.GlobalNetworkId, request.SiteId, SiteType);
        string word = NmSite.Word(site.Key);
        RefuseUsed(
            context.Global.Here.By<NmDevice>(word).Any() || context.Global.Here.By<NmLink>(word).Any(), SiteType, site.Key, "devices or links");
        context.Global.Remove(new Id<NmSite>(site.Key));
        return new AwsNm.DeleteSiteResponse { Site = ToWire(context, site) with { State = Deleting } };
    }

    public AwsNm.GetSitesResponse GetSites(CommandContext context, AwsNm.GetSitesRequest request)
    {
        IEnumerable<NmSite> rows = Named(In<NmSite>(context, Network(context, request.GlobalNetworkId)), request.SiteIds);
        Page<NmSite> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.GetSitesResponse { Sites = [.. page.Rows.Select(s => ToWire(context, s))], NextToken = page.NextToken };
    }

    public AwsNm.CreateLinkResponse CreateLink(CommandContext context, AwsNm.CreateLinkRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        NmSite site = Get<NmSite>(context, network.Key, request.SiteId, SiteType);
        NmFaults.CheckQuota(context, NmQuotas.Links, In<NmLink>(context, network).Count() + 1);
        AwsNm.Bandwidth bandwidth = request.Bandwidth ?? throw NmFaults.Missing("bandwidth");
        NmLink link = context.Global.Put(new NmLink
        {
            Key = context.NewId(LinkType),
            GlobalNetworkKey = network.Key,
            SiteKey = site.Key,
            Description = Text(request.Description, "description"),
            Type = LinkText(request.Type, "type"),
            Provider = LinkText(request.Provider, "provider"),
            UploadSpeed = Speed(bandwidth.UploadSpeed, "uploadSpeed"),
            DownloadSpeed = Speed(bandwidth.DownloadSpeed, "downloadSpeed"),
            CreatedAt = context.Now,
            Tags = NmTags.Added(Tags.None, request.Tags),
        });
        return new AwsNm.CreateLinkResponse { Link = ToWire(context, link) };
    }

    public AwsNm.UpdateLinkResponse UpdateLink(CommandContext context, AwsNm.UpdateLinkRequest request)
    {
        NmLink link = Get<NmLink>(context, request.GlobalNetworkId, request.LinkId, LinkType);
        NmLink next = context.Global.Put(link with
        {
            Description = Changed(link.Description, request.Description, "description"),
            Type = request.Type is null ? link.Type : LinkText(request.Type, "type"),
            Provider = request.Provider is null ? link.Provider : LinkText(request.Provider, "provider"),
            UploadSpeed = Speed(request.Bandwidth?.UploadSpeed, "uploadSpeed") ?? link.UploadSpeed,
            DownloadSpeed = Speed(request.Bandwidth?.DownloadSpeed, "downloadSpeed") ?? link.DownloadSpeed,
        });
        return new AwsNm.UpdateLinkResponse { Link = ToWire(context, next) };
    }

    /// <summary>Refused while devices, connections or customer gateways use it.</summary>
    public AwsNm.DeleteLinkResponse DeleteLink(CommandContext context, AwsNm.DeleteLinkRequest request)
    {
        NmLink link = Get<NmLink>(context, request.GlobalNetworkId, request.LinkId, LinkType);
        RefuseUsed(IsUsed(context, NmLink.Word(link.Key)), LinkType, link.Key, "associations or connections");
        context.Global.Remove(new Id<NmLink>(link.Key));
        return new AwsNm.DeleteLinkResponse { Link = ToWire(context, link) with { State = Deleting } };
    }

    public AwsNm.GetLinksResponse GetLinks(CommandContext context, AwsNm.GetLinksRequest request)
    {
        IEnumerable<NmLink> rows = Named(In<NmLink>(context, Network(context, request.GlobalNetworkId)), request.LinkIds)
            .Where(l => (request.SiteId is null || l.SiteKey == request.SiteId)
                && (request.Type is null || l.Type == request.Type)
                && (request.Provider is null || l.Provider == request.Provider));
        Page<NmLink> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.GetLinksResponse { Links = [.. page.Rows.Select(l => ToWire(context, l))], NextToken = page.NextToken };
    }

    /// <summary>The rows of a kind in a global network.</summary>
    private static IEnumerable<T> In<T>(CommandContext context, GlobalNetwork network)
        where T : class, IResource<T> => context.Global.Here.By<T>(GlobalNetwork.Word(network.Key));

    /// <summary>Those that a request names, or all where it names none; unknown ids are passed over, as AWS does.</summary>
    private static IEnumerable<T> Named<T>(IEnumerable<T> rows, IReadOnlyList<string>? keys)
        where T : IResource => keys is { Count: > 0 } ? rows.Where(r => keys.Contains(r.Key)) : rows;

    /// <summary>A row of a global network by its id.</summary>
    /// <exception cref="Fault">ValidationException for an unknown global network, ResourceNotFoundException for the row.</exception>
    private static T Get<T>(CommandContext context, string? networkId, string? id, string type)
        where T : class, IResource<T>
    {
        GlobalNetwork network = Network(context, networkId);
        string key = string.IsNullOrEmpty(id) ? throw NmFaults.Missing($"{type}Id") : id;
        return context.Global.Here.Table<T>().Find(key) is { } row && row.Keys.Contains(GlobalNetwork.Word(network.Key))
            ? row
            : throw NmFaults.NotFound(type, key);
    }

    private static void RefuseUsed(bool isUsed, string type, string key, string by)
    {
        if (isUsed)
        {
            throw NmFaults.Conflict(type, key, $"The {type} {key} still has {by}.");
        }
    }

    /// <summary>Whether a device or link has connections or associations.</summary>
    private static bool IsUsed(CommandContext context, string word)
    {
        Partition rows = context.Global.Here;
        return rows.By<NmConnection>(word).Any() || rows.By<NmLinkAssociation>(word).Any() || rows.By<NmCustomerGatewayAssociation>(word).Any()
            || rows.By<NmConnectPeerAssociation>(word).Any();
    }

    /// <summary>A link's type and provider: up to 128 characters without <c>| \ ^</c>. Source: CreateLink, Type, Provider.</summary>
    private static string? LinkText(string? value, string name)
    {
        string? text = Text(value, name, 128);
        return text is not null && text.AsSpan().IndexOfAny('|', '\\', '^') >= 0
            ? throw NmFaults.Field(name, "Cannot include the characters: | \\ ^")
            : text;
    }

    private static int? Speed(int? mbps, string name) =>
        mbps is <= 0 ? throw NmFaults.Field(name, $"Must be positive: {mbps.Value.ToString(CultureInfo.InvariantCulture)}") : mbps;

    private static NmLocation? Location(AwsNm.Location? location)
    {
        NmLocation place = new(
            Text(location?.Address, "address"), Text(location?.Latitude, "latitude"), Text(location?.Longitude, "longitude"));
        return place is { Address: null, Latitude: null, Longitude: null } ? null : place;
    }

    private static AwsNm.Location? ToWire(NmLocation? location) => location is null
        ? null
        : new AwsNm.Location { Address = location.Address, Latitude = location.Latitude, Longitude = location.Longitude };

    private static AwsNm.Site ToWire(CommandContext context, NmSite site) => new()
    {
        SiteId = site.Key,
        SiteArn = ArnOf(context, site),
        GlobalNetworkId = site.GlobalNetworkKey,
        Description = site.Description,
        Location = ToWire(site.Location),
        CreatedAt = site.CreatedAt,
        State = Available,
        Tags = NmTags.ToWire(site.Tags),
    };

    private static AwsNm.Link ToWire(CommandContext context, NmLink link) => new()
    {
        LinkId = link.Key,
        LinkArn = ArnOf(context, link),
        GlobalNetworkId = link.GlobalNetworkKey,
        SiteId = link.SiteKey,
        Description = link.Description,
        Type = link.Type,
        Bandwidth = new AwsNm.Bandwidth { UploadSpeed = link.UploadSpeed, DownloadSpeed = link.DownloadSpeed },
        Provider = link.Provider,
        CreatedAt = link.CreatedAt,
        State = Available,
        Tags = NmTags.ToWire(link.Tags),
    };
}
