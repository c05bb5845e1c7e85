using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using AwsNm = Trunkline.Wire.Networkmanager;

namespace Trunkline.Control.NetworkManager;

/// <summary>
/// Network Manager: global networks, and the inventory of what is outside of AWS. Nothing here changes where packets go. Rows are global ones
/// of the account. Source: Network Manager API Reference; AWS Global Networks for Transit Gateways.
/// </summary>
public sealed partial class NetworkManagerService : AwsNm.INetworkmanager<CommandContext>
{
    private const int PageMax = 500;
    private const int TextMax = 256;
    private const string Available = "AVAILABLE";
    private const string Deleting = "DELETING";
    private const string GlobalNetworkType = "global-network";

    public AwsNm.CreateGlobalNetworkResponse CreateGlobalNetwork(CommandContext context, AwsNm.CreateGlobalNetworkRequest request)
    {
        NmFaults.CheckQuota(context, NmQuotas.GlobalNetworks, context.Global.Here.Table<GlobalNetwork>().Count + 1);
        GlobalNetwork network = context.Global.Put(new GlobalNetwork
        {
            Key = context.NewId(GlobalNetworkType),
            Description = Text(request.Description, "description"),
            CreatedAt = context.Now,
            Tags = NmTags.Added(Tags.None, request.Tags),
        });
        return new AwsNm.CreateGlobalNetworkResponse { GlobalNetwork = ToWire(context, network) };
    }

    public AwsNm.UpdateGlobalNetworkResponse UpdateGlobalNetwork(CommandContext context, AwsNm.UpdateGlobalNetworkRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        GlobalNetwork next = context.Global.Put(network with { Description = Changed(network.Description, request.Description, "description") });
        return new AwsNm.UpdateGlobalNetworkResponse { GlobalNetwork = ToWire(context, next) };
    }

    /// <summary>Refused while anything is in it; answers to questions about routes go with it.</summary>
    public AwsNm.DeleteGlobalNetworkResponse DeleteGlobalNetwork(CommandContext context, AwsNm.DeleteGlobalNetworkRequest request)
    {
        GlobalNetwork network = context.Global.Here.Table<GlobalNetwork>().Find(request.GlobalNetworkId ?? "")
            ?? throw NmFaults.NotFound(GlobalNetworkType, request.GlobalNetworkId ?? "");
        Partition rows = context.Global.Here;
        string word = GlobalNetwork.Word(network.Key);
        Kind analyses = Kind.Of<RouteAnalysis>();
        if (Kinds.All.Any(kind => kind != analyses && rows.Table(kind).RowsBy(word).Any()))
        {
            throw NmFaults.Conflict(GlobalNetworkType, network.Key, $"Global network {network.Key} still has resources in it.");
        }

        foreach (RouteAnalysis analysis in rows.By<RouteAnalysis>(word).ToList())
        {
            context.Global.Remove(new Id<RouteAnalysis>(analysis.Key));
        }

        context.Global.Remove(new Id<GlobalNetwork>(network.Key));
        return new AwsNm.DeleteGlobalNetworkResponse { GlobalNetwork = ToWire(context, network) with { State = Deleting } };
    }

    public AwsNm.DescribeGlobalNetworksResponse DescribeGlobalNetworks(CommandContext context, AwsNm.DescribeGlobalNetworksRequest request)
    {
        IEnumerable<GlobalNetwork> rows = Named(context.Global.Here.All<GlobalNetwork>(), request.GlobalNetworkIds);
        Page<GlobalNetwork> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.DescribeGlobalNetworksResponse
        {
            GlobalNetworks = [.. page.Rows.Select(n => ToWire(context, n))],
            NextToken = page.NextToken,
        };
    }

    public AwsNm.TagResourceResponse TagResource(CommandContext context, AwsNm.TagResourceRequest request)
    {
        (Kind kind, ITagged row) = Tagged(context, request.ResourceArn);
        context.Draft.PutRow(context.Global.Key, kind, row.WithTags(NmTags.Added(row.Tags, request.Tags)));
        return new AwsNm.TagResourceResponse();
    }

    public AwsNm.UntagResourceResponse UntagResource(CommandContext context, AwsNm.UntagResourceRequest request)
    {
        (Kind kind, ITagged row) = Tagged(context, request.ResourceArn);
        context.Draft.PutRow(context.Global.Key, kind, row.WithTags(row.Tags.RemoveRange(request.TagKeys ?? [])));
        return new AwsNm.UntagResourceResponse();
    }

    public AwsNm.ListTagsForResourceResponse ListTagsForResource(CommandContext context, AwsNm.ListTagsForResourceRequest request) =>
        new() { TagList = NmTags.ToWire(Tagged(context, request.ResourceArn).Row.Tags) };

    /// <summary>The global network that a request is about.</summary>
    /// <exception cref="Fault">ValidationException: AWS refuses an unknown one as a wrong field.</exception>
    private static GlobalNetwork Network(CommandContext context, string? id) =>
        context.Global.Here.Table<GlobalNetwork>().Find(id ?? "") ?? throw NmFaults.NoGlobalNetwork();

    /// <summary>A row that bears tags, by its ARN.</summary>
    private static (Kind Kind, ITagged Row) Tagged(CommandContext context, string? arn)
    {
        string text = arn ?? "";
        string[] fields = text.Split(':', 6);
        if (fields.Length != 6 || fields[0] != "arn" || fields[2] != "networkmanager" || fields[5].IndexOf('/') is not (> 0 and int slash))
        {
            throw NmFaults.Field("resourceArn", "Invalid resource ARN.");
        }

        string type = fields[5][..slash];
        Kind? kind = type switch
        {
            GlobalNetworkType => Kind.Of<GlobalNetwork>(),
            SiteType => Kind.Of<NmSite>(),
            DeviceType => Kind.Of<NmDevice>(),
            LinkType => Kind.Of<NmLink>(),
            ConnectionType => Kind.Of<NmConnection>(),
            _ => null,
        };
        string key = text[(text.LastIndexOf('/') + 1)..];
        return kind is not null && context.Global.Here.Table(kind).FindRow(key) is ITagged row && ArnOf(context, row) == text
            ? (kind, row)
            : throw NmFaults.NotFound(type, text);
    }

    private static string ArnOf(CommandContext context, IResource row) => row switch
    {
        GlobalNetwork network => Arn(context, $"{GlobalNetworkType}/{network.Key}"),
        NmSite site => Arn(context, $"{SiteType}/{site.GlobalNetworkKey}/{site.Key}"),
        NmDevice device => Arn(context, $"{DeviceType}/{device.GlobalNetworkKey}/{device.Key}"),
        NmLink link => Arn(context, $"{LinkType}/{link.GlobalNetworkKey}/{link.Key}"),
        NmConnection connection => Arn(context, $"{ConnectionType}/{connection.GlobalNetworkKey}/{connection.Key}"),
        _ => throw new InvalidOperationException($"{row.GetType().Name} has no ARN of Network Manager"),
    };

    /// <summary>Network Manager's ARNs have no region.</summary>
    private static string Arn(CommandContext context, string resource) => $"arn:aws:networkmanager::{context.Account}:{resource}";

    private static Page<T> PageOf<T>(IEnumerable<T> rows, int? maxResults, string? nextToken)
        where T : IResource
    {
        if (maxResults is < 1 or > PageMax)
        {
            throw NmFaults.Field("maxResults", $"Must be between 1 and {PageMax.ToString(CultureInfo.InvariantCulture)}.");
        }

        try
        {
            return Pager.Page(
                rows.OrderBy(r => r.Key, StringComparer.Ordinal), maxResults, nextToken, r => r.Key, 1, PageMax, alwaysPaged: true);
        }
        catch (Fault fault) when (fault.Code == "InvalidNextToken")
        {
            throw NmFaults.Field("nextToken", "Invalid token.");
        }
    }

    /// <summary>A text of a request; an empty one is none.</summary>
    private static string? Text(string? value, string name, int most = TextMax) => value switch
    {
        null or "" => null,
        { Length: var length } when length > most => throw NmFaults.Field(name, $"Must be at most {most.ToString(CultureInfo.InvariantCulture)} characters."),
        _ => value,
    };

    /// <summary>A text as a request leaves it: absent changes nothing, an empty one removes it.</summary>
    private static string? Changed(string? before, string? value, string name) => value is null ? before : Text(value, name);

    private static AwsNm.GlobalNetwork ToWire(CommandContext context, GlobalNetwork network) => new()
    {
        GlobalNetworkId = network.Key,
        GlobalNetworkArn = ArnOf(context, network),
        Description = network.Description,
        CreatedAt = network.CreatedAt,
        State = Available,
        Tags = NmTags.ToWire(network.Tags),
    };
}
