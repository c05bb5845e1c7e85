using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.Machines;

/// <summary>
/// What the Amazon DNS server of a VPC answers: the names that AWS gives addresses, and the hosts of the world outside. Source: AWS,
/// "Understanding Amazon DNS", "DNS attributes for your VPC", "EC2 instance hostnames and domains"; rules 24 and 40.
/// </summary>
public static class DnsAnswers
{
    private const string PublicSuffix = ".amazonaws.com";

    public static DnsReply Answer(CloudSnapshot cloud, Partition here, Vpc vpc, DnsQuestion question)
    {
        string name = question.Name;
        if (name.EndsWith(".in-addr.arpa", StringComparison.Ordinal))
        {
            return ReverseV4(name) is { } address && NameOfAddress(cloud, here, vpc, address) is { } target
                ? Typed(question.Type, [new DnsRecord(DnsTypes.Ptr, default, target)])
                : DnsReply.NoName;
        }

        string suffix = "." + Regions.InternalDomain(here.Region);
        if (name.EndsWith(suffix, StringComparison.Ordinal))
        {
            return DnsNames.HasNames(vpc) ? Private(here, vpc, name[..^suffix.Length], question.Type) : DnsReply.NoName;
        }

        if (name.EndsWith(PublicSuffix, StringComparison.Ordinal) && name.StartsWith("ec2-", StringComparison.Ordinal))
        {
            return Public(cloud, here, vpc, name, question.Type);
        }

        InternetHost? host = cloud.World.Hosts.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return host is null ? DnsReply.NoName : Addresses(question.Type, host.Addresses.Select(a => a.First));
    }

    /// <summary>Names of instances: after the address, or after the instance's id where that was asked for.</summary>
    private static DnsReply Private(Partition here, Vpc vpc, string label, ushort type)
    {
        if (AddressIn(label, "ip-") is { } address)
        {
            return MachineView.InterfaceAt(here, vpc, address) is null ? DnsReply.NoName : Addresses(type, [address]);
        }

        if (MachineView.Of(here, label) is not { } machine || machine.Vpc.Id != vpc.Id
            || !(machine.Instance.ResourceNameDnsA || machine.Instance.ResourceNameDnsAaaa))
        {
            return DnsReply.NoName;
        }

        List<IpAddress> all = [];
        if (machine.Instance.ResourceNameDnsA && machine.Primary.PrimaryIp is { } v4)
        {
            all.Add(v4);
        }

        if (machine.Instance.ResourceNameDnsAaaa && !machine.Primary.Ipv6Addresses.IsEmpty)
        {
            all.Add(machine.Primary.Ipv6Addresses[0]);
        }

        return Addresses(type, all);
    }

    /// <summary>A public name is the private address to those in the same VPC, and the public one to everyone else.</summary>
    private static DnsReply Public(CloudSnapshot cloud, Partition here, Vpc vpc, string name, ushort type)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (AddressIn(name[..dot], "ec2-") is not { } address || OwnerOf(cloud, here, address) is not { } owner
            || name != DnsNames.OfPublic(owner.Partition.Region, address))
        {
            return DnsReply.NoName;
        }

        if (owner.Interface is null)
        {
            return Addresses(type, [address]);
        }

        Vpc its = owner.Partition.Get(owner.Interface.VpcId);
        bool inside = its.Id == vpc.Id && owner.Partition.Key == here.Key;
        return !DnsNames.HasNames(its) ? DnsReply.NoName : Addresses(type, [inside && owner.Private is { } own ? own : address]);
    }

    private static string? NameOfAddress(CloudSnapshot cloud, Partition here, Vpc vpc, IpAddress address)
    {
        if (vpc.Covers(address))
        {
            if (!DnsNames.HasNames(vpc) || MachineView.InterfaceAt(here, vpc, address) is not { } eni)
            {
                return null;
            }

            Instance? instance = eni.Attachment?.InstanceId is { } id ? here.Find(id) : null;
            return instance is { HostnameType: "resource-name", ResourceNameDnsA: true } && address == eni.PrimaryIp
                ? DnsNames.OfResource(here.Region, instance.Id.Value)
                : DnsNames.OfPrivate(here.Region, address);
        }

        if (OwnerOf(cloud, here, address) is { } owner)
        {
            return owner.Elastic?.PtrRecord is { } asked ? asked.TrimEnd('.') : DnsNames.OfPublic(owner.Partition.Region, address);
        }

        return cloud.World.Hosts.FirstOrDefault(h => h.Addresses.Any(a => a == Prefix.Host(address)))?.Name.ToLowerInvariant();
    }

    /// <summary>Whose a public address is now, looked for at home first.</summary>
    private static PublicOwner? OwnerOf(CloudSnapshot cloud, Partition here, IpAddress address)
    {
        string word = NetworkInterface.PublicWord(address);
        foreach (Partition partition in cloud.Partitions.Values.Where(p => p.Key != here.Key).Prepend(here))
        {
            if (partition.By<ElasticIp>(word).FirstOrDefault() is { } elastic)
            {
                return new PublicOwner(
                    partition, elastic.Association is { } bound ? partition.Find(bound.NetworkInterfaceId) : null, elastic.Association?.PrivateIp, elastic);
            }

            if (partition.By<NetworkInterface>(word).FirstOrDefault() is { } eni)
            {
                return new PublicOwner(partition, eni, eni.PrivateAddresses.FirstOrDefault(a => a.AutoPublicIp == address)?.Ip, null);
            }
        }

        return null;
    }

    private static DnsReply Addresses(ushort type, IEnumerable<IpAddress> addresses) =>
        Typed(type, [.. addresses.Select(a => new DnsRecord(a.IsV4 ? DnsTypes.A : DnsTypes.Aaaa, a))]);

    private static DnsReply Typed(ushort type, DnsRecord[] records)
    {
        DnsRecord[] asked = [.. records.Where(r => type == DnsTypes.Any || r.Type == type)];
        return asked.Length == 0 ? DnsReply.NoData : new DnsReply(DnsCode.NoError, asked);
    }

    /// <summary>The address in a label such as <c>ip-10-0-1-171</c>.</summary>
    private static IpAddress? AddressIn(string label, string start) =>
        label.StartsWith(start, StringComparison.Ordinal) && label.Count(c => c == '-') == 4
            && IpAddress.TryParse(label[start.Length..].Replace('-', '.'), out IpAddress address)
            ? address
            : null;

    private static IpAddress? ReverseV4(string name)
    {
        string[] parts = name[..^".in-addr.arpa".Length].Split('.');
        Array.Reverse(parts);
        return parts.Length == 4 && IpAddress.TryParse(string.Join('.', parts), out IpAddress address) ? address : null;
    }

    private sealed record PublicOwner(Partition Partition, NetworkInterface? Interface, IpAddress? Private, ElasticIp? Elastic);
}
