using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>One rule as a request words it: what it admits, and its description.</summary>
internal sealed record RuleWish(int Protocol, int? FromPort, int? ToPort, RulePeer Peer, string? Description)
{
    /// <summary>Whether a rule admits the same; descriptions do not count.</summary>
    public bool Admits(SecurityGroupRule rule) =>
        rule.Protocol == Protocol && rule.FromPort == FromPort && rule.ToPort == ToPort && rule.Peer == Peer;

    /// <summary>AWS's words for a rule: <c>peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW</c>.</summary>
    public string InWords()
    {
        string peer = Peer.Cidr?.ToString() ?? Peer.GroupId?.Value ?? Peer.PrefixListId!;
        string what = Protocol switch
        {
            -1 => "ALL",
            6 => $"TCP, from port: {FromPort}, to port: {ToPort}",
            17 => $"UDP, from port: {FromPort}, to port: {ToPort}",
            1 => $"ICMP, type: {OrAll(FromPort)}, code: {OrAll(ToPort)}",
            58 => $"ICMPv6, type: {OrAll(FromPort)}, code: {OrAll(ToPort)}",
            _ => $"protocol: {Protocol}",
        };
        return $"peer: {peer}, {what}, ALLOW";
    }

    private static string OrAll(int? number) => number is null or -1 ? "ALL" : $"{number}";
}

/// <summary>
/// Reads permissions at the door: names of protocols become numbers, blocks lose their host bits, groups are looked up. Source: EC2 API,
/// IpPermission; AWS, "Security group rules".
/// </summary>
internal sealed class PermissionReader(CommandContext context, SecurityGroup group)
{
    /// <summary>Every rule that the permissions ask for, in their order.</summary>
    /// <exception cref="Fault">A rule that comes twice, a peer that is not there, ports that are none.</exception>
    public List<RuleWish> Read(IReadOnlyList<Aws.IpPermission> permissions)
    {
        List<RuleWish> wishes = [];
        foreach (Aws.IpPermission permission in permissions)
        {
            (int protocol, int? from, int? to) = Match(permission.IpProtocol, permission.FromPort, permission.ToPort);
            int before = wishes.Count;
            foreach ((RulePeer peer, string? description) in Peers(permission))
            {
                wishes.Add(new RuleWish(protocol, from, to, peer, CheckedDescription(description)));
            }

            if (wishes.Count == before)
            {
                throw Fault.Missing("ipRanges, ipv6Ranges, prefixListIds or groups");
            }
        }

        return wishes.Select(w => (w.Protocol, w.FromPort, w.ToPort, w.Peer)).Distinct().Count() == wishes.Count
            ? wishes
            : throw Fault.Invalid("The same permission must not appear multiple times");
    }

    /// <summary>One rule of ModifySecurityGroupRules: exactly one peer.</summary>
    public RuleWish Read(Aws.SecurityGroupRuleRequest rule)
    {
        int peers = Count(rule.CidrIpv4) + Count(rule.CidrIpv6) + Count(rule.PrefixListId) + Count(rule.ReferencedGroupId);
        if (peers != 1)
        {
            throw peers == 0
                ? Fault.Missing("CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupId")
                : Fault.Combination("Only one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId may be specified for a rule.");
        }

        (int protocol, int? from, int? to) = Match(rule.IpProtocol, rule.FromPort, rule.ToPort);
        RulePeer peer = rule switch
        {
            { CidrIpv4: { } v4 } => Block(v4, Family.V4),
            { CidrIpv6: { } v6 } => Block(v6, Family.V6),
            { PrefixListId: { } list } => PrefixList(list),
            _ => Group(new Aws.UserIdGroupPair { GroupId = rule.ReferencedGroupId }),
        };
        return new RuleWish(protocol, from, to, peer, CheckedDescription(rule.Description));

        static int Count(string? text) => text is null ? 0 : 1;
    }

    /// <summary>A description of a rule; an empty one is none.</summary>
    public static string? CheckedDescription(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return Ec2Service.IsGroupText(text)
            ? text
            : throw Fault.Invalid($"Invalid rule description. Valid descriptions are {Ec2Service.GroupTextWords}");
    }

    private IEnumerable<(RulePeer Peer, string? Description)> Peers(Aws.IpPermission permission)
    {
        foreach (Aws.IpRange range in permission.IpRanges ?? [])
        {
            yield return (Block(range.CidrIp, Family.V4), range.Description);
        }

        foreach (Aws.Ipv6Range range in permission.Ipv6Ranges ?? [])
        {
            yield return (Block(range.CidrIpv6, Family.V6), range.Description);
        }

        foreach (Aws.PrefixListId list in permission.PrefixListIds ?? [])
        {
            yield return (PrefixList(list.PrefixListIdValue), list.Description);
        }

        foreach (Aws.UserIdGroupPair pair in permission.UserIdGroupPairs ?? [])
        {
            yield return (Group(pair), pair.Description);
        }
    }

    private static RulePeer Block(string? text, Family family) =>
        Prefix.TryParse(text, out Prefix cidr) && cidr.Family == family
            ? new RulePeer(cidr)
            : throw Fault.Invalid($"CIDR block {text} is malformed");

    private RulePeer PrefixList(string? id) => new(null, PrefixListId: Ec2Service.ReferredList(context, id).Id);

    /// <summary>
    /// A group of the same VPC, by id, or by name where the VPC is the default one; or one that an association brings together with it, or of a peer.
    /// </summary>
    private RulePeer Group(Aws.UserIdGroupPair pair)
    {
        VpcPeeringConnection? asked = pair.VpcPeeringConnectionId is { } named ? Ec2Service.PeeringIds.Get(context, named) : null;
        if (pair.GroupId is null && pair.GroupName is null)
        {
            throw new Fault("MissingParameter", "Source group ID missing.");
        }

        bool foreign = pair.UserId is { } owner && owner != context.Account;
        if (PeeringRows.PeerGroup(context, group.VpcId, pair.GroupId) is { } across
            && (asked is null || asked.Id == across.Peering.Id) && foreign == IsForeign(across))
        {
            return new RulePeer(null, across.Group.Id, foreign ? pair.UserId : null);
        }

        if (foreign || asked is not null)
        {
            throw Elsewhere();
        }

        // The group itself is the most common peer, and needs no look-up.
        if (pair.GroupId == group.Id.Value)
        {
            return new RulePeer(null, group.Id);
        }

        SecurityGroup peer = Ec2Service.PeerGroup(context, group.VpcId, pair.GroupId, pair.GroupName);
        bool near = peer.VpcId == group.VpcId || Ec2Service.Reaches(context.Here, group, peer);
        return near && (pair.VpcId is null || pair.VpcId == peer.VpcId.Value) ? new RulePeer(null, peer.Id) : throw Elsewhere();

        bool IsForeign((SecurityGroup Group, VpcPeeringConnection Peering) found) =>
            !context.Here.By<SecurityGroup>(found.Group.VpcId.Value).Any(g => g.Id == found.Group.Id);
    }

    private static Fault Elsewhere() =>
        new("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.");

    /// <summary>Protocol and ports: -1 where ICMP means all, null where the protocol has none.</summary>
    private static (int Protocol, int? From, int? To) Match(string? protocolText, int? from, int? to)
    {
        int protocol = Protocol(protocolText);
        switch (protocol)
        {
            case 6 or 17:
                CheckPorts(from, to);
                return (protocol, from, to);
            case 58 when from is null && to is null:
                return (protocol, -1, -1);
            case 1 or 58:
                CheckIcmp(from, to);
                return (protocol, from, to);
            default:
                return (protocol, null, null);
        }
    }

    private static int Protocol(string? text)
    {
        try
        {
            return Door.Protocol(text, "ipProtocol");
        }
        catch (Fault fault) when (fault.Code == "InvalidParameterValue")
        {
            throw Fault.Invalid($"Invalid value '{text}' for IP protocol. Unknown protocol.");
        }
    }

    private static void CheckPorts(int? from, int? to)
    {
        if (from is not { } first || to is not { } last)
        {
            throw Fault.Invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
        }

        foreach (int port in (ReadOnlySpan<int>)[first, last])
        {
            if (port is < 0 or > 65535)
            {
                throw Fault.Invalid($"TCP/UDP port ({port}) out of range");
            }
        }

        if (first > last)
        {
            throw Fault.Invalid($"Invalid TCP/UDP port range ({first}:{last})");
        }
    }

    private static void CheckIcmp(int? from, int? to)
    {
        if (from is not { } type || to is not { } code)
        {
            throw Fault.Invalid("Invalid value 'Must specify both type and code with ICMP.' for portRange.");
        }

        if (type is < -1 or > 255)
        {
            throw Fault.Invalid($"ICMP type ({type}) out of range");
        }

        if (code is < -1 or > 255)
        {
            throw Fault.Invalid($"ICMP code ({code}) out of range");
        }

        if (type == -1 && code != -1)
        {
            throw Fault.Invalid($"ICMP code ({code}) must be -1 where the type is -1");
        }
    }
}
