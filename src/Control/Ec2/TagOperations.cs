using System.Collections.Immutable;
using System.Reflection;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Tags of every kind of resource. Source: AWS, "Tag your Amazon EC2 resources"; EC2 API, CreateTags, DeleteTags, DescribeTags.
/// </summary>
public sealed partial class Ec2Service
{
    private const int ResourcesPerTagRequest = 1000;
    private const string RulePrefix = "sgr-";

    private static readonly FilterTable<TagLine> TagFilters = new(line => line)
    {
        { "key", line => line.TagKey },
        { "resource-id", line => line.ResourceId },
        { "resource-type", line => line.ResourceType },
        { "value", line => line.Value },
    };

    public Aws.CreateTagsResult CreateTags(CommandContext context, Aws.CreateTagsRequest request)
    {
        if (request.Tags is not { Count: > 0 } added)
        {
            throw Fault.Missing("Tag");
        }

        foreach (string id in TaggedIds(request.Resources))
        {
            Retag(context, id, tags => TagRules.Merge(tags, added, refuseTwice: true));
        }

        return new Aws.CreateTagsResult();
    }

    /// <summary>No tag named: all go. A key alone: whatever its value. A key and a value, the empty one too: only that pair.</summary>
    public Aws.DeleteTagsResult DeleteTags(CommandContext context, Aws.DeleteTagsRequest request)
    {
        IReadOnlyList<Aws.Tag> named = request.Tags ?? [];
        if (named.Any(t => string.IsNullOrEmpty(t.Key)))
        {
            throw Fault.Invalid("Tag key cannot be null or empty");
        }

        foreach (string id in TaggedIds(request.Resources))
        {
            Retag(context, id, tags => named.Count == 0 ? Tags.None : Without(tags, named));
        }

        return new Aws.DeleteTagsResult();
    }

    public Aws.DescribeTagsResult DescribeTags(CommandContext context, Aws.DescribeTagsRequest request)
    {
        List<TagLine> lines = [.. TagFilters.Apply(context, LinesOf(context, request.Filters), request.Filters)];
        lines.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        Page<TagLine> page = Pager.Page(lines, request.MaxResults, request.NextToken);
        return new Aws.DescribeTagsResult
        {
            Tags =
            [
                .. page.Rows.Select(line => new Aws.TagDescription
                {
                    Key = line.TagKey,
                    ResourceId = line.ResourceId,
                    ResourceType = line.ResourceType,
                    Value = line.Value,
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    private static IEnumerable<string> TaggedIds(IReadOnlyList<string>? resources)
    {
        if (resources is not { Count: > 0 })
        {
            throw Fault.Missing("resourceIdSet");
        }

        return resources.Count <= ResourcesPerTagRequest
            ? resources.Distinct(StringComparer.Ordinal)
            : throw Fault.Invalid($"The maximum number of resources specified on a single call is {ResourcesPerTagRequest}");
    }

    private static ImmutableSortedDictionary<string, string> Without(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<Aws.Tag> named)
    {
        foreach (Aws.Tag tag in named)
        {
            if (tags.TryGetValue(tag.Key!, out string? value) && (tag.Value is null || tag.Value == value))
            {
                tags = tags.Remove(tag.Key!);
            }
        }

        return tags;
    }

    private static void Retag(
        CommandContext context,
        string id,
        Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        if (id.StartsWith(RulePrefix, StringComparison.Ordinal))
        {
            (SecurityGroup group, SecurityGroupRule rule) = RuleOf(context.Here, id)
                ?? throw new Fault("InvalidSecurityGroupRuleId.NotFound", $"The security group rule ID '{id}' does not exist");
            context.Put(group with { Rules = group.Rules.Replace(rule, rule with { Tags = change(rule.Tags) }) });
            return;
        }

        if (id.StartsWith(PermissionPrefix, StringComparison.Ordinal))
        {
            (VpcEndpointService service, AllowedPrincipal permission) = PermissionOf(context.Here, id)
                ?? throw new Fault("InvalidVpcEndpointServicePermission.NotFound", $"The endpoint service permission '{id}' does not exist");
            AllowedPrincipal next = permission with { Tags = change(permission.Tags) };
            context.Put(service with { AllowedPrincipals = service.AllowedPrincipals.Replace(permission, next) });
            return;
        }

        if (Kinds.OfId(id) is not { IsTagged: true } kind)
        {
            throw new Fault("InvalidID", $"The ID '{id}' is not valid");
        }

        ITagged row = (ITagged?)context.Here.Table(kind).FindRow(id) ?? throw TaggedKinds.NotFound(kind, id);
        context.PutRow(kind, row.WithTags(change(row.Tags)));
    }

    private static (SecurityGroup Group, SecurityGroupRule Rule)? RuleOf(Partition here, string id)
    {
        foreach (SecurityGroup group in here.By<SecurityGroup>(id))
        {
            if (group.Rules.FirstOrDefault(r => r.Id == id) is { } rule)
            {
                return (group, rule);
            }
        }

        return null;
    }

    private static (VpcEndpointService Service, AllowedPrincipal Permission)? PermissionOf(Partition here, string id)
    {
        foreach (VpcEndpointService service in here.By<VpcEndpointService>(id))
        {
            if (service.AllowedPrincipals.FirstOrDefault(p => p.Id == id) is { } permission)
            {
                return (service, permission);
            }
        }

        return null;
    }

    /// <summary>Every tag there is; where the request names the resources, theirs only. Kinds without ids of EC2's are other services'.</summary>
    private static IEnumerable<TagLine> LinesOf(CommandContext context, IReadOnlyList<Aws.Filter>? filters)
    {
        Partition here = context.Here;
        IReadOnlyList<string>? ids = filters?.FirstOrDefault(f => f.Name == "resource-id")?.Values;
        if (ids is { Count: > 0 } && ids.All(id => !id.AsSpan().ContainsAny('*', '?', '\\')))
        {
            return ids.Distinct(StringComparer.Ordinal).SelectMany(id => LinesOfOne(context, id));
        }

        // Kinds without a prefix belong to other services, which show their tags themselves.
        IEnumerable<TagLine> ofRows = Kinds.All.Where(k => k is { IsTagged: true, IdPrefix.Length: > 0 }).SelectMany(
            kind => here.Table(kind).Rows.Where(row => IsInReads(context, row))
                .SelectMany(row => LinesOf(row.Key, kind.Name, ((ITagged)row).Tags)));
        return ofRows
            .Concat(here.All<SecurityGroup>().SelectMany(g => g.Rules).SelectMany(LinesOfRule))
            .Concat(here.All<VpcEndpointService>().SelectMany(s => s.AllowedPrincipals).SelectMany(LinesOfPermission));
    }

    private static IEnumerable<TagLine> LinesOfOne(CommandContext context, string id)
    {
        Partition here = context.Here;
        if (RuleOf(here, id) is { } found)
        {
            return LinesOfRule(found.Rule);
        }

        if (PermissionOf(here, id) is { } of)
        {
            return LinesOfPermission(of.Permission);
        }

        return Kinds.OfId(id) is { IsTagged: true } kind && here.Table(kind).FindRow(id) is ITagged row && IsInReads(context, row)
            ? LinesOf(id, kind.Name, row.Tags)
            : [];
    }

    /// <summary>Terminated instances and deleted NAT gateways leave the reads an hour later, and their tags with them.</summary>
    private static bool IsInReads(CommandContext context, IResource row) => row switch
    {
        Instance instance => IsInSight(context, instance),
        NatGateway gateway => IsShown(context, gateway),
        VpcPeeringConnection peering => PeeringRows.IsShown(context, peering),
        CustomerGateway gateway => IsInSight(context, gateway.DeleteTime),
        VpnGateway gateway => IsInSight(context, gateway.DeleteTime),
        VpnConnection connection => IsInSight(context, connection.DeleteTime),
        _ => true,
    };

    private static IEnumerable<TagLine> LinesOfRule(SecurityGroupRule rule) => LinesOf(rule.Id, "security-group-rule", rule.Tags);

    private static IEnumerable<TagLine> LinesOfPermission(AllowedPrincipal permission) =>
        LinesOf(permission.Id, PermissionKind, permission.Tags);

    private static IEnumerable<TagLine> LinesOf(string id, string type, ImmutableSortedDictionary<string, string> tags) =>
        tags.Select(tag => new TagLine(id, type, tag.Key, tag.Value));

    /// <summary>One tag of one resource, as DescribeTags lists it. Its own only tag is itself, so <c>tag:KEY</c> filters read it.</summary>
    private sealed record TagLine(string ResourceId, string ResourceType, string TagKey, string Value) : ITagged
    {
        public string Key => $"{ResourceId}/{TagKey}";

        public IEnumerable<string> Keys => [];

        ImmutableSortedDictionary<string, string> ITagged.Tags => Tags.None.Add(TagKey, Value);

        public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => throw new NotSupportedException("a tag bears no tags");
    }

    /// <summary>The id rules that the files of the kinds declare, found by kind: AWS's code for an id that no row has.</summary>
    private static class TaggedKinds
    {
        private static readonly Dictionary<Kind, IIdRules> Rules = typeof(Ec2Service)
            .GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Select(field => field.GetValue(null))
            .OfType<IIdRules>()
            .ToDictionary(rules => rules.Kind);

        public static Fault NotFound(Kind kind, string id) =>
            Rules.TryGetValue(kind, out IIdRules? rules) ? rules.NotFound(id) : new Fault("InvalidID", $"The ID '{id}' is not valid");
    }
}
