using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// What security groups say of groups elsewhere. Source: AWS, "Update your security groups to reference peer security groups"; EC2 API,
/// DescribeStaleSecurityGroups, DescribeSecurityGroupReferences.
/// </summary>
public sealed partial class Ec2Service
{
    private const int StalePageMax = 255;

    /// <summary>Groups of a VPC with rules that name a group which is gone, or one of another VPC to which nothing leads any more.</summary>
    public Aws.DescribeStaleSecurityGroupsResult DescribeStaleSecurityGroups(
        CommandContext context, Aws.DescribeStaleSecurityGroupsRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        IEnumerable<SecurityGroup> stale = context.Here.By<SecurityGroup>(vpc.Key).Where(g => g.Rules.Any(r => IsStale(context, g, r)));
        Page<SecurityGroup> page = Pager.Page(stale, request.MaxResults, request.NextToken, least: 5, most: StalePageMax);
        return new Aws.DescribeStaleSecurityGroupsResult
        {
            StaleSecurityGroupSet =
            [
                .. page.Rows.Select(g => new Aws.StaleSecurityGroup
                {
                    Description = g.Description,
                    GroupId = g.Id.Value,
                    GroupName = g.Name,
                    StaleIpPermissions = StaleRules(context, g, egress: false),
                    StaleIpPermissionsEgress = StaleRules(context, g, egress: true),
                    VpcId = g.VpcId.Value,
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The other VPCs whose groups have rules that name the groups of the request.</summary>
    public Aws.DescribeSecurityGroupReferencesResult DescribeSecurityGroupReferences(
        CommandContext context, Aws.DescribeSecurityGroupReferencesRequest request)
    {
        if (request.GroupId is not { Count: > 0 } asked)
        {
            throw Fault.Missing("GroupId");
        }

        List<Aws.SecurityGroupReference> found = [];
        foreach (string id in asked.Distinct(StringComparer.Ordinal))
        {
            SecurityGroup group = SecurityGroupIds.Get(context, id);
            IEnumerable<Id<Vpc>> vpcs = context.Here.By<SecurityGroup>(group.Key)
                .Where(other => other.VpcId != group.VpcId && other.Rules.Any(r => r.Peer.GroupId == group.Id))
                .Select(other => other.VpcId).Distinct().Order();
            found.AddRange(vpcs.Select(v => new Aws.SecurityGroupReference { GroupId = group.Id.Value, ReferencingVpcId = v.Value }));
        }

        return new Aws.DescribeSecurityGroupReferencesResult { SecurityGroupReferenceSet = found };
    }

    private static bool IsStale(CommandContext context, SecurityGroup group, SecurityGroupRule rule)
    {
        if (rule.Peer.GroupId is not { } named)
        {
            return false;
        }

        Partition where = rule.Peer.GroupOwner is { } owner && owner != context.Account
            ? context.Draft.Partition(context.Caller.Partition with { Account = owner })
            : context.Here;
        return where.Find(named) is not { } peer
            || !(Reaches(context.Here, group, peer) || PeeringRows.PeerGroup(context, group.VpcId, named.Value) is not null);
    }

    /// <summary>Whether a rule may name a group: one of the same VPC, or one that is at home or associated where this one is.</summary>
    internal static bool Reaches(Partition here, SecurityGroup group, SecurityGroup peer) =>
        SecurityGroupVpcAssociation.Usable(here, peer, group.VpcId) || SecurityGroupVpcAssociation.Usable(here, group, peer.VpcId);

    private static List<Aws.StaleIpPermission> StaleRules(CommandContext context, SecurityGroup group, bool egress) =>
    [
        .. group.Rules.Where(r => r.IsEgress == egress && IsStale(context, group, r)).Select(r => new Aws.StaleIpPermission
        {
            FromPort = r.FromPort,
            IpProtocol = Door.ProtocolName(r.Protocol),
            ToPort = r.ToPort,
            IpRanges = [],
            PrefixListIds = [],
            UserIdGroupPairs = [StalePair(context, r)],
        }),
    ];

    private static Aws.UserIdGroupPair StalePair(CommandContext context, SecurityGroupRule rule)
    {
        SecurityGroup? peer = context.Here.Find(rule.Peer.GroupId!.Value);
        return new Aws.UserIdGroupPair
        {
            Description = rule.Description,
            GroupId = rule.Peer.GroupId.Value.Value,
            UserId = peer is null ? null : rule.Peer.GroupOwner ?? context.Account,
            VpcId = peer?.VpcId.Value,
        };
    }
}
