using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Machines;

/// <param name="To">Where the answer goes: the client's own address, which its interface has or is about to have.</param>
public sealed record DhcpReply(IpAddress To, byte[] Message);

/// <summary>
/// What a VPC answers to an interface that asks for its address: always the primary one that the cloud gave it, with the options of the VPC's
/// set. Source: AWS, "DHCP option sets in Amazon VPC"; RFC 2131; rule 23.
/// </summary>
public static class DhcpAnswers
{
    /// <summary>Seconds that AWS leases an address for: it is the interface's as long as the interface is there.</summary>
    public const uint LeaseSeconds = 3600;

    /// <summary>The answer; null where none is given: the interface is not this VPC's, or another server was chosen.</summary>
    public static DhcpReply? Answer(Partition here, Vpc vpc, DhcpMessage message)
    {
        NetworkInterface? eni = here.By<NetworkInterface>(vpc.Key).FirstOrDefault(e => e.MacAddress == message.Mac);
        if (eni?.PrimaryIp is not { } address || here.Find(eni.SubnetId) is not { Cidr: { } block } subnet)
        {
            return null;
        }

        IpAddress server = ServiceAddresses.RouterOf(subnet)!.Value;
        if (message.AddressOf(DhcpOptionCode.ServerId) is { } chosen && chosen != server)
        {
            return null;
        }

        byte[] id = Bytes(server);
        switch (message.Kind)
        {
            case DhcpKind.Discover:
                return new DhcpReply(address, message.Answer(DhcpKind.Offer, address, Options(here, vpc, eni, block, id, leases: true)));
            case DhcpKind.Request when Wanted(message) is { } wanted && wanted != address:
                return new DhcpReply(address, message.Answer(DhcpKind.Nak, IpAddress.FromV4(0), [(DhcpOptionCode.ServerId, id)]));
            case DhcpKind.Request:
                return new DhcpReply(address, message.Answer(DhcpKind.Ack, address, Options(here, vpc, eni, block, id, leases: true)));
            case DhcpKind.Inform:
                return new DhcpReply(
                    address, message.Answer(DhcpKind.Ack, IpAddress.FromV4(0), Options(here, vpc, eni, block, id, leases: false)));
            default:
                return null;
        }
    }

    private static IpAddress? Wanted(DhcpMessage message) =>
        message.AddressOf(DhcpOptionCode.RequestedAddress) ?? (message.ClientAddress.Bits == 0 ? null : message.ClientAddress);

    private static List<(byte, byte[])> Options(Partition here, Vpc vpc, NetworkInterface eni, Prefix block, byte[] server, bool leases)
    {
        List<(byte, byte[])> options = [(DhcpOptionCode.ServerId, server)];
        if (leases)
        {
            options.Add((DhcpOptionCode.LeaseTime, Number(LeaseSeconds)));
        }

        options.Add((DhcpOptionCode.SubnetMask, Number(uint.MaxValue << (32 - block.Length))));
        options.Add((DhcpOptionCode.Broadcast, Bytes(block.Last)));
        options.Add((DhcpOptionCode.Router, server));
        options.Add((DhcpOptionCode.Mtu, [MachineFacts.Mtu >> 8, MachineFacts.Mtu & 255]));
        if (eni.Attachment?.InstanceId is { } id && MachineView.Of(here, id.Value) is { } machine)
        {
            options.Add((DhcpOptionCode.HostName, Encoding.ASCII.GetBytes(machine.ShortName)));
        }

        ImmutableArray<string> domain = MachineView.DhcpOption(here, vpc, "domain-name");
        if (!domain.IsEmpty)
        {
            options.Add((DhcpOptionCode.DomainName, Encoding.ASCII.GetBytes(domain[0])));
        }

        Addresses(options, DhcpOptionCode.DomainNameServers, MachineFacts.NameServers(here, vpc));
        Addresses(options, DhcpOptionCode.NtpServers, Parsed(here, vpc, "ntp-servers"));
        Addresses(options, DhcpOptionCode.NetbiosServers, Parsed(here, vpc, "netbios-name-servers"));
        ImmutableArray<string> node = MachineView.DhcpOption(here, vpc, "netbios-node-type");
        if (!node.IsEmpty)
        {
            options.Add((DhcpOptionCode.NetbiosNodeType, [byte.Parse(node[0], CultureInfo.InvariantCulture)]));
        }

        return options;
    }

    private static IEnumerable<IpAddress> Parsed(Partition here, Vpc vpc, string option) =>
        MachineView.DhcpOption(here, vpc, option).Select(IpAddress.Parse);

    /// <summary>IPv4 only: this protocol carries no other.</summary>
    private static void Addresses(List<(byte, byte[])> options, byte code, IEnumerable<IpAddress> addresses)
    {
        byte[] all = [.. addresses.Where(a => a.IsV4).SelectMany(Bytes)];
        if (all.Length > 0)
        {
            options.Add((code, all));
        }
    }

    private static byte[] Bytes(IpAddress address) => Number(address.V4Bits);

    private static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
