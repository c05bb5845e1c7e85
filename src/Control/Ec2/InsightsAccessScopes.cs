using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Access scopes of Network Access Analyzer, as records: what they ask is kept and given back. An analysis says that it failed, and why,
/// since Trunkline does not answer scopes. Source: EC2 API, CreateNetworkInsightsAccessScope; AWS, "Network Access Analyzer Guide".
/// </summary>
public sealed partial class Ec2Service
{
    private const string NotAnswered = "Trunkline keeps access scopes and does not answer them.";

    internal static readonly IdRules<InsightsAccessScope> AccessScopeIds = new(
        "NetworkInsightsAccessScopeId", "InvalidNetworkInsightsAccessScopeId.NotFound", "InvalidNetworkInsightsAccessScopeId.Malformed",
        "The networkInsightsAccessScope ID '{0}' does not exist");

    internal static readonly IdRules<InsightsAccessScopeAnalysis> AccessScopeAnalysisIds = new(
        "NetworkInsightsAccessScopeAnalysisId", "InvalidNetworkInsightsAccessScopeAnalysisId.NotFound",
        "InvalidNetworkInsightsAccessScopeAnalysisId.Malformed", "The networkInsightsAccessScopeAnalysis ID '{0}' does not exist");

    /// <summary>AWS has no filters for these two but those of tags.</summary>
    private static readonly FilterTable<InsightsAccessScope> AccessScopeFilters = [];

    private static readonly FilterTable<InsightsAccessScopeAnalysis> AccessScopeAnalysisFilters = [];

    public Aws.CreateNetworkInsightsAccessScopeResult CreateNetworkInsightsAccessScope(
        CommandContext context, Aws.CreateNetworkInsightsAccessScopeRequest request)
    {
        Door.Required(request.ClientToken, "ClientToken");
        InsightsAccessScope scope = context.Put(new InsightsAccessScope
        {
            Id = new(context.NewId(InsightsAccessScope.IdPrefix)),
            CreatedDate = context.Now,
            UpdatedDate = context.Now,
            MatchPaths = PathsOf(request.MatchPaths),
            ExcludePaths = PathsOf(request.ExcludePaths),
            Tags = TagRules.New<InsightsAccessScope>(request.TagSpecifications),
        });
        return new Aws.CreateNetworkInsightsAccessScopeResult
        {
            NetworkInsightsAccessScope = ToWire(context, scope),
            NetworkInsightsAccessScopeContent = ContentOf(scope),
        };
    }

    public Aws.DescribeNetworkInsightsAccessScopesResult DescribeNetworkInsightsAccessScopes(
        CommandContext context, Aws.DescribeNetworkInsightsAccessScopesRequest request)
    {
        Pager.RefuseIdsWithPages(request.NetworkInsightsAccessScopeIds, "networkInsightsAccessScopeIds", request.MaxResults);
        IEnumerable<InsightsAccessScope> rows = AccessScopeFilters.Apply(
            context, AccessScopeIds.GetAll(context, request.NetworkInsightsAccessScopeIds), request.Filters);
        Page<InsightsAccessScope> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 1, most: 100);
        return new Aws.DescribeNetworkInsightsAccessScopesResult
        {
            NetworkInsightsAccessScopes = [.. page.Rows.Select(s => ToWire(context, s))],
            NextToken = page.NextToken,
        };
    }

    public Aws.GetNetworkInsightsAccessScopeContentResult GetNetworkInsightsAccessScopeContent(
        CommandContext context, Aws.GetNetworkInsightsAccessScopeContentRequest request) =>
        new() { NetworkInsightsAccessScopeContent = ContentOf(AccessScopeIds.Get(context, request.NetworkInsightsAccessScopeId)) };

    public Aws.DeleteNetworkInsightsAccessScopeResult DeleteNetworkInsightsAccessScope(
        CommandContext context, Aws.DeleteNetworkInsightsAccessScopeRequest request)
    {
        InsightsAccessScope scope = AccessScopeIds.Get(context, request.NetworkInsightsAccessScopeId);
        if (context.Here.By<InsightsAccessScopeAnalysis>(scope.Key).Any())
        {
            throw new Fault(
                "AnalysisExistsForNetworkInsightsAccessScope",
                $"The network insights access scope '{scope.Id}' has analyses and cannot be deleted.");
        }

        context.Remove(scope.Id);
        return new Aws.DeleteNetworkInsightsAccessScopeResult { NetworkInsightsAccessScopeId = scope.Id.Value };
    }

    public Aws.StartNetworkInsightsAccessScopeAnalysisResult StartNetworkInsightsAccessScopeAnalysis(
        CommandContext context, Aws.StartNetworkInsightsAccessScopeAnalysisRequest request)
    {
        Door.Required(request.ClientToken, "ClientToken");
        InsightsAccessScopeAnalysis row = context.Put(new InsightsAccessScopeAnalysis
        {
            Id = new(context.NewId(InsightsAccessScopeAnalysis.IdPrefix)),
            ScopeId = AccessScopeIds.Get(context, request.NetworkInsightsAccessScopeId).Id,
            StartDate = context.Now,
            Tags = TagRules.New<InsightsAccessScopeAnalysis>(request.TagSpecifications),
        });
        return new Aws.StartNetworkInsightsAccessScopeAnalysisResult { NetworkInsightsAccessScopeAnalysis = ToWire(context, row) };
    }

    public Aws.DescribeNetworkInsightsAccessScopeAnalysesResult DescribeNetworkInsightsAccessScopeAnalyses(
        CommandContext context, Aws.DescribeNetworkInsightsAccessScopeAnalysesRequest request)
    {
        Pager.RefuseIdsWithPages(
            request.NetworkInsightsAccessScopeAnalysisIds, "networkInsightsAccessScopeAnalysisIds", request.MaxResults);
        IEnumerable<InsightsAccessScopeAnalysis> rows =
            AccessScopeAnalysisIds.GetAll(context, request.NetworkInsightsAccessScopeAnalysisIds);
        if (request.NetworkInsightsAccessScopeId is not null)
        {
            Id<InsightsAccessScope> scope = AccessScopeIds.Get(context, request.NetworkInsightsAccessScopeId).Id;
            rows = rows.Where(a => a.ScopeId == scope);
        }

        rows = rows.Where(a => !(a.StartDate < request.AnalysisStartTimeBegin) && !(a.StartDate > request.AnalysisStartTimeEnd));
        rows = AccessScopeAnalysisFilters.Apply(context, rows, request.Filters);
        Page<InsightsAccessScopeAnalysis> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 1, most: 100);
        return new Aws.DescribeNetworkInsightsAccessScopeAnalysesResult
        {
            NetworkInsightsAccessScopeAnalyses = [.. page.Rows.Select(a => ToWire(context, a))],
            NextToken = page.NextToken,
        };
    }

    public Aws.GetNetworkInsightsAccessScopeAnalysisFindingsResult GetNetworkInsightsAccessScopeAnalysisFindings(
        CommandContext context, Aws.GetNetworkInsightsAccessScopeAnalysisFindingsRequest request)
    {
        InsightsAccessScopeAnalysis row = AccessScopeAnalysisIds.Get(context, request.NetworkInsightsAccessScopeAnalysisId);
        _ = Pager.Page(Array.Empty<string>(), request.MaxResults, request.NextToken, key => key, least: 1, most: 100);
        return new Aws.GetNetworkInsightsAccessScopeAnalysisFindingsResult
        {
            NetworkInsightsAccessScopeAnalysisId = row.Id.Value,
            AnalysisStatus = "failed",
            AnalysisFindings = [],
        };
    }

    public Aws.DeleteNetworkInsightsAccessScopeAnalysisResult DeleteNetworkInsightsAccessScopeAnalysis(
        CommandContext context, Aws.DeleteNetworkInsightsAccessScopeAnalysisRequest request)
    {
        InsightsAccessScopeAnalysis row = AccessScopeAnalysisIds.Get(context, request.NetworkInsightsAccessScopeAnalysisId);
        context.Remove(row.Id);
        return new Aws.DeleteNetworkInsightsAccessScopeAnalysisResult { NetworkInsightsAccessScopeAnalysisId = row.Id.Value };
    }

    private static ImmutableArray<AccessScopePath> PathsOf(IReadOnlyList<Aws.AccessScopePathRequest>? asked) =>
    [
        .. (asked ?? []).Select(p => new AccessScopePath(
            EndOf(p.Source, "Source"), EndOf(p.Destination, "Destination"),
            [.. (p.ThroughResources ?? []).Select(t => ResourcesOf(t.ResourceStatement, "ThroughResources") ?? new AccessScopeResources([], []))])),
    ];

    private static AccessScopeEnd? EndOf(Aws.PathStatementRequest? asked, string parameter) => asked is null ? null : new AccessScopeEnd(
        asked.PacketHeaderStatement is { } header
            ? new AccessScopeHeader
            {
                SourceAddresses = Blocks(header.SourceAddresses, $"{parameter}.SourceAddresses"),
                DestinationAddresses = Blocks(header.DestinationAddresses, $"{parameter}.DestinationAddresses"),
                SourcePorts = PortTexts(header.SourcePorts, $"{parameter}.SourcePorts"),
                DestinationPorts = PortTexts(header.DestinationPorts, $"{parameter}.DestinationPorts"),
                SourcePrefixLists = [.. header.SourcePrefixLists ?? []],
                DestinationPrefixLists = [.. header.DestinationPrefixLists ?? []],
                Protocols = [.. (header.Protocols ?? []).Select(p => Door.OneOf(p, $"{parameter}.Protocols", "tcp", "udp")!)],
            }
            : null,
        ResourcesOf(asked.ResourceStatement, parameter));

    private static AccessScopeResources? ResourcesOf(Aws.ResourceStatementRequest? asked, string parameter)
    {
        if (asked is null)
        {
            return null;
        }

        foreach (string type in asked.ResourceTypes ?? [])
        {
            if (!type.StartsWith("AWS::", StringComparison.Ordinal))
            {
                throw Fault.InvalidValue(type, $"{parameter}.ResourceStatement.ResourceTypes");
            }
        }

        return new AccessScopeResources([.. asked.Resources ?? []], [.. asked.ResourceTypes ?? []]);
    }

    private static ImmutableArray<string> Blocks(IReadOnlyList<string>? texts, string parameter) =>
        [.. (texts ?? []).Select(t => IpAddress.TryParse(t, out IpAddress one) ? one.ToString() : Door.AnyCidr(t, parameter).ToString())];

    /// <summary>Ports and ranges of ports: <c>443</c>, <c>8000-8100</c>.</summary>
    private static ImmutableArray<string> PortTexts(IReadOnlyList<string>? texts, string parameter)
    {
        foreach (string text in texts ?? [])
        {
            string[] ends = text.Split('-');
            bool good = ends.Length <= 2 && ends.All(e => ushort.TryParse(e, out _)) && ushort.Parse(ends[0]) <= ushort.Parse(ends[^1]);
            if (!good)
            {
                throw Fault.InvalidValue(text, parameter);
            }
        }

        return [.. texts ?? []];
    }

    private static Aws.NetworkInsightsAccessScope ToWire(CommandContext context, InsightsAccessScope scope) => new()
    {
        NetworkInsightsAccessScopeId = scope.Id.Value,
        NetworkInsightsAccessScopeArn = context.Arn($"network-insights-access-scope/{scope.Id}"),
        CreatedDate = scope.CreatedDate,
        UpdatedDate = scope.UpdatedDate,
        Tags = TagRules.ToWire(scope.Tags),
    };

    private static Aws.NetworkInsightsAccessScopeAnalysis ToWire(CommandContext context, InsightsAccessScopeAnalysis row) => new()
    {
        NetworkInsightsAccessScopeAnalysisId = row.Id.Value,
        NetworkInsightsAccessScopeAnalysisArn = context.Arn($"network-insights-access-scope-analysis/{row.Id}"),
        NetworkInsightsAccessScopeId = row.ScopeId.Value,
        Status = "failed",
        StatusMessage = NotAnswered,
        StartDate = row.StartDate,
        EndDate = row.StartDate,
        FindingsFound = "unknown",
        AnalyzedEniCount = 0,
        Tags = TagRules.ToWire(row.Tags),
    };

    private static Aws.NetworkInsightsAccessScopeContent ContentOf(InsightsAccessScope scope) => new()
    {
        NetworkInsightsAccessScopeId = scope.Id.Value,
        MatchPaths = [.. scope.MatchPaths.Select(ToWire)],
        ExcludePaths = [.. scope.ExcludePaths.Select(ToWire)],
    };

    private static Aws.AccessScopePath ToWire(AccessScopePath path) => new()
    {
        Source = ToWire(path.Source),
        Destination = ToWire(path.Destination),
        ThroughResources = path.Through.IsEmpty
            ? null
            : [.. path.Through.Select(t => new Aws.ThroughResourcesStatement { ResourceStatement = ToWire(t) })],
    };

    private static Aws.PathStatement? ToWire(AccessScopeEnd? end) => end is null ? null : new()
    {
        PacketHeaderStatement = end.Header is { } header
            ? new Aws.PacketHeaderStatement
            {
                SourceAddresses = OrNull(header.SourceAddresses),
                DestinationAddresses = OrNull(header.DestinationAddresses),
                SourcePorts = OrNull(header.SourcePorts),
                DestinationPorts = OrNull(header.DestinationPorts),
                SourcePrefixLists = OrNull(header.SourcePrefixLists),
                DestinationPrefixLists = OrNull(header.DestinationPrefixLists),
                Protocols = OrNull(header.Protocols),
            }
            : null,
        ResourceStatement = ToWire(end.Resources),
    };

    private static Aws.ResourceStatement? ToWire(AccessScopeResources? resources) => resources is null ? null : new()
    {
        Resources = OrNull(resources.Resources),
        ResourceTypes = OrNull(resources.Types),
    };

    private static ImmutableArray<string>? OrNull(ImmutableArray<string> texts) => texts.IsEmpty ? null : texts;
}
