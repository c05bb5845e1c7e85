using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>Addresses with a meaning of their own, as the walk of a packet asks for them.</summary>
public static class Special
{
    public static readonly Prefix PrivateV6 = Prefix.Parse("fc00::/7");

    private static readonly Prefix GlobalV6 = Prefix.Parse("2000::/3");
    private static readonly UInt128 ResolverV6 = IpAddress.Parse("fd00:ec2::253").Bits;
    private static readonly UInt128 MetadataV6 = IpAddress.Parse("fd00:ec2::254").Bits;
    private static readonly UInt128 TimeV6 = IpAddress.Parse("fd00:ec2::123").Bits;

    /// <summary>Services that answer at link-local addresses in every domain and that no filter stops.</summary>
    public static LocalService ServiceAt(UInt128 address, bool isV4)
    {
        if (isV4)
        {
            uint bits = (uint)address;
            return bits >> 16 != 0xA9FE ? LocalService.None : (bits & 0xFFFF) switch
            {
                0xA9FD => LocalService.Resolver,
                0xA9FE => LocalService.Metadata,
                0xA97B => LocalService.Time,
                0xAA02 => LocalService.TaskMetadata,
                0xA9FA or 0xA9FB => LocalService.Activation,
                _ => LocalService.None,
            };
        }

        return address == ResolverV6 ? LocalService.Resolver
            : address == MetadataV6 ? LocalService.Metadata
            : address == TimeV6 ? LocalService.Time
            : LocalService.None;
    }

    /// <summary>Addresses that no router carries: 169.254.168.0/22 and fd00:ec2::/32.</summary>
    public static bool IsReserved(UInt128 address, bool isV4) =>
        isV4 ? (uint)address >> 10 == 0xA9FEA8u >> 2 : (ulong)(address >> 96) == 0xFD000EC2;

    /// <summary>RFC 1918.</summary>
    public static bool IsPrivate(uint address) =>
        address >> 24 == 10 || address >> 20 == 0xAC1 || address >> 16 == 0xC0A8;

    /// <summary>RFC 6598: 100.64.0.0/10.</summary>
    public static bool IsShared(uint address) => address >> 22 == 0x6440u >> 6;

    /// <summary>Whether the internet carries packets to the address: global unicast.</summary>
    public static bool IsPublic(UInt128 address, bool isV4)
    {
        if (!isV4)
        {
            return GlobalV6.Contains(IpAddress.FromV6(address));
        }

        uint bits = (uint)address;
        uint first = bits >> 24;
        return first is not 0 and not 127 and < 224 && bits >> 16 != 0xA9FE && !IsPrivate(bits) && !IsShared(bits);
    }
}

/// <summary>A service at a link-local address.</summary>
public enum LocalService : byte
{
    None,

    /// <summary>DNS, at 169.254.169.253, fd00:ec2::253 and the domain's own resolver address.</summary>
    Resolver,

    /// <summary>Instance metadata, at 169.254.169.254 and fd00:ec2::254.</summary>
    Metadata,

    /// <summary>Time, at 169.254.169.123 and fd00:ec2::123.</summary>
    Time,

    /// <summary>Container task metadata, at 169.254.170.2.</summary>
    TaskMetadata,

    /// <summary>Licence activation, at 169.254.169.250 and .251.</summary>
    Activation,
}
