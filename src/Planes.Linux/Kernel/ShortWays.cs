using System.Globalization;
using System.Text;
using Trunkline.Addressing;
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
/// <para>What crosses the border is translated by what was learned with it: the private address is the value of the public one's flow, and the other
/// way round. nftables asks each map before it writes, so a flow that is not known stays as it is.</para>
/// <para>A link's chain takes only what bears an address of the link's own (<see cref="NftTable.ShortSet"/> in the router's table says which); fragments,
/// packets with IP options, and those whose time to live is not what programs begin with go the whole way.</para>
/// </remarks>
internal sealed class ShortWays(HostKernel kernel, KernelNamespace space)
{
    public const string Table = "trunkline_short";

    /// <summary>The map of the router's table that says whether it has a border, and its key.</summary>
    public const string BorderSet = "vias";

    public const string BorderKey = $"\"{LinuxNames.BorderLink}\"";

    private const string Ways = "ways";

    /// <summary>From translators back to those who asked.</summary>
    private const string Backs = "backs";

    /// <summary>Out over the border: the private address (as a mark) with the rest of the flow, to the public one.</summary>
    private const string Outs = "outs";

    /// <summary>In over the border: the flow with the public address (as a mark), to the private one.</summary>
    private const string Ins = "ins";

    /// <summary>Where private addresses are to which something comes in; each is known for longer than any of its flows.</summary>
    private const string Links = "links";

    private const string Flow = "ip saddr . ip daddr . udp sport . udp dport";
    private const string OutFlow = "meta mark . ip daddr . udp sport . udp dport";
    private const string InFlow = "ip saddr . meta mark . udp sport . udp dport";

    /// <summary>In one comparison: version 4, no options; no fragment; what is left of the time to live; UDP.</summary>
    private const string Plain64 = "meta pkttype host @nh,0,80 & 0xff0000000000bfffffff == 0x45000000000000004011";

    /// <summary>What a translator passed on, which took a step of its own.</summary>
    private const string Plain63 = "meta pkttype host @nh,0,80 & 0xff0000000000bfffffff == 0x45000000000000003f11";

    /// <summary>How much of an address its neighbours share, mostly: where the first question is about ways inside.</summary>
    private const int NearBits = 16;

    private const int Seconds = 1;
    private const int LinkSeconds = 3;
    private const int MostFlows = 65536;
    private static readonly string s_fits = string.Create(CultureInfo.InvariantCulture, $"ip length <= {BorderFacts.OutsideMtu}");
    private static readonly string s_address = $"meta mark > {Marks.Hex(Marks.ShortAddress)}";

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
        string flow = "ipv4_addr . ipv4_addr . inet_service . inet_service";
        Drop();
        Line($"add table netdev {Table}");
        Map(Ways, $"{flow} : iface_index", Seconds);
        Map(Backs, $"{flow} : iface_index", Seconds);
        Map(Outs, "mark . ipv4_addr . inet_service . inet_service : ipv4_addr", Seconds);
        Map(Ins, "ipv4_addr . mark . inet_service . inet_service : ipv4_addr", Seconds);
        Map(Links, "ipv4_addr : iface_index", LinkSeconds);
        foreach (string chain in (ReadOnlySpan<string>)["near", "far", "enter", "give", "take_own", "take_back"])
        {
            Line($"add chain netdev {Table} {chain}");
        }

        // The router's step is made up for, as in the router's table, where 65 means nothing.
        Rule("near", $"{Plain64} ip ttl set 65 fwd ip to {NicFacts.Far4} device {Flow} map @{Ways}");
        Rule("enter", $"{Plain64} meta mark set @nh,128,32 ip daddr set {InFlow} map @{Ins} ip ttl set 65 "
            + $"meta mark set 0x0 fwd ip to {NicFacts.Far4} device ip daddr map @{Links}");
        Rule("enter", "meta mark set 0x0");

        // Whether the kernel can do it is asked here, where it may say no, with a link that every namespace has.
        Over("lo");
        EmptyOver();
        Rule("give", $"ip ttl set 64 fwd ip to {NicFacts.Far4} device {Flow} map @{Backs}");
        Rule("give", "ip ttl set 63");
        Rule("take_back", $"{Plain63} goto give");
        Learn("learn", $"add @{Ways} {{ {Flow} : oif }}");
        Learn("learn_back", $"add @{Backs} {{ {Flow} : oif }}");
        Learn("learn_out", $"add @{Outs} {{ {OutFlow} : ip saddr }}");
        Learn("learn_in", $"update @{Links} {{ ip daddr : oif }} add @{Ins} {{ {InFlow} : ip daddr }}");
    }

    private void Map(string name, string type, int seconds) => Line(string.Create(CultureInfo.InvariantCulture,
        $"add map netdev {Table} {name} {{ type {type}; flags dynamic,timeout; timeout {seconds}s; size {MostFlows}; }}"));

    private void Learn(string chain, string what)
    {
        Line($"add chain netdev {Table} {chain}");
        if (!kernel.LearnsProbes)
        {
            Rule(chain, $"@th,64,32 {PacketCraft.Word.ToString(CultureInfo.InvariantCulture)} accept");
        }

        Rule(chain, what);
    }

    private void Rule(string chain, string rule) => Line($"add rule netdev {Table} {chain} {rule}");

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

        bool border = addresses.Remove(LinuxNames.BorderLink) || changed is null;
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

        if (border)
        {
            WriteBorder(isNew: changed is null);
            if (Run() is { } why)
            {
                return Fail(why);
            }
        }

        return Forget();
    }

    private bool HasBorder => space.Table!.Sets.TryGetValue(BorderSet, out NftSet? vias) && vias.Elements.ContainsKey(BorderKey);

    private void WriteLink(string link, List<string> addresses, bool isNew)
    {
        if (!isNew)
        {
            Unhook(link);
        }

        if (addresses.Count == 0)
        {
            return;
        }

        string own = $"ip saddr {NftText.Set(addresses)} goto";
        Hook(link);
        if (space.Table!.Sets.TryGetValue(NftTable.ShortBackSet, out NftSet? translators) && translators.Elements.ContainsKey($"\"{link}\""))
        {
            Rule($"in_{link}", $"{own} take_own");
            Rule($"in_{link}", "goto take_back");
        }
        else
        {
            Prefix near = new(IpAddress.Parse(addresses[0]), NearBits);
            Rule($"in_{link}", $"ip daddr {near} {own} near");
            Rule($"in_{link}", $"{own} far");
        }

        Rule($"out_{link}", $"meta mark {Marks.Hex(Marks.Short)} goto learn");
        Rule($"out_{link}", $"meta mark {Marks.Hex(Marks.ShortBack)} goto learn_back");
        Rule($"out_{link}", $"{s_address} goto learn_in");
    }

    private void WriteBorder(bool isNew)
    {
        if (!isNew)
        {
            Unhook(LinuxNames.BorderLink);
            EmptyOver();
        }

        if (HasBorder)
        {
            Hook(LinuxNames.BorderLink);
            Rule($"in_{LinuxNames.BorderLink}", "goto enter");
            Rule($"out_{LinuxNames.BorderLink}", $"{s_address} goto learn_out");

            Over(LinuxNames.BorderLink);
        }

        Rule("far", "goto near");
    }

    /// <summary>Out over the border: both ends of its link have one address, so the frame may stay as it is, and nobody takes a step.</summary>
    private void Over(string link)
    {
        foreach ((string chain, string plain) in (ReadOnlySpan<(string, string)>)[("far", Plain64), ("take_own", Plain63)])
        {
            Rule(chain, $"{plain} {s_fits} meta mark set @nh,96,32 ip saddr set {OutFlow} map @{Outs} meta mark set 0x0 fwd to \"{link}\"");
            Rule(chain, "meta mark set 0x0");
        }
    }

    private void EmptyOver()
    {
        Line($"flush chain netdev {Table} far");
        Line($"flush chain netdev {Table} take_own");
    }

    private void Hook(string link)
    {
        Line($"add chain netdev {Table} in_{link} {{ type filter hook ingress device \"{link}\" priority 0; policy accept; }}");
        Line($"add chain netdev {Table} out_{link} {{ type filter hook egress device \"{link}\" priority 0; policy accept; }}");
    }

    /// <summary>Whether its chains are there or not: some kernels take a chain away together with its link.</summary>
    private void Unhook(string link)
    {
        foreach (string chain in (ReadOnlySpan<string>)[$"in_{link}", $"out_{link}"])
        {
            Line($"add chain netdev {Table} {chain}");
            Line($"flush chain netdev {Table} {chain}");
            Line($"delete chain netdev {Table} {chain}");
        }
    }

    /// <summary>After every change of the router: no way that was learned before it is gone after it.</summary>
    /// <remarks>Every change pays for it, so it is a message of our own: nft would first read what is there.</remarks>
    private string? Forget()
    {
        NetlinkWriter messages = new();
        NftMessages.Begin(messages);
        foreach (string map in (ReadOnlySpan<string>)[Ways, Backs, Outs, Ins, Links])
        {
            NftMessages.Flush(messages, NftMessages.NetDevice, Table, map);
        }

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

    /// <summary>Takes the table away. Null, or nft's words.</summary>
    public string? Remove()
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
