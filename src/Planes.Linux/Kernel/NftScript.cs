using System.Collections.Immutable;
using System.Text;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>
/// Writes nft commands for one table. Chains come first and empty, then sets, then elements, then rules, so that everything that is named
/// is there; what goes, goes in reverse.
/// </summary>
internal sealed class NftScript(string table)
{
    private readonly StringBuilder _text = new(4096);

    public int Length => _text.Length;

    /// <summary>The commands in UTF-8 with the zero octet that the library wants.</summary>
    public byte[] ToOctets()
    {
        byte[] octets = new byte[Encoding.UTF8.GetMaxByteCount(_text.Length) + 1];
        int at = 0;
        foreach (ReadOnlyMemory<char> part in _text.GetChunks())
        {
            at += Encoding.UTF8.GetBytes(part.Span, octets.AsSpan(at));
        }

        octets[at] = 0;
        return octets;
    }

    public override string ToString() => _text.ToString();

    public void Clear() => _text.Clear();

    public void AddTable(string name) => _text.Append("add table inet ").Append(name).Append('\n');

    /// <summary>Deletes a table whether it is there or not.</summary>
    public void DropTable(string name)
    {
        AddTable(name);
        _text.Append("delete table inet ").Append(name).Append('\n');
    }

    public void AddChain(NftChain chain)
    {
        _text.Append("add chain inet ").Append(table).Append(' ').Append(chain.Name);
        if (chain.Hook is not null)
        {
            // The hook is written after the word "type", with or without it.
            string hook = chain.Hook.Trim();
            _text.Append(" { ").Append(hook.StartsWith("type ", StringComparison.Ordinal) ? "" : "type ").Append(hook);
            _text.Append(hook.EndsWith(';') ? " }" : "; }");
        }

        _text.Append('\n');
    }

    public void AddSet(NftSet set)
    {
        string declaration = set.Declaration.Trim();
        _text.Append(set.IsMap ? "add map inet " : "add set inet ").Append(table).Append(' ').Append(set.Name).Append(" { ").Append(declaration);
        _text.Append(declaration.EndsWith(';') ? " }\n" : "; }\n");
    }

    public void AddElements(string set, IEnumerable<NftElement> elements) => Elements("add", set, elements, true);

    public void DeleteElements(string set, IEnumerable<NftElement> elements) => Elements("delete", set, elements, false);

    public void AddRules(NftChain chain)
    {
        foreach (string rule in chain.Rules)
        {
            _text.Append("add rule inet ").Append(table).Append(' ').Append(chain.Name).Append(' ').Append(rule).Append('\n');
        }
    }

    public void FlushChain(string chain) => Chain("flush", chain);

    public void DeleteChain(string chain) => Chain("delete", chain);

    public void DeleteSet(string set) => _text.Append("delete set inet ").Append(table).Append(' ').Append(set).Append('\n');

    public void AddHashSet() => _text.Append("add set inet ").Append(table).Append(' ').Append(NftHash.SetName).Append(" { type ipv6_addr; }\n");

    public void FlushHash() => _text.Append("flush set inet ").Append(table).Append(' ').Append(NftHash.SetName).Append('\n');

    /// <summary>The hash, and the number of the transaction that writes it, stand in their set as IPv6 addresses: 16 octets each.</summary>
    public void AddHash(string hash, uint generation)
    {
        _text.Append("add element inet ").Append(table).Append(' ').Append(NftHash.SetName).Append(" { ");
        AppendAsAddress(hash);
        _text.Append(", ");
        AppendAsAddress(NftState.Mark(generation));
        _text.Append(" }\n");
    }

    /// <summary>All of a table, which must be there and empty.</summary>
    /// <param name="generation">The number that the transaction will have.</param>
    public void AddAll(NftTable content, uint generation)
    {
        foreach (NftChain chain in content.Chains.Values)
        {
            AddChain(chain);
        }

        foreach (NftSet set in content.Sets.Values)
        {
            AddSet(set);
        }

        foreach (NftSet set in content.Sets.Values)
        {
            AddElements(set.Name, Of(set));
        }

        foreach (NftChain chain in content.Chains.Values)
        {
            AddRules(chain);
        }

        AddHashSet();
        AddHash(NftHash.Of(content), generation);
    }

    /// <summary>One transaction's change.</summary>
    /// <param name="generation">The number that the transaction will have.</param>
    public void Change(NftDelta delta, uint generation)
    {
        foreach (NftChain chain in delta.AddedChains)
        {
            AddChain(chain);
        }

        foreach (NftSet set in delta.AddedSets)
        {
            AddSet(set);
        }

        foreach (NftChain chain in delta.RefilledChains)
        {
            FlushChain(chain.Name);
        }

        foreach (string chain in delta.RemovedChains)
        {
            FlushChain(chain);
        }

        foreach (NftElements elements in delta.Elements)
        {
            DeleteElements(elements.Set, elements.Removed);
        }

        foreach (NftSet set in delta.AddedSets)
        {
            AddElements(set.Name, Of(set));
        }

        foreach (NftElements elements in delta.Elements)
        {
            AddElements(elements.Set, elements.Added);
        }

        foreach (NftChain chain in delta.AddedChains.AddRange(delta.RefilledChains))
        {
            AddRules(chain);
        }

        foreach (string set in delta.RemovedSets)
        {
            DeleteSet(set);
        }

        foreach (string chain in delta.RemovedChains)
        {
            DeleteChain(chain);
        }

        FlushHash();
        AddHash(delta.NewHash, generation);
    }

    public static IEnumerable<NftElement> Of(NftSet set) => set.Elements.Select(e => new NftElement(e.Key, e.Value));

    private void AppendAsAddress(string digits)
    {
        for (int i = 0; i < digits.Length; i += 4)
        {
            _text.Append(i == 0 ? "" : ":").Append(digits, i, 4);
        }
    }

    private void Chain(string verb, string chain) => _text.Append(verb).Append(" chain inet ").Append(table).Append(' ').Append(chain).Append('\n');

    private void Elements(string verb, string set, IEnumerable<NftElement> elements, bool values)
    {
        bool any = false;
        foreach (NftElement element in elements)
        {
            if (any)
            {
                _text.Append(", ");
            }
            else
            {
                _text.Append(verb).Append(" element inet ").Append(table).Append(' ').Append(set).Append(" { ");
                any = true;
            }

            _text.Append(element.Key);
            if (values && element.Value.Length > 0)
            {
                _text.Append(" : ").Append(element.Value);
            }
        }

        if (any)
        {
            _text.Append(" }\n");
        }
    }
}
