using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>Joins two domains directly: what leaves one by it is in the other, and nothing goes on from there.</summary>
/// <param name="Row">The reason: the cloud's VPC peering connection, in its requester's partition.</param>
/// <param name="Near">Handle of one domain; -1 where it is unknown.</param>
/// <param name="Far">Handle of the other.</param>
/// <param name="Works">False: it carries nothing.</param>
/// <param name="KeepsIdentity">Whether rules at one end may name groups of the other.</param>
/// <param name="Mtu">Largest packet in bytes.</param>
public sealed record Link(RowKey Row, int Near, int Far, bool Works, bool KeepsIdentity, int Mtu)
{
    /// <summary>The handle of the domain at the other end; -1 where that is unknown.</summary>
    public int Beyond(int domain) => domain == Near ? Far : Near;
}

/// <summary>Joins spokes: a packet that comes over one goes where the table of that spoke says.</summary>
/// <param name="Row">The reason: the cloud's transit gateway; the row need not exist.</param>
/// <param name="KeepsIdentity">Whether inbound rules at one spoke's domain may name groups of another's.</param>
public sealed record Hub(RowKey Row, bool KeepsIdentity);

/// <summary>What a spoke leads to.</summary>
public enum SpokeKind : byte
{
    /// <summary>A domain, entered by doors.</summary>
    Domain,

    /// <summary>Lines: tunnels, virtual interfaces behind a junction, or sessions with a routing machine.</summary>
    Lines,

    /// <summary>Another hub.</summary>
    Hub,
}

/// <summary>What a hub joins.</summary>
/// <param name="Row">The reason: the cloud's attachment, in its gateway's partition.</param>
/// <param name="Hub">Handle of the hub.</param>
/// <param name="Domain">Handle of the domain; -1 for other kinds.</param>
/// <param name="Works">False: it carries nothing.</param>
/// <param name="Table">The speaker (<c>tgw-rtb-…</c>) whose settled table decides on what comes over it; "" where there is none.</param>
/// <param name="Doors">Where packets enter and leave the domain; at most one in a zone.</param>
/// <param name="IsSticky">Both ways of a connection come by the same door, whichever zone they come from.</param>
/// <param name="KeepsIdentity">Whether rules behind it may name groups, where its hub allows it.</param>
/// <param name="Peer">For <see cref="SpokeKind.Hub"/>: handle of the same join's spoke at the other hub; -1 where that is unknown.</param>
/// <param name="CarriesV6">False: IPv6 passes neither in nor out.</param>
public sealed record Spoke(
    RowKey Row, int Hub, SpokeKind Kind, int Domain, bool Works, string Table, SpokeDoor[] Doors, bool IsSticky, bool KeepsIdentity, int Peer,
    bool CarriesV6)
{
    /// <summary>Largest packet in bytes.</summary>
    public const int Mtu = 8500;

    /// <summary>The place among the doors of the one in a zone, or -1.</summary>
    public int DoorIn(string zone)
    {
        for (int i = 0; i < Doors.Length; i++)
        {
            if (string.Equals(Doors[i].Zone, zone, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <param name="Zone">The zone's id, the same for everybody.</param>
/// <param name="Nic">Handle of the interface; -1 where that is gone.</param>
public readonly record struct SpokeDoor(string Zone, int Nic);

/// <summary>A domain's gateway to private lines.</summary>
/// <param name="Row">The reason: the cloud's VPN gateway; its id is the speaker whose settled table says where packets go.</param>
/// <param name="Domain">Handle of the domain it is attached to; -1 while detached.</param>
/// <param name="Routes">Handle of the routes for what comes in; -1 where it goes straight to its destination.</param>
public sealed record Exit(RowKey Row, int Domain, int Routes);

/// <summary>A network outside with its own routers.</summary>
/// <param name="Name">The world's name for it.</param>
/// <param name="Speaker">The speaker (<c>site:…</c>) whose table says by which router a host's packet leaves.</param>
public sealed record SiteNet(string Name, string Speaker, SiteBlock[] Blocks)
{
    /// <summary>The place of the narrowest block that holds an address, or -1.</summary>
    public int BlockOf(IpAddress address)
    {
        int found = -1;
        for (int i = 0; i < Blocks.Length; i++)
        {
            if (Blocks[i].Block.Contains(address) && (found < 0 || Blocks[i].Block.Length > Blocks[found].Block.Length))
            {
                found = i;
            }
        }

        return found;
    }
}

/// <summary>Hosts of a site; every address of the block is one.</summary>
/// <param name="Ports">Protocol, first and last port; empty: every port.</param>
public sealed record SiteBlock(Prefix Block, bool Answers, (int Protocol, int From, int To)[] Ports)
{
    /// <summary>Ports narrow TCP and UDP only.</summary>
    public bool Accepts(int protocol, int port)
    {
        if (!Answers || Ports.Length == 0 || protocol is not (6 or 17))
        {
            return Answers;
        }

        foreach ((int of, int from, int to) in Ports)
        {
            if (of == protocol && port >= from && port <= to)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Every site, in the order of the world; a handle is a place.</summary>
public sealed class SiteHosts
{
    public static readonly SiteHosts None = new([]);

    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> bySpeaker = new(StringComparer.Ordinal);

    internal SiteHosts(SiteNet[] all)
    {
        All = all;
        for (int i = 0; i < all.Length; i++)
        {
            byName[all[i].Name] = i;
            bySpeaker[all[i].Speaker] = i;
        }
    }

    public IReadOnlyList<SiteNet> All { get; }

    /// <summary>The site of a name, or -1.</summary>
    public int Find(string name) => byName.GetValueOrDefault(name, -1);

    /// <summary>The site that a speaker (<c>site:…</c>) is, or -1.</summary>
    public int OfSpeaker(string speaker) => bySpeaker.GetValueOrDefault(speaker, -1);

    public SiteNet At(int handle) => ((SiteNet[])All)[handle];
}
