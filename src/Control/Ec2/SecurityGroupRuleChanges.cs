using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Rules of security groups changed in place. Source: EC2 API, ModifySecurityGroupRules, UpdateSecurityGroupRuleDescriptionsIngress and
/// UpdateSecurityGroupRuleDescriptionsEgress.
/// </summary>
public sealed partial class Ec2Service
{
    public Aws.ModifySecurityGroupRulesResult ModifySecurityGroupRules(
        CommandContext context, Aws.ModifySecurityGroupRulesRequest request)
    {
        SecurityGroup group = SecurityGroupIds.Get(context, request.GroupId);
        if (request.SecurityGroupRules is not { Count: > 0 } updates)
        {
            throw Fault.Missing("SecurityGroupRules");
        }

        PermissionReader reader = new(context, group);
        ImmutableArray<SecurityGroupRule> rules = group.Rules;
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<(RuleWish Wish, bool IsEgress, string Id)> changed = [];
        foreach (Aws.SecurityGroupRuleUpdate update in updates)
        {
            int at = IndexOf(context, group, update.SecurityGroupRuleId);
            SecurityGroupRule before = group.Rules[at];
            if (!seen.Add(before.Id))
            {
                throw Fault.Invalid($"The security group rule ID '{before.Id}' must not appear multiple times");
            }

            RuleWish wish = reader.Read(update.SecurityGroupRule ?? throw Fault.Missing("SecurityGroupRule"));
            RefuseOtherType(before, wish);
            changed.Add((wish, before.IsEgress, before.Id));
            rules = rules.SetItem(at, before with
            {
                Protocol = wish.Protocol,
                FromPort = wish.FromPort,
                ToPort = wish.ToPort,
                Peer = wish.Peer,
                Description = wish.Description,
            });
        }

        // Only now: one rule may take the place that another of the same request leaves.
        foreach ((RuleWish wish, bool isEgress, string id) in changed)
        {
            RefuseDuplicate(rules, isEgress, wish, except: id);
        }

        // Another prefix list may count for more.
        CheckRuleQuota(context, context.Put(group with { Rules = rules }));
        return new Aws.ModifySecurityGroupRulesResult { Return = true };
    }

    public Aws.UpdateSecurityGroupRuleDescriptionsIngressResult UpdateSecurityGroupRuleDescriptionsIngress(
        CommandContext context, Aws.UpdateSecurityGroupRuleDescriptionsIngressRequest request)
    {
        SecurityGroup group = GroupOf(context, request.GroupId, request.GroupName);
        SetDescriptions(context, group, egress: false, request.IpPermissions, request.SecurityGroupRuleDescriptions);
        return new Aws.UpdateSecurityGroupRuleDescriptionsIngressResult { Return = true };
    }

    public Aws.UpdateSecurityGroupRuleDescriptionsEgressResult UpdateSecurityGroupRuleDescriptionsEgress(
        CommandContext context, Aws.UpdateSecurityGroupRuleDescriptionsEgressRequest request)
    {
        SecurityGroup group = GroupOf(context, request.GroupId, request.GroupName);
        SetDescriptions(context, group, egress: true, request.IpPermissions, request.SecurityGroupRuleDescriptions);
        return new Aws.UpdateSecurityGroupRuleDescriptionsEgressResult { Return = true };
    }

    private static void SetDescriptions(
        CommandContext context, SecurityGroup group, bool egress, IReadOnlyList<Aws.IpPermission>? permissions,
        IReadOnlyList<Aws.SecurityGroupRuleDescription>? descriptions)
    {
        IEnumerable<(SecurityGroupRule Rule, string? Description)> changes = (permissions, descriptions) switch
        {
            ({ Count: > 0 }, { Count: > 0 }) =>
                throw Fault.Combination("The parameter ipPermissions cannot be used with the parameter securityGroupRuleDescriptions"),
            ({ Count: > 0 }, _) => new PermissionReader(context, group).Read(permissions)
                .Select(w => (RuleLike(group, egress, w), w.Description)),
            (_, { Count: > 0 }) => descriptions.Select(
                d => (RuleIn(context, group, egress, d.SecurityGroupRuleId), PermissionReader.CheckedDescription(d.Description))),
            _ => throw new Fault("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleDescriptions' should be provided."),
        };
        ImmutableArray<SecurityGroupRule> rules = group.Rules;
        foreach ((SecurityGroupRule rule, string? description) in changes)
        {
            rules = rules.SetItem(group.Rules.IndexOf(rule), rule with { Description = description });
        }

        context.Put(group with { Rules = rules });
    }

    private static SecurityGroupRule RuleLike(SecurityGroup group, bool egress, RuleWish wish) =>
        group.Rules.FirstOrDefault(r => r.IsEgress == egress && wish.Admits(r))
        ?? throw new Fault("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");

    private static int IndexOf(CommandContext context, SecurityGroup group, string? id)
    {
        GroupRule found = RuleOf(context, id);
        return found.Group.Id == group.Id ? group.Rules.IndexOf(found.Rule) : throw RuleNotFound(found.Rule.Id);
    }

    /// <summary>AWS: a rule cannot change between an IPv4 block, an IPv6 block, a prefix list and a group.</summary>
    private static void RefuseOtherType(SecurityGroupRule before, RuleWish wish)
    {
        RulePeer old = before.Peer;
        bool same = old.Cidr?.Family == wish.Peer.Cidr?.Family
            && old.GroupId is null == wish.Peer.GroupId is null
            && old.PrefixListId is null == wish.Peer.PrefixListId is null;
        if (!same)
        {
            throw Fault.Invalid($"The type of the security group rule '{before.Id}' cannot be changed.");
        }
    }
}
