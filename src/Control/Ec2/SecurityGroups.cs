using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Security groups. Source: AWS, "Control traffic to your AWS resources using security groups"; EC2 API, CreateSecurityGroup,
/// DeleteSecurityGroup, DescribeSecurityGroups.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<SecurityGroup> SecurityGroupIds =
        new("GroupId", "InvalidGroup.NotFound", "InvalidGroupId.Malformed", "The security group '{0}' does not exist");

    private static readonly FilterTable<SecurityGroup> SecurityGroupFilters = new()
    {
        { "description", group => group.Description },
        { "egress.ip-permission.cidr", group => Peers(group, egress: true).Select(p => CidrText(p, Family.V4)) },
        { "egress.ip-permission.from-port", group => Rules(group, egress: true).Select(r => NumberText(r.FromPort)) },
        { "egress.ip-permission.group-id", group => Peers(group, egress: true).Select(p => p.GroupId?.Value) },
        { "egress.ip-permission.group-name", (here, group) => Peers(group, egress: true).Select(p => PeerName(here, p)) },
        { "egress.ip-permission.ipv6-cidr", group => Peers(group, egress: true).Select(p => CidrText(p, Family.V6)) },
        { "egress.ip-permission.prefix-list-id", group => Peers(group, egress: true).Select(p => p.PrefixListId) },
        { "egress.ip-permission.protocol", group => Rules(group, egress: true).Select(r => Door.ProtocolName(r.Protocol)) },
        { "egress.ip-permission.to-port", group => Rules(group, egress: true).Select(r => NumberText(r.ToPort)) },
        { "egress.ip-permission.user-id", (here, group) => Peers(group, egress: true).Select(p => PeerOwner(here, p)) },
        { "group-id", group => group.Id.Value },
        { "group-name", group => group.Name },
        { "ip-permission.cidr", group => Peers(group, egress: false).Select(p => CidrText(p, Family.V4)) },
        { "ip-permission.from-port", group => Rules(group, egress: false).Select(r => NumberText(r.FromPort)) },
        { "ip-permission.group-id", group => Peers(group, egress: false).Select(p => p.GroupId?.Value) },
        { "ip-permission.group-name", (here, group) => Peers(group, egress: false).Select(p => PeerName(here, p)) },
        { "ip-permission.ipv6-cidr", group => Peers(group, egress: false).Select(p => CidrText(p, Family.V6)) },
        { "ip-permission.prefix-list-id", group => Peers(group, egress: false).Select(p => p.PrefixListId) },
        { "ip-permission.protocol", group => Rules(group, egress: false).Select(r => Door.ProtocolName(r.Protocol)) },
        { "ip-permission.to-port", group => Rules(group, egress: false).Select(r => NumberText(r.ToPort)) },
        { "ip-permission.user-id", (here, group) => Peers(group, egress: false).Select(p => PeerOwner(here, p)) },
        { "owner-id", (here, _) => here.Account },
        { "vpc-id", group => group.VpcId.Value },
    };

    public Aws.CreateSecurityGroupResult CreateSecurityGroup(CommandContext context, Aws.CreateSecurityGroupRequest request)
    {
        string name = CheckedGroupName(request.GroupName);
        string description = Door.Required(request.Description, "GroupDescription");
        if (!IsGroupText(description))
        {
            throw Fault.Invalid($"Invalid security group description. Valid descriptions are {GroupTextWords}");
        }

        Vpc vpc = request.VpcId is null ? DefaultVpcFor(context) : VpcIds.GetUsable(context, request.VpcId);
        if (context.Here.Table<SecurityGroup>().Any(SecurityGroup.NameWord(vpc.Id, name)))
        {
            throw new Fault("InvalidGroup.Duplicate", $"The security group '{name}' already exists for VPC '{vpc.Id}'");
        }

        context.Quotas.Check(Quotas.SecurityGroupsPerRegion, context.Here.Table<SecurityGroup>().Count + 1);
        SecurityGroup group = context.Put(new SecurityGroup
        {
            Id = new(context.NewId(SecurityGroup.IdPrefix)),
            Name = name,
            Description = description,
            VpcId = vpc.Id,
            Rules = VpcParts.AllowAllOut(vpc, context.NewId),
            Tags = TagRules.New<SecurityGroup>(request.TagSpecifications),
        });
        return new Aws.CreateSecurityGroupResult
        {
            GroupId = group.Id.Value,
            SecurityGroupArn = context.Arn($"security-group/{group.Id}"),
            Tags = TagRules.ToWire(group.Tags),
        };
    }

    public Aws.DeleteSecurityGroupResult DeleteSecurityGroup(CommandContext context, Aws.DeleteSecurityGroupRequest request)
    {
        SecurityGroup group = GroupOf(context, request.GroupId, request.GroupName);
        if (group.IsDefault)
        {
            throw new Fault("CannotDelete", $"the specified group: \"{group.Id}\" name: \"{group.Name}\" cannot be deleted by a user");
        }

        // Interfaces that bear it, and rules of other groups that name it.
        if (Kinds.All.Any(kind => context.Here.Table(kind).RowsBy(group.Key).Any()))
        {
            throw Fault.InUse($"resource {group.Id} has a dependent object");
        }

        context.Remove(group.Id);
        return new Aws.DeleteSecurityGroupResult { Return = true, GroupId = group.Id.Value };
    }

    public Aws.DescribeSecurityGroupsResult DescribeSecurityGroups(CommandContext context, Aws.DescribeSecurityGroupsRequest request)
    {
        Pager.RefuseIdsWithPages(request.GroupIds, "groupIds", request.MaxResults);
        Pager.RefuseIdsWithPages(request.GroupNames, "groupNames", request.MaxResults);
        IEnumerable<SecurityGroup> rows = request switch
        {
            { GroupNames: { Count: > 0 } names, GroupIds: { Count: > 0 } ids } =>
                SecurityGroupIds.GetAll(context, ids).Intersect(Named(names)),
            { GroupNames: { Count: > 0 } names } => Named(names),
            _ => SecurityGroupIds.GetAll(context, request.GroupIds),
        };
        Page<SecurityGroup> page = Pager.Page(
            SecurityGroupFilters.Apply(context, rows, request.Filters), request.MaxResults, request.NextToken);
        return new Aws.DescribeSecurityGroupsResult
        {
            SecurityGroups = [.. page.Rows.Select(g => ToWire(context, g))],
            NextToken = page.NextToken,
        };

        IEnumerable<SecurityGroup> Named(IReadOnlyList<string> names) =>
            [.. names.Distinct(StringComparer.Ordinal).Select(n => GroupInDefaultVpc(context, n)).OrderBy(g => g.Id)];
    }

    /// <summary>The groups that a request names for an interface or instance in a VPC; none where it names none.</summary>
    /// <exception cref="Fault">InvalidGroup.NotFound; InvalidParameter for a group of another VPC.</exception>
    internal static ImmutableArray<Id<SecurityGroup>> GroupsOf(
        CommandContext context, Id<Vpc> vpc, IReadOnlyList<string>? ids, IReadOnlyList<string>? names)
    {
        ImmutableArray<Id<SecurityGroup>>.Builder groups = ImmutableArray.CreateBuilder<Id<SecurityGroup>>();
        foreach (string id in ids ?? [])
        {
            SecurityGroup group = SecurityGroupIds.Get(context, id);
            if (!SecurityGroupVpcAssociation.Usable(context.Here, group, vpc))
            {
                throw new Fault("InvalidParameter", "You have specified two resources that belong to different networks.");
            }

            groups.Add(group.Id);
        }

        foreach (string name in names ?? [])
        {
            groups.Add(GroupNamed(context, vpc, name).Id);
        }

        return groups.ToImmutable();
    }

    /// <summary>The group that GroupId names, or GroupName in the default VPC.</summary>
    private static SecurityGroup GroupOf(CommandContext context, string? id, string? name) => (id, name) switch
    {
        (null, null) => throw Fault.Missing("GroupName or GroupId"),
        (not null, not null) => throw Fault.Combination("The parameter groupName cannot be used with the parameter groupId"),
        (not null, null) => SecurityGroupIds.Get(context, id),
        _ => GroupInDefaultVpc(context, name),
    };

    private static SecurityGroup GroupInDefaultVpc(CommandContext context, string? name)
    {
        Vpc vpc = DefaultVpcFor(context);
        return context.Here.By<SecurityGroup>(SecurityGroup.NameWord(vpc.Id, name ?? "")).FirstOrDefault()
            ?? throw new Fault("InvalidGroup.NotFound", $"The security group '{name}' does not exist in default VPC '{vpc.Id}'");
    }

    private static SecurityGroup GroupNamed(CommandContext context, Id<Vpc> vpc, string? name) =>
        context.Here.By<SecurityGroup>(SecurityGroup.NameWord(vpc, name ?? "")).FirstOrDefault()
        ?? throw new Fault("InvalidGroup.NotFound", $"The security group '{name}' does not exist in VPC '{vpc}'");

    private static Vpc DefaultVpcFor(CommandContext context) =>
        context.Here.By<Vpc>(Vpc.DefaultWord).FirstOrDefault()
        ?? throw new Fault("VPCIdNotSpecified", "No default VPC for this user");

    private static string CheckedGroupName(string? text)
    {
        string name = Door.Required(text, "GroupName");
        if (name.Equals("default", StringComparison.OrdinalIgnoreCase))
        {
            throw new Fault("InvalidGroup.Reserved", $"Cannot use reserved security group name: {name}");
        }

        if (name.StartsWith("sg-", StringComparison.OrdinalIgnoreCase))
        {
            throw Fault.Invalid($"Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.");
        }

        return IsGroupText(name) ? name : throw Fault.Invalid($"Invalid security group name. Valid names are {GroupTextWords}");
    }

    internal const string GroupTextWords = "strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";

    /// <summary>What names and descriptions of groups and rules may hold: at most 255 of these characters.</summary>
    internal static bool IsGroupText(string text)
    {
        if (text.Length > 255)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"._-:/()#,@[]+=&;{}!$* ".Contains(c))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<SecurityGroupRule> Rules(SecurityGroup group, bool egress) => group.Rules.Where(r => r.IsEgress == egress);

    private static IEnumerable<RulePeer> Peers(SecurityGroup group, bool egress) => Rules(group, egress).Select(r => r.Peer);

    private static string? CidrText(RulePeer peer, Family family) =>
        peer.Cidr is { } cidr && cidr.Family == family ? cidr.ToString() : null;

    private static string? NumberText(int? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string? PeerName(Partition here, RulePeer peer) => peer.GroupId is { } id ? here.Find(id)?.Name : null;

    private static string? PeerOwner(Partition here, RulePeer peer) => peer.GroupId is null ? null : peer.GroupOwner ?? here.Account;
}
