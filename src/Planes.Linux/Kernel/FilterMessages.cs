using System.Runtime.InteropServices;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Messages that hook programs to a link's entry and exit (linux/rtnetlink.h, linux/pkt_sched.h, linux/pkt_cls.h).</summary>
internal static class FilterMessages
{
    private const ushort NewDiscipline = 36;
    private const ushort DeleteDiscipline = 37;
    private const ushort NewFilter = 44;
    private const int FixedLength = 20;
    private const uint Discipline = 0xFFFF0000;
    private const uint Parent = 0xFFFFFFF1;
    private const uint EntryParent = 0xFFFFFFF2;
    private const uint ExitParent = 0xFFFFFFF3;

    /// <summary>Of the first preference, for every protocol (in network order).</summary>
    private const uint FirstOfAll = (1 << 16) | 0x0300;

    private const ushort Kind = 1;
    private const ushort Options = 2;
    private const ushort Class = 3;
    private const ushort ProgramFile = 6;
    private const ushort ProgramName = 7;
    private const ushort Flags = 8;
    private const uint DecidesItself = 1;

    /// <summary>The place for them; where it is there already the kernel says so (EEXIST).</summary>
    public static void AddPlace(NetlinkWriter to, int link)
    {
        Begin(to, NewDiscipline, NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Exclusive, link, Discipline, Parent);
        to.Text(Kind, "clsact");
        to.End();
    }

    /// <summary>Takes the place away with all that is hooked there; without one the kernel says so (ENOENT, EINVAL).</summary>
    public static void RemovePlace(NetlinkWriter to, int link)
    {
        Begin(to, DeleteDiscipline, NetlinkFlags.Request, link, Discipline, Parent);
        to.Text(Kind, "clsact");
        to.End();
    }

    /// <summary>Hooks a program in, in the place of one that was there.</summary>
    /// <param name="number">What the program is told (<c>tc_classid</c>): 16 bits, not 0.</param>
    public static void Set(NetlinkWriter to, int link, bool entry, int program, int number)
    {
        Span<byte> head = Begin(to, NewFilter, NetlinkFlags.Request | NetlinkFlags.Create, link, 1, entry ? EntryParent : ExitParent);
        MemoryMarshal.Write(head[16..], FirstOfAll);
        to.Text(Kind, "bpf");
        int options = to.Nest(Options);
        to.Number(Class, (uint)number);
        to.Number(ProgramFile, (uint)program);
        to.Text(ProgramName, "trunkline");
        to.Number(Flags, DecidesItself);
        to.EndNest(options);
        to.End();
    }

    private static Span<byte> Begin(NetlinkWriter to, ushort type, NetlinkFlags flags, int link, uint handle, uint parent)
    {
        Span<byte> head = to.Begin(type, flags, FixedLength);
        MemoryMarshal.Write(head[4..], link);
        MemoryMarshal.Write(head[8..], handle);
        MemoryMarshal.Write(head[12..], parent);
        return head;
    }
}
