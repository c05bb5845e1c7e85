using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Entries of network ACLs. Source: AWS, "Network ACL rules"; EC2 API, CreateNetworkAclEntry, ReplaceNetworkAclEntry,
/// DeleteNetworkAclEntry.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>The highest number a user's entry may bear; those above close the list.</summary>
    private const int LastUserEntry = NetworkAcl.LastRule - 1;

    public Aws.CreateNetworkAclEntryResult CreateNetworkAclEntry(CommandContext context, Aws.CreateNetworkAclEntryRequest request)
    {
        NetworkAcl acl = NetworkAclIds.Get(context, request.NetworkAclId);
        AclEntryWish wish = new(
            request.RuleNumber, request.Egress, request.RuleAction, request.Protocol, request.CidrBlock, request.Ipv6CidrBlock,
            request.PortRange, request.IcmpTypeCode);
        NetworkAclEntry entry = wish.Read();
        if (FindEntry(acl, entry.Number, entry.IsEgress) >= 0)
        {
            throw new Fault("NetworkAclEntryAlreadyExists", $"The network acl entry identified by {entry.Number} already exists.");
        }

        int same = acl.Entries.Count(e => e.IsEgress == entry.IsEgress && e.Number <= LastUserEntry);
        context.Quotas.Check(Quotas.EntriesPerAcl, same + 1);
        context.Put(acl with { Entries = InOrder(acl.Entries.Add(entry)) });
        return new Aws.CreateNetworkAclEntryResult();
    }

    public Aws.ReplaceNetworkAclEntryResult ReplaceNetworkAclEntry(CommandContext context, Aws.ReplaceNetworkAclEntryRequest request)
    {
        NetworkAcl acl = NetworkAclIds.Get(context, request.NetworkAclId);
        AclEntryWish wish = new(
            request.RuleNumber, request.Egress, request.RuleAction, request.Protocol, request.CidrBlock, request.Ipv6CidrBlock,
            request.PortRange, request.IcmpTypeCode);
        NetworkAclEntry entry = wish.Read();
        int at = FindEntry(acl, entry.Number, entry.IsEgress);
        if (at < 0)
        {
            throw EntryNotFound(entry.Number, entry.IsEgress);
        }

        context.Put(acl with { Entries = acl.Entries.SetItem(at, entry) });
        return new Aws.ReplaceNetworkAclEntryResult();
    }

    public Aws.DeleteNetworkAclEntryResult DeleteNetworkAclEntry(CommandContext context, Aws.DeleteNetworkAclEntryRequest request)
    {
        NetworkAcl acl = NetworkAclIds.Get(context, request.NetworkAclId);
        int number = AclEntryWish.CheckedNumber(request.RuleNumber);
        bool egress = Door.Required(request.Egress, "Egress");
        int at = FindEntry(acl, number, egress);
        if (at < 0)
        {
            throw EntryNotFound(number, egress);
        }

        context.Put(acl with { Entries = acl.Entries.RemoveAt(at) });
        return new Aws.DeleteNetworkAclEntryResult();
    }

    private static int FindEntry(NetworkAcl acl, int number, bool isEgress)
    {
        for (int i = 0; i < acl.Entries.Length; i++)
        {
            if (acl.Entries[i].Number == number && acl.Entries[i].IsEgress == isEgress)
            {
                return i;
            }
        }

        return -1;
    }

    private static ImmutableArray<NetworkAclEntry> InOrder(ImmutableArray<NetworkAclEntry> entries) =>
        [.. entries.OrderBy(e => e.IsEgress).ThenBy(e => e.Number)];

    private static Fault EntryNotFound(int number, bool egress) =>
        new("InvalidNetworkAclEntry.NotFound", $"no {(egress ? "egress" : "ingress")} entry with number {number}");

    /// <summary>An entry as a request words it.</summary>
    private sealed record AclEntryWish(
        int? Number, bool? Egress, string? Action, string? Protocol, string? Cidr, string? Ipv6Cidr, Aws.PortRange? Ports,
        Aws.IcmpTypeCode? Icmp)
    {
        /// <summary>1 to 32766.</summary>
        public static int CheckedNumber(int? number) =>
            Door.Required(number, "RuleNumber") is var given && given is >= 1 and <= LastUserEntry
                ? given
                : throw Fault.Invalid(
                    $"Value ({number}) for parameter ruleNumber is invalid. The rule number must be between 1 and {LastUserEntry}.");

        public NetworkAclEntry Read()
        {
            int number = CheckedNumber(Number);
            bool egress = Door.Required(Egress, "Egress");
            bool allows = Door.OneOf(Door.Required(Action, "RuleAction"), "ruleAction", "allow", "deny") == "allow";
            int protocol = Door.Protocol(Protocol, "protocol");
            Prefix cidr = (Cidr, Ipv6Cidr) switch
            {
                (null, null) => throw new Fault("MissingParameter", "Either 'cidrBlock' or 'ipv6CidrBlock' should be provided."),
                (not null, not null) => throw Fault.Combination("The parameter cidrBlock cannot be used with the parameter ipv6CidrBlock"),
                (not null, null) => Door.Ipv4Cidr(Cidr, "cidrBlock"),
                _ => Door.Ipv6Cidr(Ipv6Cidr, "ipv6CidrBlock"),
            };
            return new NetworkAclEntry(number, egress, allows, protocol, cidr, ReadPorts(protocol), ReadIcmp(protocol, cidr));
        }

        /// <summary>TCP and UDP need ports; for other protocols they mean nothing.</summary>
        private PortRange? ReadPorts(int protocol)
        {
            if (protocol is not (6 or 17))
            {
                return null;
            }

            int from = Door.Required(Ports?.From, "portRange.from");
            int to = Door.Required(Ports?.To, "portRange.to");
            return from is >= 0 and <= 65535 && to is >= 0 and <= 65535 && from <= to
                ? new PortRange(from, to)
                : throw Fault.Invalid($"Value ({from}-{to}) for parameter portRange is invalid. Invalid TCP/UDP port range ({from}:{to})");
        }

        /// <summary>ICMP needs type and code; ICMPv6 over an IPv4 block means all of them, as AWS says.</summary>
        private IcmpMatch? ReadIcmp(int protocol, Prefix cidr)
        {
            if (protocol is not (1 or 58))
            {
                return null;
            }

            if (protocol == 58 && cidr.IsV4)
            {
                return new IcmpMatch(-1, -1);
            }

            int type = Door.Required(Icmp?.Type, "icmpTypeCode.type");
            int code = Door.Required(Icmp?.Code, "icmpTypeCode.code");
            return type is >= -1 and <= 255 && code is >= -1 and <= 255 && (type != -1 || code == -1)
                ? new IcmpMatch(type, code)
                : throw Fault.Invalid($"Value ({type}/{code}) for parameter icmpTypeCode is invalid. Invalid ICMP type and code");
        }
    }
}
