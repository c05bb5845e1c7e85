using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>What a request says of a BGP session, before it is checked.</summary>
internal sealed record WantedPeer(
    int? Asn, long? AsnLong, string? AuthKey, string? AddressFamily, string? AmazonAddress, string? CustomerAddress);

/// <summary>BGP sessions at the door. Source: Direct Connect API, NewBGPPeer, NewPrivateVirtualInterface, NewPublicVirtualInterface.</summary>
internal static class PeerRules
{
    public const long AsnMax = 4294967294;

    /// <summary>What the member asn can say; a larger number stands in asnLong only.</summary>
    public const long ShortAsnMax = 2147483647;

    private const int KeyLengthMin = 6;
    private const int KeyLengthMax = 80;

    /// <summary>AWS gives a /30 of this block where no addresses are asked for.</summary>
    private static readonly Prefix AutomaticV4 = Prefix.Parse("169.254.0.0/16");

    /// <summary>Of Amazon's own addresses; each IPv6 session gets a /125.</summary>
    private static readonly Prefix AutomaticV6 = Prefix.Parse("2620:107:4000:7700::/56");

    private const int LinkLengthV4 = 30;
    private const int LinkLengthV6 = 125;

    public static DxBgpPeer Read(CommandContext context, DxInterfaceType type, WantedPeer wanted, IEnumerable<DxVirtualInterface> beside)
    {
        Family family = FamilyOf(wanted.AddressFamily);
        (DxPeerAddress amazon, DxPeerAddress customer) = family == Family.V4
            ? AddressesV4(context, type, wanted, beside)
            : AddressesV6(context, wanted);
        return new DxBgpPeer(
            DxIds.Peer(context), AsnOf(wanted.Asn, wanted.AsnLong), KeyOf(context, wanted.AuthKey), family, amazon, customer);
    }

    /// <summary>Where a request gives both, asnLong counts.</summary>
    public static long AsnOf(int? asn, long? asnLong)
    {
        long given = asnLong ?? asn ?? throw DxFaults.Missing("asn");
        long most = asnLong is null ? ShortAsnMax : AsnMax;
        return given >= 1 && given <= most
            ? given
            : throw DxFaults.Client($"ASN {given} is not valid. The valid range is from 1 to {most}.");
    }

    public static bool IsPrivate(long asn) => asn is (>= 64512 and <= 65534) or (>= 4200000000 and <= 4294967294);

    public static bool TryParse(string? text, out DxPeerAddress address)
    {
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash > 0 && IpAddress.TryParse(text![..slash], out IpAddress ip)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= ip.Width)
        {
            address = new DxPeerAddress(ip, length);
            return true;
        }

        address = default;
        return false;
    }

    private static Family FamilyOf(string? family) => family switch
    {
        null or "ipv4" => Family.V4,
        "ipv6" => Family.V6,
        _ => throw DxFaults.Client($"Address family {family} is not valid."),
    };

    private static string KeyOf(CommandContext context, string? key) =>
        string.IsNullOrEmpty(key) ? DxIds.AuthKey(context)
        : key.Length is >= KeyLengthMin and <= KeyLengthMax && !key.Any(c => c <= ' ' || c > '~') ? key
        : throw DxFaults.Client($"The authentication key is not valid. It must have {KeyLengthMin} to {KeyLengthMax} characters.");

    private static (DxPeerAddress Amazon, DxPeerAddress Customer) AddressesV4(
        CommandContext context, DxInterfaceType type, WantedPeer wanted, IEnumerable<DxVirtualInterface> beside)
    {
        bool hasAmazon = !string.IsNullOrEmpty(wanted.AmazonAddress);
        bool hasCustomer = !string.IsNullOrEmpty(wanted.CustomerAddress);
        if (!hasAmazon && !hasCustomer && type != DxInterfaceType.Public)
        {
            return AutomaticPair(context, beside);
        }

        if (!hasAmazon || !hasCustomer)
        {
            throw DxFaults.Client($"{(hasAmazon ? "Customer" : "Amazon")} Address is required.");
        }

        DxPeerAddress amazon = Checked(wanted.AmazonAddress, "Amazon", type);
        DxPeerAddress customer = Checked(wanted.CustomerAddress, "Customer", type);
        if (amazon.Link != customer.Link)
        {
            throw DxFaults.Client("Amazon Address and Customer Address must be in the same CIDR");
        }

        return amazon.Address == customer.Address
            ? throw DxFaults.Client("Amazon Address and Customer Address must not be the same.")
            : (amazon, customer);
    }

    private static DxPeerAddress Checked(string? text, string whose, DxInterfaceType type)
    {
        if (!TryParse(text, out DxPeerAddress address) || !address.Address.IsV4 || address.Length is < 8 or > 31)
        {
            throw DxFaults.Client($"{whose} Address {text} is not a valid IPv4 CIDR.");
        }

        if (address.Length < 31 && address.Address == address.Link.First)
        {
            throw DxFaults.Client($"{whose} Address is address 0 on its subnet.");
        }

        if (address.Length < 31 && address.Address == address.Link.Last)
        {
            throw DxFaults.Client($"{whose} Address is the broadcast address of its subnet.");
        }

        return type == DxInterfaceType.Public && !PublicPrefixes.IsPublic(Prefix.Host(address.Address))
            ? throw DxFaults.Client($"{whose} Address is not allowed to contain a private IP")
            : address;
    }

    private static (DxPeerAddress Amazon, DxPeerAddress Customer) AutomaticPair(
        CommandContext context, IEnumerable<DxVirtualInterface> beside)
    {
        HashSet<Prefix> taken = [.. beside.SelectMany(v => v.BgpPeers).Select(p => p.AmazonAddress.Link)];
        while (true)
        {
            // The blocks at both ends, and those of the services that instances ask, are left out.
            uint block = (uint)context.Ids.Below(1UL << (LinkLengthV4 - AutomaticV4.Length));
            Prefix link = new(AutomaticV4.First.Plus(block << (32 - LinkLengthV4)), LinkLengthV4);
            bool fits = block != 0 && link.Last != AutomaticV4.Last && !WellKnown.AwsReservedV4.Contains(link);
            if (fits && taken.Add(link))
            {
                return (new DxPeerAddress(link.First.Plus(1), LinkLengthV4), new DxPeerAddress(link.First.Plus(2), LinkLengthV4));
            }
        }
    }

    /// <summary>IPv6 addresses are Amazon's to give.</summary>
    private static (DxPeerAddress Amazon, DxPeerAddress Customer) AddressesV6(CommandContext context, WantedPeer wanted)
    {
        if (!string.IsNullOrEmpty(wanted.AmazonAddress) || !string.IsNullOrEmpty(wanted.CustomerAddress))
        {
            throw DxFaults.Client("IPv6 addresses are automatically assigned from the Amazon pool of IPv6 addresses. Omit the addresses.");
        }

        UInt128 block = new UInt128(0, context.Ids.NextBits()) << (128 - LinkLengthV6);
        IpAddress first = AutomaticV6.First.Plus(block);
        return (new DxPeerAddress(first.Plus(1), LinkLengthV6), new DxPeerAddress(first.Plus(2), LinkLengthV6));
    }
}
