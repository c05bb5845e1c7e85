using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;
using Trunkline.Control.Machines;

namespace Trunkline.Control.Names;

/// <summary>
/// The names that AWS gives addresses and instances. Source: AWS, "Understanding Amazon DNS", "DNS attributes for your VPC", "EC2 instance
/// hostnames and domains"; rules 24 and 40.
/// </summary>
internal sealed class InstanceNames(CloudSnapshot cloud)
{
    private const string PublicSuffix = ".amazonaws.com";

    /// <summary>Names after the address, or after the instance's id where that was asked for.</summary>
    /// <param name="label">What stands before the domain; empty for the domain itself.</param>
    public NameAnswer Private(NameAsk ask, Partition at, Vpc vpc, string label)
    {
        if (!DnsNames.HasNames(vpc))
        {
            return NameAnswer.NoName($"{vpc.Id} gives its instances no names: enableDnsHostnames and enableDnsSupport must both be on");
        }

        if (AddressIn(label, "ip-") is { } address)
        {
            return MachineView.InterfaceAt(at, vpc, address) is { } eni
                ? NameAnswer.Of(ask, [address], $"the private name of {eni.Id} in {vpc.Id}")
                : NameAnswer.NoName($"no interface of {vpc.Id} has {address}");
        }

        if (MachineView.Of(at, label) is not { } machine || machine.Vpc.Id != vpc.Id
            || !(machine.Instance.ResourceNameDnsA || machine.Instance.ResourceNameDnsAaaa))
        {
            return NameAnswer.NoName($"{label} is no instance of {vpc.Id} that answers to its id");
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

        return NameAnswer.Of(ask, all, $"the resource name of {machine.Instance.Id}");
    }

    /// <summary>
    /// A public name is the private address to those in the same VPC and in those that <see cref="NameReach"/> lets, and the public one to everyone
    /// else; null where the name is not of that kind.
    /// </summary>
    public NameAnswer? Public(NameAsk ask)
    {
        string name = ask.Name;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !name.EndsWith(PublicSuffix, StringComparison.Ordinal) || AddressIn(name[..dot], "ec2-") is not { } address)
        {
            return null;
        }

        if (OwnerOf(ask.At, address) is not { } owner || name != DnsNames.OfPublic(owner.Partition.Region, address))
        {
            return NameAnswer.NoName($"nobody has {address} in the region of that name");
        }

        if (owner.Interface is null)
        {
            return NameAnswer.Of(ask, [address], $"the public name of {owner.Elastic!.Id}");
        }

        Vpc its = owner.Partition.Get(owner.Interface.VpcId);
        if (!DnsNames.HasNames(its))
        {
            return NameAnswer.NoName($"{its.Id} gives its addresses no names");
        }

        string? way = NameReach.Private(cloud, ask.At, ask.Vpc, owner.Partition, its);
        return NameAnswer.Of(
            ask, [way is not null && owner.Private is { } own ? own : address],
            $"the public name of {owner.Interface.Id}{(way is null ? "" : $", the private address {way}")}");
    }

    /// <summary>The name of an address.</summary>
    public NameAnswer Reverse(NameAsk ask, Partition? at, Vpc? vpc)
    {
        string? target = ReverseV4(ask.Name) is { } address ? NameOfAddress(at, vpc, address) : null;
        if (target is null)
        {
            return NameAnswer.NoName("no name is known for that address");
        }

        return ask.Type is DnsTypes.Ptr or DnsTypes.Any
            ? new NameAnswer(DnsCode.NoError, [new NameRecord(ask.Name, DnsTypes.Ptr, DnsMessage.TimeToLive, default, target)], "the name of the address")
            : NameAnswer.NoData("the name of the address is a PTR record");
    }

    private string? NameOfAddress(Partition? at, Vpc? vpc, IpAddress address)
    {
        if (at is not null && vpc is not null && vpc.Covers(address))
        {
            if (!DnsNames.HasNames(vpc) || MachineView.InterfaceAt(at, vpc, address) is not { } eni)
            {
                return null;
            }

            Instance? instance = eni.Attachment?.InstanceId is { } id ? at.Find(id) : null;
            return instance is { HostnameType: "resource-name", ResourceNameDnsA: true } && address == eni.PrimaryIp
                ? DnsNames.OfResource(at.Region, instance.Id.Value)
                : DnsNames.OfPrivate(at.Region, address);
        }

        if (OwnerOf(at, address) is { } owner)
        {
            return owner.Elastic?.PtrRecord is { } asked ? asked.TrimEnd('.') : DnsNames.OfPublic(owner.Partition.Region, address);
        }

        return cloud.World.Hosts.FirstOrDefault(h => h.Addresses.Any(a => a == Prefix.Host(address)))?.Name.ToLowerInvariant();
    }

    /// <summary>Whose a public address is now, looked for at home first.</summary>
    private PublicOwner? OwnerOf(Partition? home, IpAddress address)
    {
        string word = NetworkInterface.PublicWord(address);
        IEnumerable<Partition> all = cloud.Partitions.Values;
        foreach (Partition partition in home is null ? all : all.Where(p => p.Key != home.Key).Prepend(home))
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

    /// <summary>The address in a label such as <c>ip-10-0-1-171</c>.</summary>
    private static IpAddress? AddressIn(string label, string start) =>
        label.StartsWith(start, StringComparison.Ordinal) && label.Count(c => c == '-') == 4
            && IpAddress.TryParse(label[start.Length..].Replace('-', '.'), out IpAddress address)
            ? address
            : null;

    private static IpAddress? ReverseV4(string name)
    {
        const string Domain = ".in-addr.arpa";
        if (!name.EndsWith(Domain, StringComparison.Ordinal))
        {
            return null;
        }

        string[] parts = name[..^Domain.Length].Split('.');
        Array.Reverse(parts);
        return parts.Length == 4 && IpAddress.TryParse(string.Join('.', parts), out IpAddress address) ? address : null;
    }

    private sealed record PublicOwner(Partition Partition, NetworkInterface? Interface, IpAddress? Private, ElasticIp? Elastic);
}
