using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Paths of Reachability Analyzer. Source: EC2 API, CreateNetworkInsightsPath; AWS, "How Reachability Analyzer works".</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<NetworkInsightsPath> InsightsPathIds = new(
        "NetworkInsightsPathId", "InvalidNetworkInsightsPathId.NotFound", "InvalidNetworkInsightsPathId.Malformed",
        "The networkInsightsPath ID '{0}' does not exist");

    private static readonly FilterTable<NetworkInsightsPath> InsightsPathFilters = new()
    {
        { "destination", p => p.DestinationArn is { } arn ? InsightsEnd.Of(arn)?.Id : null },
        { "filter-at-destination.destination-address", p => p.FilterAtDestination?.DestinationAddress?.ToString() },
        { "filter-at-destination.destination-port-range", p => RangeText(p.FilterAtDestination?.DestinationPorts) },
        { "filter-at-destination.source-address", p => p.FilterAtDestination?.SourceAddress?.ToString() },
        { "filter-at-destination.source-port-range", p => RangeText(p.FilterAtDestination?.SourcePorts) },
        { "filter-at-source.destination-address", p => p.FilterAtSource?.DestinationAddress?.ToString() },
        { "filter-at-source.destination-port-range", p => RangeText(p.FilterAtSource?.DestinationPorts) },
        { "filter-at-source.source-address", p => p.FilterAtSource?.SourceAddress?.ToString() },
        { "filter-at-source.source-port-range", p => RangeText(p.FilterAtSource?.SourcePorts) },
        { "protocol", p => Door.ProtocolName(p.Protocol) },
        { "source", p => InsightsEnd.Of(p.SourceArn)?.Id },
    };

    public Aws.CreateNetworkInsightsPathResult CreateNetworkInsightsPath(
        CommandContext context, Aws.CreateNetworkInsightsPathRequest request)
    {
        InsightsFilter? atSource = FilterOf(request.FilterAtSource, "FilterAtSource");
        InsightsFilter? atDestination = FilterOf(request.FilterAtDestination, "FilterAtDestination");
        RefuseTogether(("sourceIp", request.SourceIp is not null), ("filterAtSource", atSource is not null));
        RefuseTogether(("destinationPort", request.DestinationPort is not null), ("filterAtSource", atSource is not null));
        RefuseTogether(("destinationIp", request.DestinationIp is not null), ("filterAtDestination", atDestination is not null));
        bool hasEnd = request.Destination is not null || request.DestinationIp is not null
            || atSource?.DestinationAddress is not null || atDestination?.DestinationAddress is not null;
        if (!hasEnd)
        {
            throw Fault.Missing("Destination");
        }

        NetworkInsightsPath path = context.Put(new NetworkInsightsPath
        {
            Id = new(context.NewId(NetworkInsightsPath.IdPrefix)),
            CreatedDate = context.Now,
            SourceArn = InsightsEnd.Parse(context, Door.Required(request.Source, "Source"), "source").Arn,
            DestinationArn = request.Destination is null ? null : InsightsEnd.Parse(context, request.Destination, "destination").Arn,
            SourceIp = request.SourceIp is null ? null : Door.Ipv4(request.SourceIp, "sourceIp"),
            DestinationIp = request.DestinationIp is null ? null : Door.Ipv4(request.DestinationIp, "destinationIp"),
            Protocol = Door.OneOf(Door.Required(request.Protocol, "Protocol"), "protocol", "tcp", "udp") == "udp" ? 17 : 6,
            DestinationPort = request.DestinationPort is { } port ? CheckedPort(port, "destinationPort") : null,
            FilterAtSource = atSource,
            FilterAtDestination = atDestination,
            Tags = TagRules.New<NetworkInsightsPath>(request.TagSpecifications),
        });
        return new Aws.CreateNetworkInsightsPathResult { NetworkInsightsPath = ToWire(context, path) };
    }

    public Aws.DeleteNetworkInsightsPathResult DeleteNetworkInsightsPath(
        CommandContext context, Aws.DeleteNetworkInsightsPathRequest request)
    {
        NetworkInsightsPath path = InsightsPathIds.Get(context, request.NetworkInsightsPathId);
        if (context.Here.By<NetworkInsightsAnalysis>(path.Id.Value).Any())
        {
            throw new Fault(
                "AnalysisExistsForNetworkInsightsPath", $"The network insights path '{path.Id}' has analyses and cannot be deleted.");
        }

        context.Remove(path.Id);
        return new Aws.DeleteNetworkInsightsPathResult { NetworkInsightsPathId = path.Id.Value };
    }

    public Aws.DescribeNetworkInsightsPathsResult DescribeNetworkInsightsPaths(
        CommandContext context, Aws.DescribeNetworkInsightsPathsRequest request)
    {
        Pager.RefuseIdsWithPages(request.NetworkInsightsPathIds, "networkInsightsPathIds", request.MaxResults);
        IEnumerable<NetworkInsightsPath> rows =
            InsightsPathFilters.Apply(context, InsightsPathIds.GetAll(context, request.NetworkInsightsPathIds), request.Filters);
        Page<NetworkInsightsPath> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 1, most: 100);
        return new Aws.DescribeNetworkInsightsPathsResult
        {
            NetworkInsightsPaths = [.. page.Rows.Select(p => ToWire(context, p))],
            NextToken = page.NextToken,
        };
    }

    private static InsightsFilter? FilterOf(Aws.PathRequestFilter? asked, string parameter) => asked is null ? null : new InsightsFilter(
        asked.SourceAddress is null ? null : Door.Ipv4(asked.SourceAddress, $"{parameter}.SourceAddress"),
        RangeOf(asked.SourcePortRange, $"{parameter}.SourcePortRange"),
        asked.DestinationAddress is null ? null : Door.Ipv4(asked.DestinationAddress, $"{parameter}.DestinationAddress"),
        RangeOf(asked.DestinationPortRange, $"{parameter}.DestinationPortRange"));

    private static PortRange? RangeOf(Aws.RequestFilterPortRange? asked, string parameter)
    {
        if (asked is null)
        {
            return null;
        }

        int from = CheckedPort(Door.Required(asked.FromPort ?? asked.ToPort, $"{parameter}.FromPort"), $"{parameter}.FromPort");
        int to = CheckedPort(asked.ToPort ?? from, $"{parameter}.ToPort");
        return from <= to ? new PortRange(from, to) : throw Fault.Invalid($"The port range {from}-{to} of {parameter} is invalid.");
    }

    private static int CheckedPort(int port, string parameter) =>
        port is >= 0 and <= 65_535 ? port : throw Fault.InvalidValue(port.ToString(CultureInfo.InvariantCulture), parameter);

    private static string? RangeText(PortRange? range) => range is null ? null : $"{range.From}-{range.To}";

    private static Aws.NetworkInsightsPath ToWire(CommandContext context, NetworkInsightsPath path) => new()
    {
        NetworkInsightsPathId = path.Id.Value,
        NetworkInsightsPathArn = context.Arn($"network-insights-path/{path.Id}"),
        CreatedDate = path.CreatedDate,
        Source = InsightsEnd.Of(path.SourceArn)?.Id,
        SourceArn = path.SourceArn,
        Destination = path.DestinationArn is { } arn ? InsightsEnd.Of(arn)?.Id : null,
        DestinationArn = path.DestinationArn,
        SourceIp = path.SourceIp?.ToString(),
        DestinationIp = path.DestinationIp?.ToString(),
        Protocol = Door.ProtocolName(path.Protocol),
        DestinationPort = path.DestinationPort,
        FilterAtSource = ToWire(path.FilterAtSource),
        FilterAtDestination = ToWire(path.FilterAtDestination),
        Tags = TagRules.ToWire(path.Tags),
    };

    private static Aws.PathFilter? ToWire(InsightsFilter? filter) => filter is null ? null : new()
    {
        SourceAddress = filter.SourceAddress?.ToString(),
        SourcePortRange = ToWire(filter.SourcePorts),
        DestinationAddress = filter.DestinationAddress?.ToString(),
        DestinationPortRange = ToWire(filter.DestinationPorts),
    };

    private static Aws.FilterPortRange? ToWire(PortRange? range) =>
        range is null ? null : new() { FromPort = range.From, ToPort = range.To };
}
