using System.Buffers.Binary;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Packets;
using static Trunkline.Planes.Linux.Kernel.BpfRegister;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>The open maps that the programs share.</summary>
/// <param name="Ways">Flows to ways.</param>
/// <param name="Note">What goes the whole way just now, for each processor.</param>
/// <param name="Generation">The one number: how many changes there were.</param>
/// <param name="Translators">Links that lead to translators, to the translators' own.</param>
internal readonly record struct PeerMaps(int Ways, int Note, int Generation, int Translators);

/// <summary>
/// The two programs of <see cref="PeerWays"/>: one at the entry of each link, which carries what follows others of its flow, and one at its exit,
/// which learns from what went the whole way. IPv4 without options, whole TCP segments between SYN and FIN, and UDP; all else is left alone.
/// </summary>
/// <remarks>
/// <para>The entry notes a packet that it lets go the whole way; the exit meets it again on the same processor, before any other packet enters there,
/// and has both what came and what became of it: addresses, ports, hop limit, frame. That it is the same packet is checked all the same.</para>
/// <para>A way into a translator, the way through it, and the one from there are joined to one, where all three are known: the translator gives back to
/// the namespace it got from, so the last link can be reached from the first.</para>
/// <para>Layouts, in octets. Flow (20): namespace 2, protocol 2, link 4, source 4, destination 4, ports 4. Way (72): generation 8, end 8, source 4,
/// destination 4, ports 4, link 4, frame 12, sums of addresses, header and ports 4 each, longest 4, hop limit before 1, after 1, translated 1, 1,
/// translator's namespace and protocol as in its flows 4, its link 4. Note (40): generation 8, flow 20, sign 4, identification 2, hop limit 1, 5.</para>
/// </remarks>
internal sealed class PeerPrograms(PeerMaps maps, bool learnsProbes)
{
    public const int FlowSize = 20;
    public const int WaySize = 72;
    public const int NoteSize = 40;

    /// <summary>A link: its namespace's number, and its own.</summary>
    public const int LinkSize = 8;

    private const int Nanoseconds = 1_000_000_000;

    /// <summary>Every link of ours carries so much.</summary>
    private const int AnyLength = BorderFacts.OutsideMtu;

    // Fields of struct __sk_buff (linux/bpf.h). Numbers of links are each namespace's own, so the namespace has one too: tc_classid, from the filter.
    private const int Length = 0;
    private const int Kind = 4;
    private const int Mark = 8;
    private const int Protocol = 16;
    private const int Link = 40;
    private const int Space = 72;
    private const int Data = 76;
    private const int DataEnd = 80;
    private const int SegmentSize = 176;

    // The frame: Ethernet, IPv4 (RFC 791), TCP (RFC 9293) or UDP (RFC 768).
    private const int Frame = 14;
    private const int Identification = Frame + 4;
    private const int Fragment = Frame + 6;
    private const int HopLimit = Frame + 8;
    private const int Transport = Frame + 9;
    private const int HeaderSum = Frame + 10;
    private const int Source = Frame + 12;
    private const int Destination = Frame + 16;
    private const int Ports = Frame + 20;
    private const int AfterUdp = Ports + 8;
    private const int AfterTcp = Ports + 20;
    private const int Sequence = Ports + 4;
    private const int TcpOffset = Ports + 12;
    private const int TcpFlags = Ports + 13;
    private const int TcpSum = Ports + 16;
    private const int TcpUrgent = Ports + 18;
    private const int UdpLength = Ports + 4;
    private const int UdpSum = Ports + 6;
    private const int FinSynRst = 7;
    private const int Tcp = 6;
    private const int Udp = 17;

    // The stack, down from its end.
    private const int OwnFlow = -FlowSize;
    private const int OwnSpace = OwnFlow;
    private const int OwnLink = -16;
    private const int OwnSource = -12;
    private const int OwnDestination = -8;
    private const int OwnPorts = -4;
    private const int Sign = -32;
    private const int HeaderLength = -36;
    private const int SumAt = -40;
    private const int SumFlags = -44;
    private const int Ending = -48;
    private const int First = -52;
    private const int HopBefore = -56;
    private const int NewWay = HopBefore - WaySize;
    private const int HopAfter = NewWay - 4;
    private const int OtherHop = HopAfter - 4;
    private const int OtherFlow = OtherHop - 24;

    // A way.
    private const int WayEnd = 8;
    private const int WaySource = 16;
    private const int WayDestination = 20;
    private const int WayPorts = 24;
    private const int WayLink = 28;
    private const int WayFrame = 32;
    private const int WaySumAddresses = 44;
    private const int WaySumHeader = 48;
    private const int WaySumPorts = 52;
    private const int WayLongest = 56;
    private const int WayHopBefore = 60;
    private const int WayHopAfter = 61;
    private const int WayTranslated = 62;
    private const int WayFar = 64;
    private const int WayFarLink = 68;

    // A flow, and a note.
    private const int FlowLink = 4;
    private const int FlowSource = 8;
    private const int FlowDestination = 12;
    private const int FlowPorts = 16;
    private const int NoteFlow = 8;
    private const int NoteSpace = NoteFlow;
    private const int NoteSource = NoteFlow + 8;
    private const int NoteDestination = NoteFlow + 12;
    private const int NotePorts = NoteFlow + 16;
    private const int NoteSign = 28;
    private const int NoteIdentification = 32;
    private const int NoteHop = 34;

    private const int PseudoHeader = 0x10;
    private const int NoSumStays = 0x20;

    private static readonly int s_ipv4 = BinaryPrimitives.ReverseEndianness((ushort)0x0800);
    private static readonly int s_fragment = BinaryPrimitives.ReverseEndianness((ushort)0x3FFF);
    private static readonly int s_tcpWord = BinaryPrimitives.ReverseEndianness(PacketCraft.TcpWord);
    private static readonly int s_word = (int)BinaryPrimitives.ReverseEndianness(PacketCraft.Word);

    private readonly BpfCode _code = new();

    /// <summary>The program at the entry.</summary>
    public ulong[] Entry()
    {
        ReadPacket("clear");
        _code.Load(BpfSize.Word, R1, Stack, Ending);
        _code.Jump(R1, BpfWhen.NotEqual, 0, "ending");
        CallWithFlow(BpfHelper.LookUp);
        _code.Jump(R0, BpfWhen.Equal, 0, "unknown");
        _code.Move(R9, R0);
        LeaveIfNotGood();
        Join();
        Translate();
        WriteHeader();
        _code.Load(BpfSize.Word, R1, R9, WayLink);
        _code.Move(R2, 0);
        _code.Call(BpfHelper.RedirectPeer);
        _code.Exit();

        _code.Place("ending");
        CallWithFlow(BpfHelper.Delete);
        _code.Place("clear");
        LookUpNote("pass");
        _code.StoreNumber(BpfSize.Double, R0, 0, 0);
        _code.Jump("pass");

        _code.Place("unknown");
        NoteIt();
        _code.Place("pass");
        GoOn();
        _code.Place("broken");
        const int drop = 2;
        _code.Move(R0, drop);
        _code.Exit();
        return _code.Done();
    }

    /// <summary>The program at the exit.</summary>
    public ulong[] Exit()
    {
        _code.Load(BpfSize.Word, R2, R1, Mark);
        _code.Jump(R2, BpfWhen.Equal, (int)Marks.Short, "learn");
        _code.Jump(R2, BpfWhen.Equal, (int)Marks.ShortBack, "learn");
        _code.Jump(R2, BpfWhen.Greater, (int)Marks.ShortAddress, "learn");
        GoOn();
        _code.Place("learn");
        ReadPacket("pass");
        _code.Load(BpfSize.Word, R1, Stack, Ending);
        _code.Jump(R1, BpfWhen.NotEqual, 0, "pass");
        LookUpNote("pass");
        _code.Move(R9, R0);
        LeaveIfAnother();
        FillWay();
        _code.StoreNumber(BpfSize.Double, R9, 0, 0);
        _code.Map(R1, maps.Ways);
        _code.Address(R2, R9, NoteFlow);
        _code.Address(R3, Stack, NewWay);
        _code.Move(R4, 0);
        _code.Call(BpfHelper.Update);
        _code.Place("pass");
        GoOn();
        return _code.Done();
    }

    /// <summary>
    /// The packet's flow, but for its namespace, to the stack, and what else must be known of it; the sixth register has the packet, the seventh
    /// its octets. What is of no kind that goes short ways jumps.
    /// </summary>
    private void ReadPacket(string other)
    {
        _code.Move(R6, R1);
        _code.StoreNumber(BpfSize.Word, Stack, First, 0);
        _code.Load(BpfSize.Word, R1, R6, Kind);
        _code.Jump(R1, BpfWhen.NotEqual, 0, other);
        _code.Load(BpfSize.Word, R1, R6, Protocol);
        _code.Jump(R1, BpfWhen.NotEqual, s_ipv4, other);
        _code.Load(BpfSize.Word, R7, R6, Data);
        _code.Load(BpfSize.Word, R8, R6, DataEnd);
        JumpIfShorter(AfterUdp, other);
        _code.Load(BpfSize.Octet, R1, R7, Frame);
        _code.Jump(R1, BpfWhen.NotEqual, 0x45, other);
        _code.Load(BpfSize.Half, R1, R7, Fragment);
        _code.Alu(BpfAlu.And, R1, s_fragment);
        _code.Jump(R1, BpfWhen.NotEqual, 0, other);
        _code.Load(BpfSize.Octet, R9, R7, Transport);
        _code.Jump(R9, BpfWhen.Equal, Udp, "udp");
        _code.Jump(R9, BpfWhen.NotEqual, Tcp, other);
        ReadTcp(other);
        _code.Jump("flow");
        _code.Place("udp");
        ReadUdp(other);
        _code.Place("flow");
        _code.Load(BpfSize.Word, R1, R6, Space);
        _code.Alu(BpfAlu.ShiftLeft, R9, 16);
        _code.Alu(BpfAlu.Or, R9, R1);
        _code.Store(BpfSize.Word, Stack, OwnSpace, R9);
        _code.Copy(BpfSize.Word, Stack, OwnLink, R6, Link);
        _code.Copy(BpfSize.Word, Stack, OwnSource, R7, Source);
        _code.Copy(BpfSize.Word, Stack, OwnDestination, R7, Destination);
        _code.Copy(BpfSize.Word, Stack, OwnPorts, R7, Ports);
    }

    private void ReadTcp(string other)
    {
        JumpIfShorter(AfterTcp, other);
        if (!learnsProbes)
        {
            _code.Load(BpfSize.Half, R1, R7, TcpUrgent);
            _code.Jump(R1, BpfWhen.Equal, s_tcpWord, other);
        }

        _code.Load(BpfSize.Octet, R1, R7, TcpFlags);
        _code.Alu(BpfAlu.And, R1, FinSynRst);
        _code.Store(BpfSize.Word, Stack, Ending, R1);
        _code.Copy(BpfSize.Word, Stack, Sign, R7, Sequence);
        _code.Load(BpfSize.Octet, R1, R7, TcpOffset);
        _code.Alu(BpfAlu.ShiftRight, R1, 4);
        _code.Alu(BpfAlu.ShiftLeft, R1, 2);
        _code.Alu(BpfAlu.Add, R1, Ports - Frame);
        _code.Store(BpfSize.Word, Stack, HeaderLength, R1);
        _code.StoreNumber(BpfSize.Word, Stack, SumAt, TcpSum);
        _code.StoreNumber(BpfSize.Word, Stack, SumFlags, 0);
    }

    private void ReadUdp(string other)
    {
        if (!learnsProbes)
        {
            JumpIfShorter(AfterUdp + 4, "short");
            _code.Load(BpfSize.Word, R1, R7, AfterUdp);
            _code.Jump(R1, BpfWhen.Equal, s_word, other);
            _code.Place("short");
        }

        _code.StoreNumber(BpfSize.Word, Stack, Ending, 0);
        _code.Load(BpfSize.Half, R1, R7, UdpLength);
        _code.Store(BpfSize.Word, Stack, Sign, R1);
        _code.StoreNumber(BpfSize.Word, Stack, HeaderLength, AfterUdp - Frame);
        _code.StoreNumber(BpfSize.Word, Stack, SumAt, UdpSum);
        _code.StoreNumber(BpfSize.Word, Stack, SumFlags, NoSumStays);
    }

    /// <summary>Learned since the last change, not too long ago, from a packet that came with as many hops left, and long enough.</summary>
    private void LeaveIfNotGood()
    {
        _code.ValueOf(R1, maps.Generation);
        _code.Load(BpfSize.Double, R2, R1, 0);
        _code.Load(BpfSize.Double, R3, R9, 0);
        _code.Jump(R2, BpfWhen.NotEqual, R3, "unknown");
        _code.Call(BpfHelper.CoarseTime);
        _code.Load(BpfSize.Double, R1, R9, WayEnd);
        _code.Jump(R0, BpfWhen.Greater, R1, "unknown");
        _code.Load(BpfSize.Octet, R1, R9, WayHopBefore);
        _code.Load(BpfSize.Octet, R2, R7, HopLimit);
        _code.Jump(R1, BpfWhen.NotEqual, R2, "unknown");
        MeasureLength();
        _code.Load(BpfSize.Word, R2, R9, WayLongest);
        _code.Jump(R1, BpfWhen.Greater, R2, "unknown");
    }

    /// <summary>The packet's length from its IP header on, in the first register: of what will be cut, the pieces'.</summary>
    private void MeasureLength()
    {
        _code.Load(BpfSize.Word, R1, R6, SegmentSize);
        _code.Jump(R1, BpfWhen.Equal, 0, "whole");
        _code.Load(BpfSize.Word, R2, Stack, HeaderLength);
        _code.Alu(BpfAlu.Add, R1, R2);
        _code.Jump("measured");
        _code.Place("whole");
        _code.Load(BpfSize.Word, R1, R6, Length);
        _code.Alu(BpfAlu.Subtract, R1, Frame);
        _code.Place("measured");
    }

    /// <summary>Makes one way of three: into the translator, through it, and on. The packet itself still takes the first.</summary>
    private void Join()
    {
        _code.Load(BpfSize.Word, R1, R9, WayFar);
        _code.Jump(R1, BpfWhen.Equal, 0, "alone");
        LookUpOther(R9, () => _code.Copy(BpfSize.Word, Stack, OtherFlow, R9, WayFar), WayFarLink);
        _code.Load(BpfSize.Word, R1, R8, WayLink);
        _code.Load(BpfSize.Word, R2, R9, WayFarLink);
        _code.Jump(R1, BpfWhen.NotEqual, R2, "alone");
        _code.Copy(BpfSize.Octet, Stack, OtherHop, R9, WayHopAfter);
        LeaveUnlessNext();
        Least(BpfSize.Double, WayEnd, R9, WayEnd, "first end");
        Least(BpfSize.Word, WayLongest, R9, WayLongest, "first length");

        _code.Copy(BpfSize.Octet, Stack, OtherHop, R8, WayHopAfter);
        LookUpOther(R8, () => _code.Copy(BpfSize.Word, Stack, OtherFlow, Stack, OwnSpace), -1);
        _code.Load(BpfSize.Word, R1, R8, WayFar);
        _code.Jump(R1, BpfWhen.NotEqual, 0, "alone");
        LeaveUnlessNext();
        Least(BpfSize.Double, WayEnd, Stack, NewWay + WayEnd, "second end");
        Least(BpfSize.Word, WayLongest, Stack, NewWay + WayLongest, "second length");

        _code.Copy(BpfSize.Double, Stack, NewWay, R8, 0);
        for (int i = WaySource; i < WaySumAddresses; i += 4)
        {
            _code.Copy(BpfSize.Word, Stack, NewWay + i, R8, i);
        }

        _code.StoreNumber(BpfSize.Half, Stack, NewWay + WayTranslated, 1);
        _code.StoreNumber(BpfSize.Double, Stack, NewWay + WayFar, 0);
        WriteHops(R9, WayHopBefore, R8, WayHopAfter);
        WriteSums(Stack, OwnSource, NewWay + WaySource);
        _code.Map(R1, maps.Ways);
        _code.Address(R2, Stack, OwnFlow);
        _code.Address(R3, Stack, NewWay);
        _code.Move(R4, 0);
        _code.Call(BpfHelper.Update);
        _code.Place("alone");
    }

    /// <summary>The way, in the eighth register, of what a way makes of its packets.</summary>
    /// <param name="link">Where the first way of all says on which link they come; -1 for the link that it leads to.</param>
    private void LookUpOther(BpfRegister way, Action space, int link)
    {
        space();
        _code.Copy(BpfSize.Word, Stack, OtherFlow + FlowLink, R9, link < 0 ? WayLink : link);
        _code.Copy(BpfSize.Word, Stack, OtherFlow + FlowSource, way, WaySource);
        _code.Copy(BpfSize.Word, Stack, OtherFlow + FlowDestination, way, WayDestination);
        _code.Copy(BpfSize.Word, Stack, OtherFlow + FlowPorts, way, WayPorts);
        _code.Map(R1, maps.Ways);
        _code.Address(R2, Stack, OtherFlow);
        _code.Call(BpfHelper.LookUp);
        _code.Jump(R0, BpfWhen.Equal, 0, "alone");
        _code.Move(R8, R0);
    }

    /// <summary>It was learned since the same change, from a packet with as many hops left as the way before leaves.</summary>
    private void LeaveUnlessNext()
    {
        _code.Load(BpfSize.Double, R1, R8, 0);
        _code.Load(BpfSize.Double, R2, R9, 0);
        _code.Jump(R1, BpfWhen.NotEqual, R2, "alone");
        _code.Load(BpfSize.Octet, R1, R8, WayHopBefore);
        _code.Load(BpfSize.Octet, R2, Stack, OtherHop);
        _code.Jump(R1, BpfWhen.NotEqual, R2, "alone");
    }

    /// <summary>The smaller of a value of the way in the eighth register and another one, to the new way.</summary>
    private void Least(BpfSize size, int field, BpfRegister other, int offset, string name)
    {
        _code.Load(size, R1, R8, field);
        _code.Load(size, R2, other, offset);
        _code.Jump(R2, BpfWhen.Greater, R1, name);
        _code.Move(R1, R2);
        _code.Place(name);
        _code.Store(size, Stack, NewWay + field, R1);
    }

    /// <summary>Addresses and ports, and the sum over them, which may be the link's to make.</summary>
    private void Translate()
    {
        _code.Load(BpfSize.Octet, R1, R9, WayTranslated);
        _code.Jump(R1, BpfWhen.Equal, 0, "same");
        ReplaceSum(WaySumAddresses, PseudoHeader);
        _code.Load(BpfSize.Word, R1, R9, WaySumPorts);
        _code.Jump(R1, BpfWhen.Equal, 0, "sums");
        ReplaceSum(WaySumPorts, 0);
        _code.Place("sums");
        _code.Load(BpfSize.Word, R7, R6, Data);
        _code.Load(BpfSize.Word, R8, R6, DataEnd);
        JumpIfShorter(AfterUdp, "broken");
        _code.Copy(BpfSize.Word, R7, Source, R9, WaySource);
        _code.Copy(BpfSize.Word, R7, Destination, R9, WayDestination);
        _code.Copy(BpfSize.Word, R7, Ports, R9, WayPorts);
        _code.Place("same");
    }

    private void ReplaceSum(int by, int flags)
    {
        _code.Move(R1, R6);
        _code.Load(BpfSize.Word, R2, Stack, SumAt);
        _code.Move(R3, 0);
        _code.Load(BpfSize.Word, R4, R9, by);
        _code.Load(BpfSize.Word, R5, Stack, SumFlags);
        _code.Alu(BpfAlu.Or, R5, flags);
        _code.Call(BpfHelper.ReplaceChecksum4);
        _code.Jump(R0, BpfWhen.NotEqual, 0, "broken");
    }

    /// <summary>The frame's addresses, the hop limit, and the header's sum (RFC 1624).</summary>
    private void WriteHeader()
    {
        _code.Copy(BpfSize.Double, R7, 0, R9, WayFrame);
        _code.Copy(BpfSize.Word, R7, 8, R9, WayFrame + 8);
        _code.Copy(BpfSize.Octet, R7, HopLimit, R9, WayHopAfter);
        _code.Load(BpfSize.Half, R1, R7, HeaderSum);
        _code.Alu(BpfAlu.Xor, R1, 0xFFFF);
        _code.Load(BpfSize.Word, R2, R9, WaySumHeader);
        _code.Alu(BpfAlu.Add, R1, R2);
        _code.Move(R2, R1);
        _code.Alu(BpfAlu.ShiftRight, R2, 16);
        _code.Alu(BpfAlu.And, R1, 0xFFFF);
        _code.Alu(BpfAlu.Add, R1, R2);
        _code.Alu(BpfAlu.Xor, R1, 0xFFFF);
        _code.Store(BpfSize.Half, R7, HeaderSum, R1);
    }

    /// <summary>What goes the whole way now, for the exit; with the generation as it was before anything was decided of it.</summary>
    private void NoteIt()
    {
        LookUpNote("pass");
        _code.Move(R9, R0);
        _code.ValueOf(R1, maps.Generation);
        _code.Copy(BpfSize.Double, R9, 0, R1, 0);
        for (int i = 0; i < FlowSize; i += 4)
        {
            _code.Copy(BpfSize.Word, R9, NoteFlow + i, Stack, OwnFlow + i);
        }

        _code.Copy(BpfSize.Word, R9, NoteSign, Stack, Sign);
        _code.Copy(BpfSize.Half, R9, NoteIdentification, R7, Identification);
        _code.Copy(BpfSize.Octet, R9, NoteHop, R7, HopLimit);
    }

    /// <summary>The packet that leaves is the one that was noted: in this namespace, and at most one of its two ends was translated.</summary>
    private void LeaveIfAnother()
    {
        _code.Load(BpfSize.Double, R1, R9, 0);
        _code.Jump(R1, BpfWhen.Equal, 0, "pass");
        SameOrPass(BpfSize.Word, Stack, OwnSpace, NoteSpace);
        SameOrPass(BpfSize.Word, Stack, Sign, NoteSign);
        SameOrPass(BpfSize.Half, R7, Identification, NoteIdentification);
        Differ(BpfSize.Word, OwnSource, NoteSource, "source differs");
        Differ(BpfSize.Half, OwnPorts, NotePorts, "source differs");
        _code.Jump("same packet");
        _code.Place("source differs");
        Differ(BpfSize.Word, OwnDestination, NoteDestination, "pass");
        Differ(BpfSize.Half, OwnPorts + 2, NotePorts + 2, "pass");
        _code.Place("same packet");
    }

    private void SameOrPass(BpfSize size, BpfRegister one, int offset, int noted)
    {
        _code.Load(size, R1, one, offset);
        _code.Load(size, R2, R9, noted);
        _code.Jump(R1, BpfWhen.NotEqual, R2, "pass");
    }

    private void Differ(BpfSize size, int own, int noted, string to)
    {
        _code.Load(size, R1, Stack, own);
        _code.Load(size, R2, R9, noted);
        _code.Jump(R1, BpfWhen.NotEqual, R2, to);
    }

    private void FillWay()
    {
        _code.Copy(BpfSize.Double, Stack, NewWay, R9, 0);
        _code.Copy(BpfSize.Word, Stack, NewWay + WaySource, Stack, OwnSource);
        _code.Copy(BpfSize.Word, Stack, NewWay + WayDestination, Stack, OwnDestination);
        _code.Copy(BpfSize.Word, Stack, NewWay + WayPorts, Stack, OwnPorts);
        _code.Copy(BpfSize.Word, Stack, NewWay + WayLink, R6, Link);
        _code.Copy(BpfSize.Double, Stack, NewWay + WayFrame, R7, 0);
        _code.Copy(BpfSize.Word, Stack, NewWay + WayFrame + 8, R7, 8);
        WriteHops(R9, NoteHop, R7, HopLimit);
        _code.StoreNumber(BpfSize.Half, Stack, NewWay + WayTranslated, 0);
        Differ(BpfSize.Word, OwnSource, NoteSource, "translated");
        Differ(BpfSize.Word, OwnDestination, NoteDestination, "translated");
        Differ(BpfSize.Word, OwnPorts, NotePorts, "translated");
        _code.Jump("told");
        _code.Place("translated");
        _code.StoreNumber(BpfSize.Octet, Stack, NewWay + WayTranslated, 1);
        _code.Place("told");
        MeasureLength();
        _code.Move(R2, AnyLength);
        _code.Jump(R2, BpfWhen.Greater, R1, "any length");
        _code.Move(R2, R1);
        _code.Place("any length");
        _code.Store(BpfSize.Word, Stack, NewWay + WayLongest, R2);

        WriteFar();
        WriteSums(R9, NoteSource, OwnSource);
        _code.Call(BpfHelper.CoarseTime);
        _code.Alu(BpfAlu.Add, R0, Nanoseconds);
        _code.Store(BpfSize.Double, Stack, NewWay + WayEnd, R0);
    }

    /// <summary>Where the way leads into a translator: its number and its link's.</summary>
    private void WriteFar()
    {
        _code.StoreNumber(BpfSize.Double, Stack, NewWay + WayFar, 0);
        _code.Copy(BpfSize.Word, Stack, OtherFlow, R6, Space);
        _code.Copy(BpfSize.Word, Stack, OtherFlow + FlowLink, R6, Link);
        _code.Map(R1, maps.Translators);
        _code.Address(R2, Stack, OtherFlow);
        _code.Call(BpfHelper.LookUp);
        _code.Jump(R0, BpfWhen.Equal, 0, "no translator");
        _code.Load(BpfSize.Word, R1, R0, 0);
        _code.Load(BpfSize.Word, R2, R0, 4);
        _code.Load(BpfSize.Word, R3, Stack, OwnSpace);
        _code.Alu(BpfAlu.ShiftRight, R3, 16);
        _code.Alu(BpfAlu.ShiftLeft, R3, 16);
        _code.Alu(BpfAlu.Or, R1, R3);
        _code.Store(BpfSize.Word, Stack, NewWay + WayFar, R1);
        _code.Store(BpfSize.Word, Stack, NewWay + WayFarLink, R2);
        _code.Place("no translator");
    }

    private void WriteHops(BpfRegister before, int beforeOffset, BpfRegister after, int afterOffset)
    {
        _code.StoreNumber(BpfSize.Word, Stack, HopBefore, 0);
        _code.StoreNumber(BpfSize.Word, Stack, HopAfter, 0);
        _code.Copy(BpfSize.Octet, Stack, HopBefore, before, beforeOffset);
        _code.Copy(BpfSize.Octet, Stack, HopAfter, after, afterOffset);
        _code.Copy(BpfSize.Octet, Stack, NewWay + WayHopBefore, Stack, HopBefore);
        _code.Copy(BpfSize.Octet, Stack, NewWay + WayHopAfter, Stack, HopAfter);
    }

    /// <summary>What the new way makes of addresses, hop limit and ports, as differences of sums; each place has both addresses and then the ports.</summary>
    private void WriteSums(BpfRegister from, int fromOffset, int toOffset)
    {
        Difference(from, fromOffset, toOffset, 8, WaySumAddresses);
        Difference(Stack, HopBefore, HopAfter, 4, WaySumHeader, WaySumAddresses);
        Difference(from, fromOffset + 8, toOffset + 8, 4, WaySumPorts);
    }

    /// <param name="more">A sum of the way's that is added; -1 for none.</param>
    private void Difference(BpfRegister from, int fromOffset, int toOffset, int size, int into, int more = -1)
    {
        _code.Address(R1, from, fromOffset);
        _code.Move(R2, size);
        _code.Address(R3, Stack, toOffset);
        _code.Move(R4, size);
        _code.Move(R5, 0);
        if (more >= 0)
        {
            _code.Load(BpfSize.Word, R5, Stack, NewWay + more);
        }

        _code.Call(BpfHelper.ChecksumDifference);
        _code.Store(BpfSize.Word, Stack, NewWay + into, R0);
    }

    private void JumpIfShorter(int octets, string to)
    {
        _code.Address(R1, R7, octets);
        _code.Jump(R1, BpfWhen.Greater, R8, to);
    }

    private void CallWithFlow(BpfHelper helper)
    {
        _code.Map(R1, maps.Ways);
        _code.Address(R2, Stack, OwnFlow);
        _code.Call(helper);
    }

    private void LookUpNote(string none)
    {
        _code.Map(R1, maps.Note);
        _code.Address(R2, Stack, First);
        _code.Call(BpfHelper.LookUp);
        _code.Jump(R0, BpfWhen.Equal, 0, none);
    }

    /// <summary>The packet goes on as if nobody had looked at it.</summary>
    private void GoOn()
    {
        const int goOn = -1;
        _code.Move(R0, goOn);
        _code.Exit();
    }
}
