using System.Runtime.InteropServices;
using System.Text;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Kinds of maps that programs share with each other and with us (linux/bpf.h, <c>enum bpf_map_type</c>).</summary>
internal enum BpfMapKind
{
    Array = 2,
    ArrayOfEachProcessor = 6,

    /// <summary>Forgets what was not used for long when it is full.</summary>
    RecentlyUsed = 9,
}

/// <summary>The system call <c>bpf</c>. What it gives is an open file: the kernel lets go of it when nothing uses it any more.</summary>
internal static unsafe class Bpf
{
    private const int CreateMap = 0;
    private const int UpdateElement = 2;
    private const int LoadProgram = 5;
    private const int TrafficControl = 3;
    private const int NameMax = 15;

    /// <summary>More than any command here needs; the kernel takes zeros for what is left out.</summary>
    private const int AttributeSize = 128;

    private const int LogSize = 1 << 16;

    private static readonly nint s_number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;

    /// <exception cref="KernelException">The kernel refuses.</exception>
    public static int Map(BpfMapKind kind, int keySize, int valueSize, int most, string name)
    {
        byte* attribute = stackalloc byte[AttributeSize];
        Span<byte> all = Clear(attribute);
        MemoryMarshal.Write(all, (int)kind);
        MemoryMarshal.Write(all[4..], keySize);
        MemoryMarshal.Write(all[8..], valueSize);
        MemoryMarshal.Write(all[12..], most);
        WriteName(all[28..], name);
        int file = Call(CreateMap, attribute);
        return file >= 0 ? file : throw Libc.Failure($"eBPF map {name}");
    }

    /// <summary>A program for what enters or leaves a link.</summary>
    /// <exception cref="KernelException">The kernel refuses; where it has read the program and disagrees, in its own last words.</exception>
    public static int Program(ulong[] instructions, string name)
    {
        byte* attribute = stackalloc byte[AttributeSize];
        byte[] license = Encoding.ASCII.GetBytes("Apache-2.0\0");
        fixed (ulong* code = instructions)
        fixed (byte* words = license)
        {
            Span<byte> all = Clear(attribute);
            MemoryMarshal.Write(all, TrafficControl);
            MemoryMarshal.Write(all[4..], instructions.Length);
            MemoryMarshal.Write(all[8..], (nint)code);
            MemoryMarshal.Write(all[16..], (nint)words);
            WriteName(all[48..], name);
            int file = Call(LoadProgram, attribute);
            return file >= 0 ? file : throw Refused(attribute, name);
        }
    }

    /// <summary>Writes an element whose value is 64 bits.</summary>
    /// <param name="key">As long as the map's keys are, up to 64 bits.</param>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    public static void Set(int map, ulong key, ulong value)
    {
        byte* attribute = stackalloc byte[AttributeSize];
        Span<byte> all = Clear(attribute);
        MemoryMarshal.Write(all, map);
        MemoryMarshal.Write(all[8..], (nint)(&key));
        MemoryMarshal.Write(all[16..], (nint)(&value));
        if (Call(UpdateElement, attribute) != 0)
        {
            throw Libc.Failure("eBPF map");
        }
    }

    /// <summary>Asks again for the reason, which costs the kernel more.</summary>
    private static KernelException Refused(byte* attribute, string name)
    {
        KernelException refused = Libc.Failure($"eBPF program {name}");
        if (refused.Error == Libc.NotPermitted)
        {
            return refused;
        }

        byte[] log = new byte[LogSize];
        fixed (byte* text = log)
        {
            Span<byte> all = new(attribute, AttributeSize);
            MemoryMarshal.Write(all[24..], 1);
            MemoryMarshal.Write(all[28..], LogSize);
            MemoryMarshal.Write(all[32..], (nint)text);
            int file = Call(LoadProgram, attribute);
            if (file >= 0)
            {
                _ = Libc.Close(file);
            }
        }

        string[] lines = Encoding.UTF8.GetString(log.AsSpan().TrimEnd((byte)0)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string last = lines.LastOrDefault(l => !l.StartsWith("processed ", StringComparison.Ordinal), "");
        return new KernelException(last.Length == 0 ? refused.Message : $"{refused.Message}: {last}", refused.Error);
    }

    private static Span<byte> Clear(byte* attribute)
    {
        Span<byte> all = new(attribute, AttributeSize);
        all.Clear();
        return all;
    }

    private static void WriteName(Span<byte> to, string name) => Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, NameMax)), to);

    private static int Call(int command, byte* attribute) => (int)Libc.SystemCall(s_number, command, (nint)attribute, AttributeSize);
}
