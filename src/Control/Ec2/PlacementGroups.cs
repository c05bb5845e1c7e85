using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Placement groups. Source: AWS, "Placement groups for your Amazon EC2 instances".</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<PlacementGroup> PlacementGroupIds = new(
        "GroupId", "InvalidPlacementGroupId.NotFound", "InvalidPlacementGroupId.Malformed", "The placement group ID '{0}' does not exist.");

    private static readonly FilterTable<PlacementGroup> PlacementGroupFilters = new()
    {
        { "group-name", g => g.Name },
        { "group-arn", (here, g) => PlacementArn(here, g) },
        { "spread-level", g => g.SpreadLevel },
        { "state", _ => "available" },
        { "strategy", g => g.Strategy },
    };

    public Aws.CreatePlacementGroupResult CreatePlacementGroup(CommandContext context, Aws.CreatePlacementGroupRequest request)
    {
        (string Name, bool Asked)[] refused =
        [
            ("LinkedGroupId", request.LinkedGroupId is not null), ("Operator", request.Operator is not null),
            ("ParentGroupId", request.ParentGroupId is not null),
        ];
        foreach ((string parameter, bool asked) in refused)
        {
            if (asked)
            {
                throw Fault.Unsupported(parameter);
            }
        }

        string name = Door.Required(request.GroupName, "groupName");
        if (name.Length > 255 || !System.Text.Ascii.IsValid(name))
        {
            throw Fault.InvalidValue(name, "groupName");
        }

        if (PlacementGroupNamed(context.Here, name) is not null)
        {
            throw new Fault("InvalidPlacementGroup.Duplicate", $"The Placement Group '{name}' already exists.");
        }

        string strategy = Door.OneOf(request.Strategy, "strategy", "cluster", "spread", "partition") ?? "cluster";
        PlacementGroup group = context.Put(new PlacementGroup
        {
            Id = new(context.NewId(PlacementGroup.IdPrefix)),
            Name = name,
            Strategy = strategy,
            PartitionCount = PartitionsOf(strategy, request.PartitionCount),
            SpreadLevel = SpreadLevelOf(strategy, request.SpreadLevel),
            Tags = TagRules.New<PlacementGroup>(request.TagSpecifications),
        });
        return new Aws.CreatePlacementGroupResult { PlacementGroup = ToWire(context.Here, group) };
    }

    public Aws.DeletePlacementGroupResult DeletePlacementGroup(CommandContext context, Aws.DeletePlacementGroupRequest request)
    {
        PlacementGroup group = KnownPlacementGroup(context, Door.Required(request.GroupName, "groupName"));
        if (context.Here.Table<Instance>().Any(PlacementGroup.NameWord(group.Name)))
        {
            throw new Fault("InvalidPlacementGroup.InUse", $"The placement group '{group.Name}' is in use and may not be deleted.");
        }

        context.Remove(group.Id);
        return new Aws.DeletePlacementGroupResult();
    }

    public Aws.DescribePlacementGroupsResult DescribePlacementGroups(CommandContext context, Aws.DescribePlacementGroupsRequest request)
    {
        IEnumerable<PlacementGroup> rows = context.Here.All<PlacementGroup>();
        if (request.GroupNames is { Count: > 0 } names)
        {
            rows = [.. names.Distinct(StringComparer.Ordinal).Select(n => KnownPlacementGroup(context, n))];
        }

        if (request.GroupIds is { Count: > 0 } ids)
        {
            HashSet<string> wanted = [.. ids.Select(id => PlacementGroupById(context, id).Key)];
            rows = rows.Where(g => wanted.Contains(g.Key));
        }

        Partition here = context.Here;
        return new Aws.DescribePlacementGroupsResult
        {
            PlacementGroups = [.. PlacementGroupFilters.Apply(context, rows, request.Filters).Select(g => ToWire(here, g))],
        };
    }

    internal static PlacementGroup? PlacementGroupNamed(Partition here, string name) =>
        here.By<PlacementGroup>(PlacementGroup.NameWord(name)).FirstOrDefault();

    private static PlacementGroup KnownPlacementGroup(CommandContext context, string name) => PlacementGroupNamed(context.Here, name)
        ?? throw new Fault("InvalidPlacementGroup.Unknown", $"The Placement Group '{name}' is unknown.");

    private static PlacementGroup PlacementGroupById(CommandContext context, string id) =>
        context.Here.Find(new Id<PlacementGroup>(id))
        ?? throw PlacementGroupIds.NotFound(id);

    /// <summary>The group that a placement names by name or id; null where it names none.</summary>
    private static PlacementGroup? PlacementGroupOf(CommandContext context, Aws.Placement? place, InstanceTypeFacts type)
    {
        if (!string.IsNullOrEmpty(place?.GroupName) && !string.IsNullOrEmpty(place.GroupId))
        {
            throw Fault.Combination("The parameter groupName cannot be used with the parameter groupId");
        }

        PlacementGroup? group = !string.IsNullOrEmpty(place?.GroupName) ? KnownPlacementGroup(context, place.GroupName)
            : !string.IsNullOrEmpty(place?.GroupId) ? PlacementGroupById(context, place.GroupId)
            : null;
        return group is not { Strategy: "cluster" } || type.Has('P') ? group : throw Fault.Combination(
            $"Cluster placement groups are not supported by the '{type.Name}' instance type. Specify a supported instance type or change the "
            + "placement group strategy, and try again.");
    }

    /// <summary>A partition that was asked for by number.</summary>
    private static int? CheckedPartition(PlacementGroup? group, int? number)
    {
        if (number is not { } asked)
        {
            return null;
        }

        if (group is not { Strategy: "partition", PartitionCount: { } count })
        {
            throw Fault.Combination("The parameter PartitionNumber is valid only with a placement group of the strategy 'partition'.");
        }

        return asked >= 1 && asked <= count ? asked : throw Fault.InvalidValue(
            asked.ToString(CultureInfo.InvariantCulture), "PartitionNumber");
    }

    /// <summary>The partition the next instance of a group goes to: each in turn; null where the group has no partitions.</summary>
    private static int? NextPartition(Partition here, string name) => PlacementGroupNamed(here, name)?.PartitionCount is { } count
        ? (here.By<Instance>(PlacementGroup.NameWord(name)).Count() % count) + 1
        : null;

    private static int? PartitionsOf(string strategy, int? asked)
    {
        if (strategy != "partition")
        {
            return asked is null ? null : throw Fault.Combination(
                "The parameter PartitionCount is valid only with the placement strategy 'partition'.");
        }

        return asked is null or (>= 1 and <= 7) ? asked ?? 2 : throw Fault.InvalidValue(
            asked.Value.ToString(CultureInfo.InvariantCulture), "PartitionCount");
    }

    private static string? SpreadLevelOf(string strategy, string? asked)
    {
        if (strategy != "spread")
        {
            return asked is null ? null : throw Fault.Combination(
                "The parameter SpreadLevel is valid only with the placement strategy 'spread'.");
        }

        return asked != "host" ? "rack" : throw Fault.Unsupported("SpreadLevel=host");
    }

    private static string PlacementArn(Partition here, PlacementGroup group) =>
        $"arn:aws:ec2:{here.Region}:{here.Account}:placement-group/{group.Name}";

    private static Aws.PlacementGroup ToWire(Partition here, PlacementGroup group) => new()
    {
        GroupId = group.Key,
        GroupName = group.Name,
        GroupArn = PlacementArn(here, group),
        State = "available",
        Strategy = group.Strategy,
        PartitionCount = group.PartitionCount,
        SpreadLevel = group.SpreadLevel,
        Operator = Unmanaged,
        Tags = TagRules.ToWire(group.Tags),
    };
}
