using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A security group: allow rules, stateful, on interfaces. Source: AWS, "Control traffic using security groups".</summary>
public sealed record SecurityGroup : IResource<SecurityGroup>, ITagged
{
    public static string Kind => "security-group";

    public static string IdPrefix => "sg";

    public required Id<SecurityGroup> Id { get; init; }

    /// <summary>Unique in its VPC; <c>default</c> for the one that comes with the VPC.</summary>
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    public ImmutableArray<SecurityGroupRule> Rules { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public bool IsDefault => Name == "default";

    /// <remarks>A group that a rule refers to need not exist any more: the rule is then stale. Rule ids are found here too.</remarks>
    public IEnumerable<string> Keys
    {
        get
        {
            yield return VpcId.Value;
            yield return NameWord(VpcId, Name);
            foreach (SecurityGroupRule rule in Rules)
            {
                yield return rule.Id;
                if (rule.Peer.GroupId is { } group && group != Id)
                {
                    yield return group.Value;
                }

                if (rule.Peer.PrefixListId is { } list)
                {
                    yield return PrefixList.ReferenceWord(list);
                }
            }
        }
    }

    /// <summary>The word a group is found by in <see cref="Table{T}.By"/> from its VPC and name.</summary>
    public static string NameWord(Id<Vpc> vpc, string name) => $"{vpc}/{name}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One allow rule.</summary>
/// <param name="Id"><c>sgr-…</c></param>
/// <param name="IsEgress">The direction, seen from the interface.</param>
/// <param name="Protocol">IANA protocol number; -1 for all, and ports then have no meaning.</param>
/// <param name="FromPort">First port; for ICMP the type, -1 for all; null where the protocol has none.</param>
/// <param name="ToPort">Last port; for ICMP the code, -1 for all.</param>
public sealed record SecurityGroupRule(
    string Id, bool IsEgress, int Protocol, int? FromPort, int? ToPort, RulePeer Peer, string? Description = null)
{
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;
}

/// <summary>The other side of a rule: exactly one of a block, a group (with its owner's account) and a prefix list.</summary>
public sealed record RulePeer(Prefix? Cidr, Id<SecurityGroup>? GroupId = null, string? GroupOwner = null, string? PrefixListId = null);
