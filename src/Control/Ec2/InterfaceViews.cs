using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>How network interfaces are shown and filtered. Source: EC2 API, DescribeNetworkInterfaces, NetworkInterface.</summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<NetworkInterface> InterfaceFilters = new()
    {
        { "association.allocation-id", (here, e) => Mapped(here, e).Select(m => m.Eip?.Id.Value) },
        { "association.association-id", (here, e) => Mapped(here, e).Select(m => m.Eip?.Association?.Id) },
        { "association.ip-owner-id", (here, e) => Mapped(here, e).Select(m => OwnerOf(here, m.Eip)) },
        { "association.public-ip", (here, e) => Mapped(here, e).Select(m => m.PublicIp.ToString()) },
        { "association.public-dns-name", (here, e) => Mapped(here, e).Select(m => PublicNameOf(here, e.VpcId, m.PublicIp)) },
        { "addresses.association.owner-id", (here, e) => Mapped(here, e).Select(m => OwnerOf(here, m.Eip)) },
        { "addresses.association.public-ip", (here, e) => Mapped(here, e).Select(m => m.PublicIp.ToString()) },
        { "addresses.primary", e => e.PrivateAddresses.Select((_, i) => FilterTable<NetworkInterface>.Text(i == 0)) },
        { "addresses.private-ip-address", e => e.PrivateAddresses.Select(a => a.Ip.ToString()) },
        { "attachment.attach-time", e => e.Attachment is { } a ? TimeText(a.AttachTime) : null },
        { "attachment.attachment-id", e => e.Attachment?.Id },
        { "attachment.delete-on-termination", e => e.Attachment is { } a ? FilterTable<NetworkInterface>.Text(a.DeleteOnTermination) : null },
        { "attachment.device-index", e => e.Attachment?.DeviceIndex.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        { "attachment.instance-id", e => e.Attachment?.InstanceId?.Value },
        { "attachment.instance-owner-id", e => e.Attachment?.InstanceOwner },
        { "attachment.status", e => e.Attachment is null ? null : "attached" },
        { "availability-zone", (here, e) => here.Get(e.SubnetId).Zone },
        { "availability-zone-id", (here, e) => ZoneIdOf(here, here.Get(e.SubnetId).Zone) },
        { "description", e => e.Description },
        { "group-id", e => e.Groups.Select(g => g.Value) },
        { "group-name", (here, e) => e.Groups.Select(g => here.Find(g)?.Name) },
        { "interface-type", e => e.InterfaceType },
        { "ipv6-addresses.ipv6-address", e => e.Ipv6Addresses.Select(a => a.ToString()) },
        { "mac-address", e => e.MacAddress },
        { "network-interface-id", e => e.Id.Value },
        { "operator.managed", _ => false },
        { "operator.principal", _ => (string?)null },
        { "owner-id", (here, _) => here.Account },
        { "private-dns-name", (here, e) => e.PrivateAddresses.Select(a => PrivateNameOf(here, e.VpcId, a.Ip)) },
        { "private-ip-address", e => e.PrivateAddresses.Select(a => a.Ip.ToString()) },
        { "requester-id", e => e.RequesterId },
        { "requester-managed", e => e.RequesterManaged },
        { "source-dest-check", e => e.SourceDestCheck },
        { "status", e => StatusOf(e) },
        { "subnet-id", e => e.SubnetId.Value },
        { "vpc-id", e => e.VpcId.Value },
    };

    /// <summary>An interface as the API shows it.</summary>
    internal static Aws.NetworkInterface ToWire(CommandContext context, NetworkInterface eni)
    {
        Partition here = context.Here;
        Subnet subnet = here.Get(eni.SubnetId);
        InterfaceAddress? primary = eni.PrivateAddresses.IsEmpty ? null : eni.PrivateAddresses[0];
        Aws.NetworkInterfaceAssociation? association = primary is null ? null : AssociationOf(here, eni, primary);
        return new Aws.NetworkInterface
        {
            NetworkInterfaceId = eni.Id.Value,
            SubnetId = eni.SubnetId.Value,
            VpcId = eni.VpcId.Value,
            AvailabilityZone = subnet.Zone,
            AvailabilityZoneId = ZoneIdOf(here, subnet.Zone),
            Description = eni.Description,
            InterfaceType = eni.InterfaceType,
            MacAddress = eni.MacAddress,
            OwnerId = here.Account,
            Association = association,
            Attachment = eni.Attachment is { } attachment ? ToWire(attachment) : null,
            ConnectionTrackingConfiguration = ToWire(eni.Tracking),
            Groups = GroupsToWire(here, eni),
            PrivateIpAddress = primary?.Ip.ToString(),
            PrivateDnsName = primary is null ? null : PrivateNameOf(here, eni.VpcId, primary.Ip),
            PublicDnsName = association?.PublicDnsName,
            PublicIpDnsNameOptions = eni.PublicHostnameType is { } type
                ? new Aws.PublicIpDnsNameOptions { DnsHostnameType = type, PublicIpv4DnsName = association?.PublicDnsName }
                : null,
            PrivateIpAddresses = [.. eni.PrivateAddresses.Select((a, i) => ToWire(here, eni, a, i == 0))],
            Ipv6Address = eni.Ipv6Addresses.IsEmpty ? null : eni.Ipv6Addresses[0].ToString(),
            Ipv6Addresses =
            [
                .. eni.Ipv6Addresses.Select((a, i) => new Aws.NetworkInterfaceIpv6Address
                {
                    Ipv6Address = a.ToString(),
                    IsPrimaryIpv6 = i == 0 && eni.HasPrimaryIpv6,
                }),
            ],
            Ipv4Prefixes = eni.Ipv4Prefixes.IsEmpty
                ? null : [.. eni.Ipv4Prefixes.Select(p => new Aws.Ipv4PrefixSpecification { Ipv4Prefix = p.ToString() })],
            Ipv6Prefixes = eni.Ipv6Prefixes.IsEmpty
                ? null : [.. eni.Ipv6Prefixes.Select(p => new Aws.Ipv6PrefixSpecification { Ipv6Prefix = p.ToString() })],
            Ipv6Native = subnet.Ipv6Native ? true : null,
            RequesterId = eni.RequesterId,
            RequesterManaged = eni.RequesterManaged,
            SourceDestCheck = eni.SourceDestCheck,
            Status = StatusOf(eni),
            Operator = new Aws.OperatorResponse { Managed = false },
            TagSet = TagRules.ToWire(eni.Tags),
        };
    }

    /// <summary>What a private address is known by outside: an Elastic IP, an automatic public address, or null for neither.</summary>
    internal static Aws.NetworkInterfaceAssociation? AssociationOf(Partition here, NetworkInterface eni, InterfaceAddress address)
    {
        ElasticIp? eip = ElasticIpOf(here, eni, address.Ip);
        if ((eip?.PublicIp ?? address.AutoPublicIp) is not { } publicIp)
        {
            return null;
        }

        return new Aws.NetworkInterfaceAssociation
        {
            AllocationId = eip?.Id.Value,
            AssociationId = eip?.Association?.Id,
            IpOwnerId = OwnerOf(here, eip),
            PublicIp = publicIp.ToString(),
            PublicDnsName = PublicNameOf(here, eni.VpcId, publicIp) ?? "",
        };
    }

    /// <summary>The Elastic IP that is bound to one private address of an interface.</summary>
    internal static ElasticIp? ElasticIpOf(Partition here, NetworkInterface eni, IpAddress address)
    {
        foreach (ElasticIp eip in here.By<ElasticIp>(eni.Id.Value))
        {
            if (eip.Association?.PrivateIp == address)
            {
                return eip;
            }
        }

        return null;
    }

    /// <summary>The public DNS name of an address, where the VPC gives names out; else null.</summary>
    internal static string? PublicNameOf(Partition here, Id<Vpc> vpc, IpAddress address) =>
        GivesNames(here, vpc) ? DnsNames.OfPublic(here.Region, address) : null;

    /// <summary>The private DNS name of an address, where the VPC gives names out; else null.</summary>
    internal static string? PrivateNameOf(Partition here, Id<Vpc> vpc, IpAddress address) =>
        GivesNames(here, vpc) ? DnsNames.OfPrivate(here.Region, address) : null;

    internal static string ZoneIdOf(Partition here, string zone)
    {
        foreach (Zone known in Regions.ZonesOf(here.Account, here.Region))
        {
            if (known.Name == zone)
            {
                return known.ZoneId;
            }
        }

        return zone;
    }

    /// <summary>A time as filters name it: <c>2026-01-02T03:04:05.000Z</c>.</summary>
    internal static string TimeText(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    internal static IReadOnlyList<Aws.GroupIdentifier> GroupsToWire(Partition here, NetworkInterface eni) =>
        [.. eni.Groups.Select(g => new Aws.GroupIdentifier { GroupId = g.Value, GroupName = here.Find(g)?.Name })];

    private static bool GivesNames(Partition here, Id<Vpc> vpc) => DnsNames.HasNames(here.Get(vpc));

    private static string StatusOf(NetworkInterface eni) => eni.Attachment is null ? "available" : "in-use";

    /// <summary>Addresses of Amazon's own pool that nobody allocated belong to <c>amazon</c>.</summary>
    private static string OwnerOf(Partition here, ElasticIp? eip) => eip is null ? "amazon" : here.Account;

    private static IEnumerable<(IpAddress PublicIp, ElasticIp? Eip)> Mapped(Partition here, NetworkInterface eni)
    {
        foreach (InterfaceAddress address in eni.PrivateAddresses)
        {
            ElasticIp? eip = ElasticIpOf(here, eni, address.Ip);
            if ((eip?.PublicIp ?? address.AutoPublicIp) is { } publicIp)
            {
                yield return (publicIp, eip);
            }
        }
    }

    private static Aws.NetworkInterfacePrivateIpAddress ToWire(Partition here, NetworkInterface eni, InterfaceAddress address, bool primary) =>
        new()
        {
            PrivateIpAddress = address.Ip.ToString(),
            PrivateDnsName = PrivateNameOf(here, eni.VpcId, address.Ip),
            Primary = primary,
            Association = AssociationOf(here, eni, address),
        };

    private static Aws.NetworkInterfaceAttachment ToWire(InterfaceAttachment attachment) => new()
    {
        AttachmentId = attachment.Id,
        AttachTime = attachment.AttachTime,
        DeleteOnTermination = attachment.DeleteOnTermination,
        DeviceIndex = attachment.DeviceIndex,
        NetworkCardIndex = attachment.NetworkCardIndex,
        InstanceId = attachment.InstanceId?.Value,
        InstanceOwnerId = attachment.InstanceOwner,
        Status = "attached",
    };

    private static Aws.ConnectionTrackingConfiguration? ToWire(ConnectionTracking? tracking) => tracking is null ? null : new()
    {
        TcpEstablishedTimeout = tracking.TcpEstablished,
        UdpStreamTimeout = tracking.UdpStream,
        UdpTimeout = tracking.Udp,
    };
}
