using System.Globalization;
using System.Text;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Packets;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>
/// A router's short ways: what was decided about a datagram's flow a moment ago holds for the next ones, which go from the sender's link straight to
/// the receiver's (nft's <c>fwd</c> in a table of the family netdev), past routes, connections and filters.
/// </summary>
/// <remarks>
/// <para>Packets learn them: one that went the whole way and bears <see cref="Marks.Short"/> notes its flow where it leaves the router. A way is good
/// for <see cref="Seconds"/>, so that the connection behind it does not grow old, and none outlives a change of its router: all are forgotten when
/// the change is written, before it is said to be done.</para>
/// <para>A link's chain takes only what bears an address of the link's own (<see cref="NftTable.ShortSet"/> in the router's table says which); fragments,
/// packets with IP options, and those whose time to live is not what programs begin with go the whole way.</para>
/// </remarks>
internal sealed class ShortWays(HostKernel kernel, KernelNamespace space)
{
    public const string Table = "trunkline_short";

    private const string Ways = "ways";
    private const int Seconds = 1;
    private const int MostFlows = 65536;

    /// <summary>Links whose chains are written in one transaction: a socket of a user namespace takes no more than some 200 kB.</summary>
    private const int LinksAtOnce = 100;

    private readonly StringBuilder _text = new();

    /// <summary>Forgets all ways, and follows the links of which the table says something else than before. Null, or nft's words.</summary>
    /// <param name="changed">Links to follow; null: all, from the beginning.</param>
    public string? Renew(IReadOnlySet<string>? changed)
    {
        bool known = space.Table is { } table && !NftHash.IsRemembered(table);
        if (!known)
        {
            return space.HasShortWays ? Forget() : null;
        }

        if (!space.Table!.Sets.TryGetValue(NftTable.ShortSet, out NftSet? own))
        {
            return space.HasShortWays ? Remove() : null;
        }

        if (space.HasShortWays && changed is not null)
        {
            return changed.Count == 0 ? Forget() : Follow(own, changed);
        }

        return kernel.NoShortWays is null ? Make(own) : null;
    }

    /// <summary>Makes the table where there is none, as a trial. Null, or nft's words.</summary>
    public string? Try()
    {
        Begin();
        return Run();
    }

    private string? Make(NftSet own)
    {
        Begin();
        if (Run() is { } refused)
        {
            // A kernel without them: every packet goes the whole way. The probe of the kernel has told it.
            kernel.NoShortWays = refused;
            space.HasShortWays = false;
            return null;
        }

        space.HasShortWays = true;
        return Follow(own, null);
    }

    private void Begin()
    {
        string word = PacketCraft.Word.ToString(CultureInfo.InvariantCulture);
        Drop();
        Line($"add table netdev {Table}");
        Line($"add map netdev {Table} {Ways} {{ type ipv4_addr . ipv4_addr . inet_service . inet_service : iface_index; "
            + $"flags dynamic,timeout; timeout {Seconds}s; size {MostFlows}; }}");
        Line($"add chain netdev {Table} take");
        Line($"add chain netdev {Table} learn");

        // The first octet: no options; then the fragment's place; the router's step is made up for, as in the router's table.
        Line($"add rule netdev {Table} take meta pkttype host @nh,0,8 0x45 @nh,48,16 & 0xbfff == 0 ip ttl 64 ip ttl set 65 "
            + $"fwd ip to {NicFacts.Far4} device ip saddr . ip daddr . udp sport . udp dport map @{Ways}");
        if (!kernel.LearnsProbes)
        {
            Line($"add rule netdev {Table} learn @th,64,32 {word} accept");
        }

        Line($"add rule netdev {Table} learn add @{Ways} {{ ip saddr . ip daddr . udp sport . udp dport : oif }}");
    }

    /// <param name="changed">Null: all.</param>
    private string? Follow(NftSet own, IReadOnlySet<string>? changed)
    {
        SortedDictionary<string, List<string>> addresses = new(StringComparer.Ordinal);
        foreach (string link in changed ?? (IEnumerable<string>)[])
        {
            addresses[link] = [];
        }

        foreach (string key in own.Elements.Keys)
        {
            (string link, string address) = Parse(key);
            if (changed is null)
            {
                addresses.TryAdd(link, []);
            }

            if (addresses.TryGetValue(link, out List<string>? some))
            {
                some.Add(address);
            }
        }

        foreach (KeyValuePair<string, List<string>>[] some in addresses.Chunk(LinksAtOnce))
        {
            foreach ((string link, List<string> its) in some)
            {
                WriteLink(link, its, isNew: changed is null);
            }

            if (Run() is { } why)
            {
                return Fail(why);
            }
        }

        return Forget();
    }

    private void WriteLink(string link, List<string> addresses, bool isNew)
    {
        foreach (string chain in (ReadOnlySpan<string>)[$"in_{link}", $"out_{link}"])
        {
            if (!isNew)
            {
                // Whether it is there or not: some kernels take a chain away together with its link.
                Line($"add chain netdev {Table} {chain}");
                Line($"flush chain netdev {Table} {chain}");
                Line($"delete chain netdev {Table} {chain}");
            }
        }

        if (addresses.Count > 0)
        {
            Line($"add chain netdev {Table} in_{link} {{ type filter hook ingress device \"{link}\" priority 0; policy accept; }}");
            Line($"add rule netdev {Table} in_{link} ip saddr {NftText.Set(addresses)} goto take");
            Line($"add chain netdev {Table} out_{link} {{ type filter hook egress device \"{link}\" priority 0; policy accept; }}");
            Line($"add rule netdev {Table} out_{link} meta mark {Marks.Hex(Marks.Short)} goto learn");
        }
    }

    /// <summary>After every change of the router: no way that was learned before it is gone after it.</summary>
    /// <remarks>Every change pays for it, so it is a message of our own: nft would first read what is there.</remarks>
    private string? Forget()
    {
        NetlinkWriter messages = new();
        NftMessages.Begin(messages);
        NftMessages.Flush(messages, NftMessages.NetDevice, Table, Ways);
        NetlinkSocket socket = kernel.NetfilterOf(space);
        if (space.Table is { } table && NftHash.Of(table) is { Length: > 0 } hash)
        {
            NftMessages.Flush(messages, NftMessages.Inet, space.TableName, NftHash.SetName);
            NftMessages.Add(messages, NftMessages.Inet, space.TableName, NftHash.SetName,
                [hash, NftState.Mark(unchecked(NftState.Generation(socket) + 1))]);
        }

        NftMessages.End(messages);
        try
        {
            socket.SendBatch(messages);
            return null;
        }
        catch (KernelException e)
        {
            return Fail(e.Message);
        }
    }

    /// <summary>What cannot be kept true is taken away: then every packet goes the whole way.</summary>
    private string? Fail(string why) => Remove() is { } still ? $"{why}\n{still}" : null;

    private string? Remove()
    {
        Drop();
        Confirm();
        string? why = Run();
        space.HasShortWays = why is not null;
        return why;
    }

    private void Drop()
    {
        Line($"add table netdev {Table}");
        Line($"delete table netdev {Table}");
    }

    /// <summary>The router's own table is still the one with its hash: this transaction is no other hand's.</summary>
    private void Confirm()
    {
        if (space.Table is { } table && NftHash.Of(table) is { Length: > 0 } hash)
        {
            NftScript script = new(space.TableName);
            script.FlushHash();
            script.AddHash(hash, unchecked(NftState.Generation(kernel.NetfilterOf(space)) + 1));
            _text.Append(script);
        }
    }

    private string? Run()
    {
        byte[] octets = Encoding.UTF8.GetBytes(_text.Append('\0').ToString());
        _text.Clear();
        return kernel.NftOf(space).Run(octets);
    }

    private void Line(string text) => _text.Append(text).Append('\n');

    /// <summary>An element of the set: <c>"link" . address</c>.</summary>
    public static (string Link, string Address) Parse(string key)
    {
        int at = key.IndexOf('"', 1);
        return (key[1..at], key[(at + " . ".Length + 1)..]);
    }
}
