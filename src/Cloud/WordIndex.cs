using System.Numerics;

namespace Trunkline.Cloud;

/// <summary>An immutable map from words to what they name: a hash trie of sixteen ways, in which a node holds its entries and then its children.</summary>
/// <remarks>
/// Every written row makes new versions of some words. Five short arrays are made for one here, where a balanced tree makes eighteen nodes, most of
/// which the collector finds alive. Source: Steindorfer and Vinju, "Optimizing Hash-Array Mapped Tries for Fast and Lean Immutable JVM
/// Collections" (OOPSLA 2015).
/// </remarks>
internal sealed class WordIndex
{
    public static readonly WordIndex Empty = new(Node.None);

    /// <summary>Bits of a hash that one level uses.</summary>
    private const int Bits = 4;

    private const int Ways = 1 << Bits;

    /// <summary>Beyond all bits of a hash: words that are different and have the same hash lie in one node, in no order.</summary>
    private const int Deepest = 32;

    private readonly Node root;

    private WordIndex(Node root) => this.root = root;

    /// <summary>Makes an index of many words at once.</summary>
    /// <param name="all">Each word once.</param>
    public static WordIndex From(IEnumerable<KeyValuePair<string, object>> all)
    {
        List<Entry> entries = [];
        foreach ((string word, object named) in all)
        {
            entries.Add(new Entry(HashOf(word), word, named));
        }

        return entries.Count == 0 ? Empty : new WordIndex(Node.Of(entries, 0));
    }

    /// <summary>What the word names; null where the index does not have it.</summary>
    public object? Find(string word)
    {
        uint hash = HashOf(word);
        Node node = root;
        for (int shift = 0; ; shift += Bits)
        {
            int entry = node.PlaceOf(word, hash, shift);
            if (entry >= 0)
            {
                return node.Slots[entry + 1];
            }

            int child = node.ChildOf(hash, shift);
            if (child < 0)
            {
                return null;
            }

            node = (Node)node.Slots[child];
        }
    }

    /// <summary>The index in which the word names <paramref name="named"/>, and nothing else.</summary>
    public WordIndex With(string word, object named) => new(root.With(new Entry(HashOf(word), word, named), 0));

    /// <summary>The index without the word.</summary>
    public WordIndex Without(string word) => root.Without(word, HashOf(word), 0) is { } left
        ? ReferenceEquals(left, root) ? this : new WordIndex(left)
        : Empty;

    private static uint HashOf(string word) => (uint)word.GetHashCode(StringComparison.Ordinal);

    private readonly record struct Entry(uint Hash, string Word, object Named);

    /// <param name="entries">A bit for each way in which there is an entry.</param>
    /// <param name="children">A bit for each way in which there is a child.</param>
    /// <param name="slots">Word and what it names, for each entry; then the children. At the deepest level entries only.</param>
    private sealed class Node(ushort entries, ushort children, object[] slots)
    {
        public static readonly Node None = new(0, 0, []);

        public object[] Slots => slots;

        public static Node Of(List<Entry> all, int shift)
        {
            List<object> slots = [];
            if (shift >= Deepest)
            {
                foreach (Entry entry in all)
                {
                    slots.Add(entry.Word);
                    slots.Add(entry.Named);
                }

                return new Node(0, 0, [.. slots]);
            }

            List<Entry>?[] ways = new List<Entry>?[Ways];
            foreach (Entry entry in all)
            {
                (ways[Way(entry.Hash, shift)] ??= []).Add(entry);
            }

            int entries = 0;
            int children = 0;
            for (int way = 0; way < Ways; way++)
            {
                if (ways[way] is [Entry one])
                {
                    entries |= 1 << way;
                    slots.Add(one.Word);
                    slots.Add(one.Named);
                }
            }

            for (int way = 0; way < Ways; way++)
            {
                if (ways[way] is { Count: > 1 } several)
                {
                    children |= 1 << way;
                    slots.Add(Of(several, shift + Bits));
                }
            }

            return new Node((ushort)entries, (ushort)children, [.. slots]);
        }

        /// <summary>The slot of a word; -1 where it is not in this node itself.</summary>
        public int PlaceOf(string word, uint hash, int shift)
        {
            if (shift >= Deepest)
            {
                for (int i = 0; i < slots.Length; i += 2)
                {
                    if ((string)slots[i] == word)
                    {
                        return i;
                    }
                }

                return -1;
            }

            int bit = 1 << Way(hash, shift);
            int place = 2 * Before(entries, bit);
            return (entries & bit) != 0 && (string)slots[place] == word ? place : -1;
        }

        /// <summary>The slot of the child in a hash's way; -1 where there is none.</summary>
        public int ChildOf(uint hash, int shift)
        {
            int bit = shift >= Deepest ? 0 : 1 << Way(hash, shift);
            return (children & bit) != 0 ? FirstChild + Before(children, bit) : -1;
        }

        public Node With(Entry entry, int shift)
        {
            int place = PlaceOf(entry.Word, entry.Hash, shift);
            if (place >= 0)
            {
                return new Node(entries, children, Changed(place + 1, entry.Named));
            }

            if (shift >= Deepest)
            {
                return new Node(0, 0, [.. slots, entry.Word, entry.Named]);
            }

            int child = ChildOf(entry.Hash, shift);
            if (child >= 0)
            {
                return new Node(entries, children, Changed(child, ((Node)slots[child]).With(entry, shift + Bits)));
            }

            int bit = 1 << Way(entry.Hash, shift);
            int at = 2 * Before(entries, bit);
            if ((entries & bit) == 0)
            {
                return new Node((ushort)(entries | bit), children, Inserted(at, entry.Word, entry.Named));
            }

            // Two words in one way: both move down into a child.
            string other = (string)slots[at];
            Node both = Of([new Entry(HashOf(other), other, slots[at + 1]), entry], shift + Bits);
            return new Node((ushort)(entries & ~bit), (ushort)(children | bit), Moved(at, 2, FirstChild - 2 + Before(children, bit), [both]));
        }

        /// <summary>The node without a word: itself where it has none such, null where nothing is left.</summary>
        public Node? Without(string word, uint hash, int shift)
        {
            int place = PlaceOf(word, hash, shift);
            if (place >= 0)
            {
                int kept = shift >= Deepest ? 0 : entries & ~(1 << Way(hash, shift));
                return slots.Length == 2 ? null : new Node((ushort)kept, children, [.. slots[..place], .. slots[(place + 2)..]]);
            }

            int child = ChildOf(hash, shift);
            if (child < 0)
            {
                return this;
            }

            Node had = (Node)slots[child];
            Node left = had.Without(word, hash, shift + Bits)!;
            if (ReferenceEquals(left, had))
            {
                return this;
            }

            if (!left.IsOneEntry)
            {
                return new Node(entries, children, Changed(child, left));
            }

            // An entry that is alone in a child moves up, so that equal words make equal tries.
            int bit = 1 << Way(hash, shift);
            return new Node(
                (ushort)(entries | bit), (ushort)(children & ~bit), Moved(child, 1, 2 * Before(entries, bit), left.Slots));
        }

        private int FirstChild => 2 * BitOperations.PopCount(entries);

        private bool IsOneEntry => children == 0 && slots.Length == 2;

        private static int Way(uint hash, int shift) => (int)(hash >> shift) & (Ways - 1);

        private static int Before(ushort bits, int bit) => BitOperations.PopCount((uint)bits & (uint)(bit - 1));

        private object[] Changed(int place, object to)
        {
            object[] next = (object[])slots.Clone();
            next[place] = to;
            return next;
        }

        private object[] Inserted(int place, object first, object second) => Moved(0, 0, place, [first, second]);

        /// <summary>The slots without some of them, and with others.</summary>
        /// <param name="to">Where the others go, once the first are gone.</param>
        private object[] Moved(int from, int count, int to, ReadOnlySpan<object> others)
        {
            object[] next = new object[slots.Length - count + others.Length];
            Span<object> rest = next.AsSpan(0, slots.Length - count);
            slots.AsSpan(0, from).CopyTo(rest);
            slots.AsSpan(from + count).CopyTo(rest[from..]);
            next.AsSpan(to, rest.Length - to).CopyTo(next.AsSpan(to + others.Length));
            others.CopyTo(next.AsSpan(to));
            return next;
        }
    }
}
