using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>One rule with the group it stands in: a row of DescribeSecurityGroupRules.</summary>
internal sealed record GroupRule(SecurityGroup Group, SecurityGroupRule Rule) : ITagged
{
    public string Key => Rule.Id;

    public IEnumerable<string> Keys => [Group.Id.Value];

    public ImmutableSortedDictionary<string, string> Tags => Rule.Tags;

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Rule = Rule with { Tags = tags } };
}

/// <summary>Security groups and their rules in the forms that the API prints.</summary>
public sealed partial class Ec2Service
{
    private static Aws.SecurityGroup ToWire(CommandContext context, SecurityGroup group) => new()
    {
        GroupId = group.Id.Value,
        GroupName = group.Name,
        Description = group.Description,
        VpcId = group.VpcId.Value,
        OwnerId = context.Account,
        SecurityGroupArn = context.Arn($"security-group/{group.Id}"),
        IpPermissions = Permissions(context, group.VpcId, Rules(group, egress: false)),
        IpPermissionsEgress = Permissions(context, group.VpcId, Rules(group, egress: true)),
        Tags = TagRules.ToWire(group.Tags),
    };

    /// <summary>Rules of the same protocol and ports stand in one permission, in the order in which each first came.</summary>
    private static List<Aws.IpPermission> Permissions(CommandContext context, Id<Vpc> vpc, IEnumerable<SecurityGroupRule> rules)
    {
        List<(int Protocol, int? From, int? To)> order = [];
        Dictionary<(int Protocol, int? From, int? To), List<SecurityGroupRule>> merged = [];
        foreach (SecurityGroupRule rule in rules)
        {
            (int Protocol, int? From, int? To) key = (rule.Protocol, rule.FromPort, rule.ToPort);
            if (!merged.TryGetValue(key, out List<SecurityGroupRule>? same))
            {
                merged[key] = same = [];
                order.Add(key);
            }

            same.Add(rule);
        }

        return [.. order.Select(key => Permission(context, vpc, key.Protocol, key.From, key.To, merged[key]))];
    }

    private static Aws.IpPermission Permission(
        CommandContext context, Id<Vpc> vpc, int protocol, int? from, int? to, List<SecurityGroupRule> rules) => new()
        {
            IpProtocol = Door.ProtocolName(protocol),
            FromPort = from,
            ToPort = to,
            IpRanges =
        [
            .. rules.Where(r => r.Peer.Cidr is { IsV4: true })
                .Select(r => new Aws.IpRange { CidrIp = r.Peer.Cidr.ToString(), Description = r.Description }),
        ],
            Ipv6Ranges =
        [
            .. rules.Where(r => r.Peer.Cidr is { IsV4: false })
                .Select(r => new Aws.Ipv6Range { CidrIpv6 = r.Peer.Cidr.ToString(), Description = r.Description }),
        ],
            PrefixListIds =
        [
            .. rules.Where(r => r.Peer.PrefixListId is not null)
                .Select(r => new Aws.PrefixListId { PrefixListIdValue = r.Peer.PrefixListId, Description = r.Description }),
        ],
            UserIdGroupPairs =
        [
            .. rules.Where(r => r.Peer.GroupId is not null).Select(r => PairOf(context, vpc, r)),
        ],
        };

    /// <summary>A group of a peered VPC is shown with the peering (rule 62).</summary>
    private static Aws.UserIdGroupPair PairOf(CommandContext context, Id<Vpc> vpc, SecurityGroupRule rule)
    {
        Aws.UserIdGroupPair pair = new()
        {
            GroupId = rule.Peer.GroupId?.Value,
            UserId = rule.Peer.GroupOwner ?? context.Account,
            Description = rule.Description,
        };
        return PeeringRows.PeerGroup(context, vpc, pair.GroupId) is { } across
            ? pair with
            {
                VpcId = across.Group.VpcId.Value,
                VpcPeeringConnectionId = across.Peering.Id.Value,
                PeeringStatus = PeeringViews.CodeOf(across.Peering.Status),
            }
            : pair;
    }

    /// <remarks>A rule prints -1 where it has no ports; a permission leaves them out.</remarks>
    private static Aws.SecurityGroupRule ToWire(CommandContext context, SecurityGroup group, SecurityGroupRule rule) => new()
    {
        SecurityGroupRuleId = rule.Id,
        SecurityGroupRuleArn = context.Arn($"security-group-rule/{rule.Id}"),
        GroupId = group.Id.Value,
        GroupOwnerId = context.Account,
        IsEgress = rule.IsEgress,
        IpProtocol = Door.ProtocolName(rule.Protocol),
        FromPort = rule.FromPort ?? -1,
        ToPort = rule.ToPort ?? -1,
        CidrIpv4 = CidrText(rule.Peer, Family.V4),
        CidrIpv6 = CidrText(rule.Peer, Family.V6),
        PrefixListId = rule.Peer.PrefixListId,
        ReferencedGroupInfo = rule.Peer.GroupId is { } peer
            ? new Aws.ReferencedSecurityGroup
            {
                GroupId = peer.Value,
                UserId = rule.Peer.GroupOwner ?? context.Account,
                VpcId = context.Here.Find(peer) is { } referred && referred.VpcId != group.VpcId ? referred.VpcId.Value : null,
            }
            : null,
        Description = rule.Description,
        Tags = TagRules.ToWire(rule.Tags),
    };

    private static Aws.RevokedSecurityGroupRule ToRevoked(SecurityGroup group, SecurityGroupRule rule) => new()
    {
        SecurityGroupRuleId = rule.Id,
        GroupId = group.Id.Value,
        IsEgress = rule.IsEgress,
        IpProtocol = Door.ProtocolName(rule.Protocol),
        FromPort = rule.FromPort ?? -1,
        ToPort = rule.ToPort ?? -1,
        CidrIpv4 = CidrText(rule.Peer, Family.V4),
        CidrIpv6 = CidrText(rule.Peer, Family.V6),
        PrefixListId = rule.Peer.PrefixListId,
        ReferencedGroupId = rule.Peer.GroupId?.Value,
        Description = rule.Description,
    };
}
