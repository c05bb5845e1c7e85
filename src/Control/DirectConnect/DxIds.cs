using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>New ids in Direct Connect's forms.</summary>
internal static class DxIds
{
    public const string ConnectionPrefix = "dxcon-";
    public const string LagPrefix = "dxlag-";
    public const string InterfacePrefix = "dxvif-";
    public const string PeerPrefix = "dxpeer-";

    private const string Letters = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int RandomLetters = 7;

    public static Id<DxConnection> Connection(CommandContext context) => new(Short(context, ConnectionPrefix));

    public static Id<DxLag> Lag(CommandContext context) => new(Short(context, LagPrefix));

    public static Id<DxVirtualInterface> Interface(CommandContext context) => new(Short(context, InterfacePrefix));

    public static string Peer(CommandContext context) => Short(context, PeerPrefix);

    /// <summary>A version 4 UUID (RFC 9562) of the command's ids.</summary>
    public static string Uuid(CommandContext context)
    {
        ulong high = (context.Ids.NextBits() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000;
        ulong low = (context.Ids.NextBits() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{high >> 32:x8}-{(high >> 16) & 0xFFFF:x4}-{high & 0xFFFF:x4}-{low >> 48:x4}-{low & 0xFFFF_FFFF_FFFF:x12}");
    }

    /// <summary>A BGP key where none was asked for.</summary>
    public static string AuthKey(CommandContext context) =>
        string.Create(24, context.Ids, static (text, ids) =>
        {
            foreach (ref char c in text)
            {
                c = Letters[(int)ids.Below((ulong)Letters.Length)];
            }
        });

    /// <summary>The device that ports of a location end on: AWS's form, the location's code and twelve letters and digits.</summary>
    /// <remarks>One device a location: ports of one location can always be bundled.</remarks>
    public static DxDevice Device(string location)
    {
        // FNV-1a: the same name in every run.
        ulong hash = 14695981039346656037;
        foreach (char c in location)
        {
            hash = unchecked((hash ^ c) * 1099511628211);
        }

        string name = location + "-" + string.Create(12, hash, static (text, bits) =>
        {
            foreach (ref char c in text)
            {
                c = Letters[(int)(bits % (ulong)Letters.Length)];
                bits /= (ulong)Letters.Length;
            }
        });
        return new DxDevice(name, name);
    }

    /// <summary>AWS's short form: the prefix, an f, seven letters and digits.</summary>
    private static string Short(CommandContext context, string prefix) =>
        prefix + "f" + string.Create(RandomLetters, context.Ids, static (text, ids) =>
        {
            foreach (ref char c in text)
            {
                c = Letters[(int)ids.Below((ulong)Letters.Length)];
            }
        });
}
