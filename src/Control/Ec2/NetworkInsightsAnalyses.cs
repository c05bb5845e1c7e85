using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Analyses of Reachability Analyzer, answered by the same trace as every other question. Source: EC2 API, StartNetworkInsightsAnalysis.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<NetworkInsightsAnalysis> InsightsAnalysisIds = new(
        "NetworkInsightsAnalysisId", "InvalidNetworkInsightsAnalysisId.NotFound", "InvalidNetworkInsightsAnalysisId.Malformed",
        "The networkInsightsAnalysis ID '{0}' does not exist");

    private static readonly JsonSerializerOptions AnswerOptions = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly FilterTable<NetworkInsightsAnalysis> InsightsAnalysisFilters = new()
    {
        { "path-found", a => a.PathFound },
        { "status", _ => "succeeded" },
    };

    public Aws.StartNetworkInsightsAnalysisResult StartNetworkInsightsAnalysis(
        CommandContext context, Aws.StartNetworkInsightsAnalysisRequest request)
    {
        NetworkInsightsPath path = InsightsPathIds.Get(context, request.NetworkInsightsPathId);
        ImmutableArray<string> through = ArnsOf(request.FilterInArns, "FilterInArn");
        ImmutableArray<string> around = ArnsOf(request.FilterOutArns, "FilterOutArn");
        ImmutableArray<string> accounts = [.. (request.AdditionalAccounts ?? []).Select(a => AccountId(a, "AdditionalAccount"))];
        ImmutableSortedDictionary<string, string> tags = TagRules.New<NetworkInsightsAnalysis>(request.TagSpecifications);
        InsightsAnswer answer = new InsightsQuestion(context.Draft.Next, context.Tracer, path, through, around).Answer();
        NetworkInsightsAnalysis row = context.Put(new NetworkInsightsAnalysis
        {
            Id = new(context.NewId(NetworkInsightsAnalysis.IdPrefix)),
            PathId = path.Id,
            StartDate = context.Now,
            AdditionalAccounts = accounts,
            FilterInArns = through,
            FilterOutArns = around,
            PathFound = answer.Found,
            Answer = JsonSerializer.Serialize(answer, AnswerOptions),
            Tags = tags,
        });
        return new Aws.StartNetworkInsightsAnalysisResult
        {
            NetworkInsightsAnalysis = Outline(context, row) with { Status = "running" },
        };
    }

    public Aws.DeleteNetworkInsightsAnalysisResult DeleteNetworkInsightsAnalysis(
        CommandContext context, Aws.DeleteNetworkInsightsAnalysisRequest request)
    {
        NetworkInsightsAnalysis row = InsightsAnalysisIds.Get(context, request.NetworkInsightsAnalysisId);
        context.Remove(row.Id);
        return new Aws.DeleteNetworkInsightsAnalysisResult { NetworkInsightsAnalysisId = row.Id.Value };
    }

    public Aws.DescribeNetworkInsightsAnalysesResult DescribeNetworkInsightsAnalyses(
        CommandContext context, Aws.DescribeNetworkInsightsAnalysesRequest request)
    {
        Pager.RefuseIdsWithPages(request.NetworkInsightsAnalysisIds, "networkInsightsAnalysisIds", request.MaxResults);
        IEnumerable<NetworkInsightsAnalysis> rows = InsightsAnalysisIds.GetAll(context, request.NetworkInsightsAnalysisIds);
        if (request.NetworkInsightsPathId is not null)
        {
            Id<NetworkInsightsPath> path = InsightsPathIds.Get(context, request.NetworkInsightsPathId).Id;
            rows = rows.Where(a => a.PathId == path);
        }

        rows = rows.Where(a => !(a.StartDate < request.AnalysisStartTime) && !(a.StartDate > request.AnalysisEndTime));
        rows = InsightsAnalysisFilters.Apply(context, rows, request.Filters);
        Page<NetworkInsightsAnalysis> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 1, most: 100);
        return new Aws.DescribeNetworkInsightsAnalysesResult
        {
            NetworkInsightsAnalyses = [.. page.Rows.Select(a => ToWire(context, a))],
            NextToken = page.NextToken,
        };
    }

    private static ImmutableArray<string> ArnsOf(IReadOnlyList<string>? arns, string parameter) =>
        [.. (arns ?? []).Select(arn => InsightsEnd.Of(arn)?.Arn ?? throw Fault.InvalidValue(arn, parameter))];

    private static Aws.NetworkInsightsAnalysis Outline(CommandContext context, NetworkInsightsAnalysis row) => new()
    {
        NetworkInsightsAnalysisId = row.Id.Value,
        NetworkInsightsAnalysisArn = context.Arn($"network-insights-analysis/{row.Id}"),
        NetworkInsightsPathId = row.PathId.Value,
        AdditionalAccounts = row.AdditionalAccounts.IsEmpty ? null : row.AdditionalAccounts,
        FilterInArns = row.FilterInArns.IsEmpty ? null : row.FilterInArns,
        FilterOutArns = row.FilterOutArns.IsEmpty ? null : row.FilterOutArns,
        StartDate = row.StartDate,
        Status = "succeeded",
        Tags = TagRules.ToWire(row.Tags),
    };

    private static Aws.NetworkInsightsAnalysis ToWire(CommandContext context, NetworkInsightsAnalysis row)
    {
        InsightsAnswer answer = JsonSerializer.Deserialize<InsightsAnswer>(row.Answer, AnswerOptions)
            ?? throw new InvalidOperationException($"the answer of {row.Id} is null");
        return Outline(context, row) with
        {
            NetworkPathFound = answer.Found,
            ForwardPathComponents = answer.Forward is { Count: > 0 } ? answer.Forward : null,
            ReturnPathComponents = answer.Return is { Count: > 0 } ? answer.Return : null,
            Explanations = answer.Explanations is { Count: > 0 } ? answer.Explanations : null,
        };
    }
}
