using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Regions, zones and what an account may have. Source: AWS, EC2 API, DescribeAvailabilityZones, DescribeRegions, DescribeAccountAttributes.
/// </summary>
public sealed partial class Ec2Service
{
    private const string NoOptIn = "opt-in-not-required";

    private static readonly FilterTable<Zone> ZoneFilters = new()
    {
        { "group-long-name", (here, _) => ZoneGroupLongName(here.Region) },
        { "group-name", (here, _) => ZoneGroup(here.Region) },
        { "message", _ => (string?)null },
        { "opt-in-status", (here, _) => ZoneOptIn(here) },
        { "parent-zone-id", _ => (string?)null },
        { "parent-zone-name", _ => (string?)null },
        { "region-name", (here, _) => here.Region },
        { "state", _ => "available" },
        { "zone-id", zone => zone.ZoneId },
        { "zone-name", zone => zone.Name },
        { "zone-type", _ => "availability-zone" },
    };

    private static readonly FilterTable<RegionLine> RegionFilters = new()
    {
        { "endpoint", region => region.Endpoint },
        { "opt-in-status", region => region.OptIn },
        { "region-name", region => region.Name },
    };

    public Aws.DescribeAvailabilityZonesResult DescribeAvailabilityZones(
        CommandContext context, Aws.DescribeAvailabilityZonesRequest request)
    {
        ImmutableArray<Zone> all = Regions.ZonesOf(context.Account, context.Region);
        IEnumerable<Zone> zones = Chosen(all, request.ZoneNames, z => z.Name, "zoneName", "availability zone");
        zones = Chosen([.. zones], request.ZoneIds, z => z.ZoneId, "zoneId", "availability zone id");
        return new Aws.DescribeAvailabilityZonesResult
        {
            AvailabilityZones = [.. ZoneFilters.Apply(context, zones, request.Filters).Select(zone => new Aws.AvailabilityZone
            {
                State = "available",
                OptInStatus = ZoneOptIn(context.Here),
                Messages = [],
                RegionName = context.Region,
                ZoneName = zone.Name,
                ZoneId = zone.ZoneId,
                GroupName = ZoneGroup(context.Region),
                GroupLongName = ZoneGroupLongName(context.Region),
                NetworkBorderGroup = context.Region,
                ZoneType = "availability-zone",
            })],
        };
    }

    /// <summary>The group of a region's own zones can be named and opted in to; AWS lets nobody opt out of it alone.</summary>
    public Aws.ModifyAvailabilityZoneGroupResult ModifyAvailabilityZoneGroup(
        CommandContext context, Aws.ModifyAvailabilityZoneGroupRequest request)
    {
        string group = Door.Required(request.GroupName, "groupName");
        string status = Door.OneOf(Door.Required(request.OptInStatus, "optInStatus"), "optInStatus", "opted-in", "not-opted-in")!;
        if (group != ZoneGroup(context.Region))
        {
            throw Fault.InvalidValue(group, "groupName");
        }

        if (status == "not-opted-in")
        {
            throw new Fault(
                "UnsupportedOperation", $"Opting out of the zone group {group} is not supported. Contact AWS Support to opt out.");
        }

        RegionSettings settings = context.Here.All<RegionSettings>().SingleOrDefault() ?? new RegionSettings();
        context.Put(settings with { ZoneGroupOptIns = settings.ZoneGroupOptIns.SetItem(group, status) });
        return new Aws.ModifyAvailabilityZoneGroupResult { Return = true };
    }

    /// <summary>Enabled regions; all where asked. An opt-in region is enabled once the account has changed something there.</summary>
    public Aws.DescribeRegionsResult DescribeRegions(CommandContext context, Aws.DescribeRegionsRequest request)
    {
        IEnumerable<string> names = Regions.Listed.Contains(context.Region) ? Regions.Listed : Regions.Listed.Add(context.Region);
        List<RegionLine> lines = [.. names.Order(StringComparer.Ordinal).Select(name => LineOf(context, name))];
        IEnumerable<RegionLine> chosen = Chosen(lines, request.RegionNames, r => r.Name, "regionName", "region");
        bool all = request.AllRegions == true || request.RegionNames is { Count: > 0 };
        return new Aws.DescribeRegionsResult
        {
            Regions =
            [
                .. RegionFilters.Apply(context, chosen.Where(r => all || r.OptIn != "not-opted-in"), request.Filters)
                    .Select(r => new Aws.Region { RegionName = r.Name, Endpoint = r.Endpoint, OptInStatus = r.OptIn }),
            ],
        };
    }

    /// <remarks>The limits are those that hold here: a quota file changes them.</remarks>
    public Aws.DescribeAccountAttributesResult DescribeAccountAttributes(
        CommandContext context, Aws.DescribeAccountAttributesRequest request)
    {
        string addresses = Text(context.Quotas.LimitOf(Quotas.ElasticIpsPerRegion));
        List<(string Name, string Value)> all =
        [
            ("supported-platforms", "VPC"),
            ("vpc-max-security-groups-per-interface", Text(context.Quotas.LimitOf(Quotas.SecurityGroupsPerInterface))),
            ("max-elastic-ips", addresses),
            ("max-instances", "20"),
            ("vpc-max-elastic-ips", addresses),
            ("default-vpc", context.Here.By<Vpc>(Vpc.DefaultWord).FirstOrDefault()?.Id.Value ?? "none"),
        ];
        IEnumerable<(string Name, string Value)> chosen = Chosen(all, request.AttributeNames, a => a.Name, "attributeName", "attribute");
        return new Aws.DescribeAccountAttributesResult
        {
            AccountAttributes =
            [
                .. chosen.Select(a => new Aws.AccountAttribute
                {
                    AttributeName = a.Name,
                    AttributeValues = [new Aws.AccountAttributeValue { AttributeValue = a.Value }],
                }),
            ],
        };
    }

    /// <summary>The rows of the names asked for, each of which must be there; all where none was.</summary>
    private static IEnumerable<T> Chosen<T>(
        IReadOnlyCollection<T> all, IReadOnlyList<string>? names, Func<T, string> nameOf, string parameter, string what)
    {
        if (names is not { Count: > 0 })
        {
            return all;
        }

        string? unknown = names.FirstOrDefault(name => !all.Any(row => nameOf(row) == name));
        return unknown is null
            ? [.. all.Where(row => names.Contains(nameOf(row)))]
            : throw Fault.Invalid($"Value ({unknown}) for parameter {parameter} is invalid. Invalid {what}: [{unknown}]");
    }

    private static string ZoneGroup(string region) => $"{region}-zg-1";

    private static string ZoneGroupLongName(string region) => $"{RegionNames.Of(region)} 1";

    private static string ZoneOptIn(Partition here) =>
        here.All<RegionSettings>().SingleOrDefault()?.ZoneGroupOptIns.GetValueOrDefault(ZoneGroup(here.Region)) ?? NoOptIn;

    private static RegionLine LineOf(CommandContext context, string name)
    {
        bool used = name == context.Region || context.Draft.Next.Partitions.ContainsKey(new PartitionKey(context.Account, name));
        string optIn = !Regions.IsOptIn(name) ? NoOptIn : used ? "opted-in" : "not-opted-in";
        return new RegionLine(name, $"ec2.{name}.amazonaws.com", optIn);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record RegionLine(string Name, string Endpoint, string OptIn);
}
