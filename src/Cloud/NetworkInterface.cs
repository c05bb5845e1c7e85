using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>An elastic network interface. Source: AWS, "Elastic network interfaces".</summary>
public sealed record NetworkInterface : IResource<NetworkInterface>, ITagged
{
    public static string Kind => "network-interface";

    public static string IdPrefix => "eni";

    public required Id<NetworkInterface> Id { get; init; }

    public required Id<Subnet> SubnetId { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    public string Description { get; init; } = "";

    /// <summary><c>interface</c>, <c>nat_gateway</c>, …: as in the API.</summary>
    public string InterfaceType { get; init; } = "interface";

    public required string MacAddress { get; init; }

    /// <summary>IPv4 addresses, the primary one first; none in an IPv6-only subnet.</summary>
    public ImmutableArray<InterfaceAddress> PrivateAddresses { get; init; } = [];

    public ImmutableArray<IpAddress> Ipv6Addresses { get; init; } = [];

    /// <summary>Delegated /28 IPv4 prefixes.</summary>
    public ImmutableArray<Prefix> Ipv4Prefixes { get; init; } = [];

    /// <summary>Delegated /80 IPv6 prefixes.</summary>
    public ImmutableArray<Prefix> Ipv6Prefixes { get; init; } = [];

    /// <summary>The first IPv6 address is the primary one and stays (ModifyNetworkInterfaceAttribute, EnablePrimaryIpv6).</summary>
    public bool HasPrimaryIpv6 { get; init; }

    public ImmutableArray<Id<SecurityGroup>> Groups { get; init; } = [];

    public bool SourceDestCheck { get; init; } = true;

    public InterfaceAttachment? Attachment { get; init; }

    /// <summary>Who asked for it; set on interfaces that AWS made for a service.</summary>
    public string? RequesterId { get; init; }

    public bool RequesterManaged { get; init; }

    /// <summary>A request to give the first address a public one at launch; kept for the next start.</summary>
    public bool AssociatePublicIp { get; init; }

    /// <summary>
    /// <c>public-dual-stack-dns-name</c>, <c>public-ipv4-dns-name</c> or <c>public-ipv6-dns-name</c>, as ModifyPublicIpDnsNameOptions set it;
    /// null: the name of the public IPv4 address.
    /// </summary>
    public string? PublicHostnameType { get; init; }

    /// <summary>Idle time-outs in seconds that were set; null where AWS's default holds.</summary>
    public ConnectionTracking? Tracking { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    [JsonIgnore]
    public IpAddress? PrimaryIp => PrivateAddresses.IsEmpty ? null : PrivateAddresses[0].Ip;

    /// <summary>All addresses that are its own, of both families, without delegated prefixes.</summary>
    [JsonIgnore]
    public IEnumerable<IpAddress> AllAddresses => PrivateAddresses.Select(a => a.Ip).Concat(Ipv6Addresses);

    public IEnumerable<string> Keys
    {
        get
        {
            yield return SubnetId.Value;
            yield return VpcId.Value;
            foreach (Id<SecurityGroup> group in Groups)
            {
                yield return group.Value;
            }

            if (Attachment is { } attachment)
            {
                yield return attachment.Id;
                if (attachment.InstanceId is { } instance)
                {
                    yield return instance.Value;
                }
            }

            foreach (InterfaceAddress address in PrivateAddresses)
            {
                yield return AddressWord(SubnetId, address.Ip);
                if (address.AutoPublicIp is { } ip)
                {
                    yield return PublicWord(ip);
                }
            }

            foreach (IpAddress address in Ipv6Addresses)
            {
                yield return AddressWord(SubnetId, address);
            }

            foreach (Prefix prefix in Ipv4Prefixes.Concat(Ipv6Prefixes))
            {
                yield return PrefixWord(SubnetId, prefix);
            }
        }
    }

    /// <summary>Length of a delegated IPv4 prefix.</summary>
    public const int DelegatedLengthV4 = 28;

    /// <summary>Length of a delegated IPv6 prefix.</summary>
    public const int DelegatedLengthV6 = 80;

    /// <summary>The word an interface is found by from an address in its subnet.</summary>
    public static string AddressWord(Id<Subnet> subnet, IpAddress address) => $"{subnet}/{address}";

    /// <summary>The word an interface is found by from a prefix delegated to it.</summary>
    public static string PrefixWord(Id<Subnet> subnet, Prefix prefix) => $"{subnet}/{prefix}";

    /// <summary>The word an interface or Elastic IP is found by from its public address.</summary>
    public static string PublicWord(IpAddress address) => $"public/{address}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A private IPv4 address of an interface.</summary>
/// <param name="AutoPublicIp">The public address from the region's pool that is mapped to it now; Elastic IPs are rows of their own.</param>
public sealed record InterfaceAddress(IpAddress Ip, IpAddress? AutoPublicIp = null);

/// <summary>What an interface is attached to: an instance, or a service that AWS runs.</summary>
/// <param name="Id"><c>eni-attach-…</c>, or <c>ela-attach-…</c> for services.</param>
/// <param name="InstanceId">Null where a service holds it.</param>
/// <param name="InstanceOwner">The account that owns the instance, or the service's name.</param>
public sealed record InterfaceAttachment(
    string Id,
    Id<Instance>? InstanceId,
    string InstanceOwner,
    int DeviceIndex,
    int NetworkCardIndex,
    DateTimeOffset AttachTime,
    bool DeleteOnTermination);

/// <summary>Idle time-outs of tracked connections, in seconds. Source: AWS, "Security group connection tracking".</summary>
public sealed record ConnectionTracking(int? TcpEstablished, int? UdpStream, int? Udp);
