using System.Globalization;

namespace Trunkline.Control;

/// <summary>New ids, MAC addresses and picks out of ranges from one seed: the same seed makes the same ones, so a run can be replayed.</summary>
/// <remarks>SplitMix64 (Steele, Lea, Flood 2014): spread evenly, not for secrets.</remarks>
public sealed class IdSource(ulong seed)
{
    private ulong state = seed;

    /// <summary>AWS's long form: the prefix, a dash, 17 hexadecimal digits of which the first is 0.</summary>
    public string Next(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-0{NextBits():x16}");

    public ulong NextBits()
    {
        state = unchecked(state + 0x9E3779B97F4A7C15UL);
        ulong z = state;
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    public ulong Below(ulong limit) => NextBits() % limit;

    /// <summary>A locally administered unicast MAC address, as EC2 gives them.</summary>
    public string NextMac()
    {
        ulong bits = NextBits();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"02:{(byte)bits:x2}:{(byte)(bits >> 8):x2}:{(byte)(bits >> 16):x2}:{(byte)(bits >> 24):x2}:{(byte)(bits >> 32):x2}");
    }
}
