using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>Amazon's public IPv4 addresses, as far as this cloud gives them out: one /16 per region inside 3.0.0.0/8.</summary>
/// <remarks>An address of the pool that no interface has now is reached by nobody, unlike other public addresses.</remarks>
public static class PublicPool
{
    /// <summary>All regions' pools lie in it.</summary>
    public static readonly Prefix Whole = Prefix.Parse("3.0.0.0/8");

    public static Prefix Of(string region) => new(Whole.Address.Plus((UInt128)(Hash(region) & 0xFF) << 16), 16);

    /// <summary>FNV-1a: the same in every process, unlike string.GetHashCode.</summary>
    public static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        return hash ^ (hash >> 16);
    }
}
