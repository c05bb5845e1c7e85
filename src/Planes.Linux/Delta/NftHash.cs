using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Delta;

/// <summary>
/// The hash of a table's whole content: the sum of the hashes of its parts (each declaration, element and rule), so that a change costs
/// only its own size. It is written into the table itself, and tells after a restart whether the kernel holds what is wanted.
/// </summary>
public static class NftHash
{
    /// <summary>The set of the table, in the kernel, that holds the hash.</summary>
    public const string SetName = "state_hash";

    private static readonly ConditionalWeakTable<NftSet, object> s_sets = [];
    private static readonly ConditionalWeakTable<NftChain, object> s_chains = [];
    private static readonly ConditionalWeakTable<NftTable, string> s_tables = [];

    /// <summary>32 hexadecimal digits.</summary>
    public static string Of(NftTable table)
    {
        if (table.Sets.TryGetValue(SetName, out NftSet? remembered))
        {
            return remembered.Elements.Count == 1 ? remembered.Elements.First().Key : "";
        }

        return s_tables.GetValue(table, Sum);
    }

    /// <summary>A table of which only the hash is known: what is found in the kernel after a restart. "" for one that cannot be trusted.</summary>
    public static NftTable Remembered(string hash)
    {
        ImmutableSortedDictionary<string, string> elements = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(hash, "");
        return new NftTable(
            ImmutableSortedDictionary.Create<string, NftSet>(StringComparer.Ordinal).Add(SetName, new NftSet(SetName, false, "", elements)),
            ImmutableSortedDictionary.Create<string, NftChain>(StringComparer.Ordinal));
    }

    /// <summary>True for what <see cref="Remembered"/> makes.</summary>
    public static bool IsRemembered(NftTable table) => table.Sets.ContainsKey(SetName);

    /// <summary>True where both tables hold the same, whichever of them is only remembered.</summary>
    public static bool Same(NftTable? left, NftTable? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && Of(left) == Of(right));

    /// <summary>Notes the sum of a set that is known by its difference from another, so that it need not be walked.</summary>
    internal static void Derive(
        NftSet from, NftSet to, IReadOnlyList<NftElement> added, IReadOnlyList<NftElement> removed)
    {
        UInt128 sum = OfSet(from);
        foreach (NftElement element in removed)
        {
            sum -= Part('E', from.Name, element.Key, element.Value);
        }

        foreach (NftElement element in added)
        {
            sum += Part('E', to.Name, element.Key, element.Value);
        }

        s_sets.AddOrUpdate(to, sum);
    }

    private static string Sum(NftTable table)
    {
        UInt128 sum = 0;
        foreach (NftSet set in table.Sets.Values)
        {
            sum += OfSet(set);
        }

        foreach (NftChain chain in table.Chains.Values)
        {
            sum += (UInt128)s_chains.GetValue(chain, OfChain);
        }

        return sum.ToString("x32");
    }

    private static UInt128 OfSet(NftSet set) => (UInt128)s_sets.GetValue(set, WalkSet);

    private static object WalkSet(NftSet set)
    {
        UInt128 sum = Part(set.IsMap ? 'M' : 'S', set.Name, set.Declaration, "");
        foreach (KeyValuePair<string, string> element in set.Elements)
        {
            sum += Part('E', set.Name, element.Key, element.Value);
        }

        return sum;
    }

    private static object OfChain(NftChain chain)
    {
        UInt128 sum = Part('C', chain.Name, chain.Hook ?? "", "");
        for (int i = 0; i < chain.Rules.Length; i++)
        {
            sum += Part('R', chain.Name, i.ToString(), chain.Rules[i]);
        }

        return sum;
    }

    /// <summary>The hash of one part; texts are divided by a zero octet, which none of them holds.</summary>
    private static UInt128 Part(char kind, string owner, string key, string value)
    {
        int most = 4 + Encoding.UTF8.GetMaxByteCount(owner.Length + key.Length + value.Length);
        byte[]? rented = most > 1024 ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> text = rented ?? stackalloc byte[1024];
        int length = 0;
        text[length++] = (byte)kind;
        length += Encoding.UTF8.GetBytes(owner, text[length..]);
        text[length++] = 0;
        length += Encoding.UTF8.GetBytes(key, text[length..]);
        text[length++] = 0;
        length += Encoding.UTF8.GetBytes(value, text[length..]);
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(text[..length], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
