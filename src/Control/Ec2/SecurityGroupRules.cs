using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Rules of security groups: added, taken away and listed. Source: AWS, "Security group rules"; EC2 API, AuthorizeSecurityGroupIngress,
/// RevokeSecurityGroupIngress, DescribeSecurityGroupRules.
/// </summary>
public sealed partial class Ec2Service
{
    private const string RuleKind = "security-group-rule";

    private static readonly FilterTable<GroupRule> GroupRuleFilters = new()
    {
        { "group-id", row => row.Group.Id.Value },
        { "security-group-rule-id", row => row.Rule.Id },
    };

    public Aws.AuthorizeSecurityGroupIngressResult AuthorizeSecurityGroupIngress(
        CommandContext context, Aws.AuthorizeSecurityGroupIngressRequest request)
    {
        SecurityGroup group = GroupOf(context, request.GroupId, request.GroupName);
        FlatPermission flat = new(
            request.IpProtocol, request.FromPort, request.ToPort, request.CidrIp,
            request.SourceSecurityGroupName, request.SourceSecurityGroupOwnerId);
        IReadOnlyList<Aws.SecurityGroupRule> added =
            Authorize(context, group, egress: false, flat.Or(request.IpPermissions), request.TagSpecifications);
        return new Aws.AuthorizeSecurityGroupIngressResult { Return = true, SecurityGroupRules = added };
    }

    public Aws.AuthorizeSecurityGroupEgressResult AuthorizeSecurityGroupEgress(
        CommandContext context, Aws.AuthorizeSecurityGroupEgressRequest request)
    {
        SecurityGroup group = SecurityGroupIds.Get(context, request.GroupId);
        RefuseSourceGroup(request.SourceSecurityGroupName, request.SourceSecurityGroupOwnerId);
        FlatPermission flat = new(request.IpProtocol, request.FromPort, request.ToPort, request.CidrIp, null, null);
        IReadOnlyList<Aws.SecurityGroupRule> added =
            Authorize(context, group, egress: true, flat.Or(request.IpPermissions), request.TagSpecifications);
        return new Aws.AuthorizeSecurityGroupEgressResult { Return = true, SecurityGroupRules = added };
    }

    public Aws.RevokeSecurityGroupIngressResult RevokeSecurityGroupIngress(
        CommandContext context, Aws.RevokeSecurityGroupIngressRequest request)
    {
        SecurityGroup group = GroupOf(context, request.GroupId, request.GroupName);
        FlatPermission flat = new(
            request.IpProtocol, request.FromPort, request.ToPort, request.CidrIp,
            request.SourceSecurityGroupName, request.SourceSecurityGroupOwnerId);
        (List<Aws.RevokedSecurityGroupRule> revoked, List<Aws.IpPermission>? unknown) =
            Revoke(context, group, egress: false, request.SecurityGroupRuleIds, flat.OrNull(request.IpPermissions));
        return new Aws.RevokeSecurityGroupIngressResult
        {
            Return = true,
            RevokedSecurityGroupRules = revoked,
            UnknownIpPermissions = unknown,
        };
    }

    public Aws.RevokeSecurityGroupEgressResult RevokeSecurityGroupEgress(
        CommandContext context, Aws.RevokeSecurityGroupEgressRequest request)
    {
        SecurityGroup group = SecurityGroupIds.Get(context, request.GroupId);
        RefuseSourceGroup(request.SourceSecurityGroupName, request.SourceSecurityGroupOwnerId);
        FlatPermission flat = new(request.IpProtocol, request.FromPort, request.ToPort, request.CidrIp, null, null);
        (List<Aws.RevokedSecurityGroupRule> revoked, List<Aws.IpPermission>? unknown) =
            Revoke(context, group, egress: true, request.SecurityGroupRuleIds, flat.OrNull(request.IpPermissions));
        return new Aws.RevokeSecurityGroupEgressResult
        {
            Return = true,
            RevokedSecurityGroupRules = revoked,
            UnknownIpPermissions = unknown,
        };
    }

    public Aws.DescribeSecurityGroupRulesResult DescribeSecurityGroupRules(
        CommandContext context, Aws.DescribeSecurityGroupRulesRequest request)
    {
        Pager.RefuseIdsWithPages(request.SecurityGroupRuleIds, "securityGroupRuleIds", request.MaxResults);
        IEnumerable<GroupRule> rows = request.SecurityGroupRuleIds is { Count: > 0 } ids
            ? [.. ids.Distinct(StringComparer.Ordinal).Select(id => RuleOf(context, id))]
            : CandidateGroups(context, request.Filters).SelectMany(g => g.Rules.Select(r => new GroupRule(g, r)));
        Page<GroupRule> page = Pager.Page(
            GroupRuleFilters.Apply(context, rows, request.Filters).OrderBy(r => r.Key, StringComparer.Ordinal),
            request.MaxResults, request.NextToken);
        return new Aws.DescribeSecurityGroupRulesResult
        {
            SecurityGroupRules = [.. page.Rows.Select(r => ToWire(context, r.Group, r.Rule))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The rule of an id, wherever it stands.</summary>
    /// <exception cref="Fault">InvalidSecurityGroupRuleId.Malformed and .NotFound.</exception>
    internal static GroupRule RuleOf(CommandContext context, string? id)
    {
        string text = Door.Required(id, "SecurityGroupRuleId");
        if (!text.StartsWith("sgr-", StringComparison.Ordinal))
        {
            throw new Fault("InvalidSecurityGroupRuleId.Malformed", $"Invalid id: \"{text}\" (expecting \"sgr-...\")");
        }

        foreach (SecurityGroup group in context.Here.By<SecurityGroup>(text))
        {
            foreach (SecurityGroupRule rule in group.Rules)
            {
                if (rule.Id == text)
                {
                    return new GroupRule(group, rule);
                }
            }
        }

        throw RuleNotFound(text);
    }

    /// <summary>The group at the other end of a rule; a name means a group of the same VPC.</summary>
    internal static SecurityGroup PeerGroup(CommandContext context, Id<Vpc> vpc, string? id, string? name) =>
        id is not null ? SecurityGroupIds.Get(context, id) : GroupNamed(context, vpc, name);

    private static Fault RuleNotFound(string id) =>
        new("InvalidSecurityGroupRuleId.NotFound", $"The security group rule ID '{id}' does not exist");

    private static void RefuseSourceGroup(string? name, string? owner)
    {
        if (name is not null || owner is not null)
        {
            throw Fault.Unsupported(name is null ? "SourceSecurityGroupOwnerId" : "SourceSecurityGroupName");
        }
    }

    private static IReadOnlyList<Aws.SecurityGroupRule> Authorize(
        CommandContext context, SecurityGroup group, bool egress, IReadOnlyList<Aws.IpPermission> permissions,
        IReadOnlyList<Aws.TagSpecification>? tagSpecifications)
    {
        List<RuleWish> wishes = new PermissionReader(context, group).Read(permissions);
        ImmutableSortedDictionary<string, string> tags = TagRules.New(tagSpecifications, RuleKind, [RuleKind]);
        ImmutableArray<SecurityGroupRule>.Builder rules =
            ImmutableArray.CreateBuilder<SecurityGroupRule>(group.Rules.Length + wishes.Count);
        rules.AddRange(group.Rules);
        foreach (RuleWish wish in wishes)
        {
            RefuseDuplicate(group.Rules, egress, wish);
            rules.Add(new SecurityGroupRule(
                context.NewId("sgr"), egress, wish.Protocol, wish.FromPort, wish.ToPort, wish.Peer, wish.Description)
            { Tags = tags });
        }

        SecurityGroup next = context.Put(group with { Rules = rules.MoveToImmutable() });
        CheckRuleQuota(context, next);
        return [.. next.Rules.Skip(group.Rules.Length).Select(r => ToWire(context, next, r))];
    }

    private static void RefuseDuplicate(ImmutableArray<SecurityGroupRule> rules, bool egress, RuleWish wish, string? except = null)
    {
        foreach (SecurityGroupRule rule in rules)
        {
            if (rule.IsEgress == egress && rule.Id != except && wish.Admits(rule))
            {
                throw new Fault("InvalidPermission.Duplicate", $"the specified rule \"{wish.InWords()}\" already exists");
            }
        }
    }

    private static void CheckRuleQuota(CommandContext context, SecurityGroup group)
    {
        foreach (int count in RuleCounts(context.Here, group))
        {
            context.Quotas.Check(Quotas.RulesPerSecurityGroup, count);
        }
    }

    /// <summary>
    /// How many rules the quota counts, of each direction and family: a rule that names a group counts for both families, one that names a prefix
    /// list as the list's weight. Source: AWS, "Amazon VPC quotas".
    /// </summary>
    private static int[] RuleCounts(Partition here, SecurityGroup group)
    {
        int[] counts = new int[4];
        foreach (SecurityGroupRule rule in group.Rules)
        {
            PrefixListView? list = rule.Peer.PrefixListId is { } id ? PrefixLists.Find(here, id) : null;
            Family? only = rule.Peer.Cidr?.Family ?? list?.AddressFamily;
            int weight = list?.Weight ?? 1;
            int direction = rule.IsEgress ? 2 : 0;
            counts[direction] += only == Family.V6 ? 0 : weight;
            counts[direction + 1] += only == Family.V4 ? 0 : weight;
        }

        return counts;
    }

    private static (List<Aws.RevokedSecurityGroupRule> Revoked, List<Aws.IpPermission>? Unknown) Revoke(
        CommandContext context, SecurityGroup group, bool egress, IReadOnlyList<string>? ids, IReadOnlyList<Aws.IpPermission>? permissions)
    {
        List<Aws.IpPermission>? unknown = null;
        List<SecurityGroupRule> gone = (ids, permissions) switch
        {
            ({ Count: > 0 }, { Count: > 0 }) =>
                throw Fault.Combination("The parameter ipPermissions cannot be used with the parameter securityGroupRuleIds"),
            ({ Count: > 0 }, _) => [.. ids.Distinct(StringComparer.Ordinal).Select(id => RuleIn(context, group, egress, id))],
            (_, { Count: > 0 }) => RulesLike(context, group, egress, permissions, out unknown),
            _ => throw new Fault("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided."),
        };
        if (gone.Count > 0)
        {
            context.Put(group with { Rules = group.Rules.RemoveRange(gone) });
        }

        return ([.. gone.Select(r => ToRevoked(group, r))], unknown);
    }

    private static SecurityGroupRule RuleIn(CommandContext context, SecurityGroup group, bool egress, string? id)
    {
        GroupRule found = RuleOf(context, id);
        return found.Group.Id == group.Id && found.Rule.IsEgress == egress ? found.Rule : throw RuleNotFound(found.Rule.Id);
    }

    /// <summary>The rules that permissions describe.</summary>
    /// <param name="unknown">In the default VPC, the permissions that no rule is like; elsewhere one such is refused.</param>
    private static List<SecurityGroupRule> RulesLike(
        CommandContext context, SecurityGroup group, bool egress, IReadOnlyList<Aws.IpPermission> permissions,
        out List<Aws.IpPermission>? unknown)
    {
        List<SecurityGroupRule> found = [];
        unknown = null;
        foreach (RuleWish wish in new PermissionReader(context, group).Read(permissions))
        {
            if (group.Rules.FirstOrDefault(r => r.IsEgress == egress && wish.Admits(r)) is { } rule)
            {
                found.Add(rule);
            }
            else if (context.Here.Find(group.VpcId) is { IsDefault: true })
            {
                SecurityGroupRule missing = new("", egress, wish.Protocol, wish.FromPort, wish.ToPort, wish.Peer, wish.Description);
                (unknown ??= []).Add(Permission(context, group.VpcId, wish.Protocol, wish.FromPort, wish.ToPort, [missing]));
            }
            else
            {
                throw new Fault("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
            }
        }

        return found;
    }

    /// <summary>The groups that a filter for group ids leaves, without walking all.</summary>
    private static IEnumerable<SecurityGroup> CandidateGroups(CommandContext context, IReadOnlyList<Aws.Filter>? filters)
    {
        IReadOnlyList<string>? named = filters?.FirstOrDefault(f => f.Name == "group-id")?.Values;
        return named is { Count: > 0 } && named.All(v => !v.AsSpan().ContainsAny('*', '?', '\\'))
            ? named.Distinct(StringComparer.Ordinal).Select(v => context.Here.Find(new Id<SecurityGroup>(v))).OfType<SecurityGroup>()
            : context.Here.All<SecurityGroup>();
    }
}
