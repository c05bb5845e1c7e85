using System.Globalization;

namespace Trunkline.Control;

/// <summary>UUIDs of the command's ids, for services whose ids are such.</summary>
public static class Uuids
{
    /// <summary>A version 4 UUID (RFC 9562), in small letters.</summary>
    public static string New(CommandContext context)
    {
        ulong high = (context.Ids.NextBits() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000;
        ulong low = (context.Ids.NextBits() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{high >> 32:x8}-{(high >> 16) & 0xFFFF:x4}-{high & 0xFFFF:x4}-{low >> 48:x4}-{low & 0xFFFF_FFFF_FFFF:x12}");
    }
}
