namespace Trunkline.Planes.Linux.Kernel;

/// <summary>How many octets a load or store moves, as its instruction says it.</summary>
internal enum BpfSize : byte
{
    Word = 0x00,
    Half = 0x08,
    Octet = 0x10,
    Double = 0x18,
}

/// <summary>What an arithmetic instruction does, on 64 bits.</summary>
internal enum BpfAlu : byte
{
    Add = 0x00,
    Subtract = 0x10,
    Or = 0x40,
    And = 0x50,
    ShiftLeft = 0x60,
    ShiftRight = 0x70,
    Xor = 0xA0,
    Move = 0xB0,
}

/// <summary>When a jump is taken; numbers are compared without a sign, on 64 bits.</summary>
internal enum BpfWhen : byte
{
    Always = 0x00,
    Equal = 0x10,
    Greater = 0x20,
    NotEqual = 0x50,
}

/// <summary>Functions of the kernel that programs call (linux/bpf.h, <c>___BPF_FUNC_MAPPER</c>).</summary>
internal enum BpfHelper
{
    LookUp = 1,
    Update = 2,
    Delete = 3,
    ReplaceChecksum4 = 11,
    ChecksumDifference = 28,
    RedirectPeer = 155,
    CoarseTime = 160,
}

/// <summary>Registers: the first holds results, the next five what is given to a call, which forgets them; the last is the stack's end.</summary>
internal enum BpfRegister : byte
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    Stack,
}

/// <summary>
/// Writes a program for the kernel's own machine, instruction by instruction. Source: RFC 9669, "BPF Instruction Set Architecture".
/// </summary>
internal sealed class BpfCode
{
    private const byte LoadClass = 0x61;
    private const byte StoreNumberClass = 0x62;
    private const byte StoreClass = 0x63;
    private const byte AluClass = 0x07;
    private const byte JumpClass = 0x05;
    private const byte FromRegister = 0x08;
    private const byte CallCode = 0x85;
    private const byte ExitCode = 0x95;
    private const byte WideCode = 0x18;
    private const byte MapByFile = 1;
    private const byte MapValue = 2;

    private readonly List<ulong> _instructions = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<(int At, string To)> _jumps = [];

    /// <summary>The program, each instruction of eight octets in the host's order, with its jumps resolved.</summary>
    /// <exception cref="InvalidOperationException">A jump leads nowhere, or back.</exception>
    public ulong[] Done()
    {
        foreach ((int at, string to) in _jumps)
        {
            int distance = _places.TryGetValue(to, out int place) ? place - at - 1 : -1;
            if (distance is < 0 or > short.MaxValue)
            {
                throw new InvalidOperationException($"A jump to '{to}' is not possible.");
            }

            _instructions[at] |= (ulong)distance << 16;
        }

        return [.. _instructions];
    }

    /// <summary>Here is what jumps to this name lead to.</summary>
    public void Place(string name) => _places.Add(name, _instructions.Count);

    public void Load(BpfSize size, BpfRegister to, BpfRegister from, int offset) => Add((byte)(LoadClass | (byte)size), to, from, offset, 0);

    public void Store(BpfSize size, BpfRegister to, int offset, BpfRegister from) => Add((byte)(StoreClass | (byte)size), to, from, offset, 0);

    public void StoreNumber(BpfSize size, BpfRegister to, int offset, int number) =>
        Add((byte)(StoreNumberClass | (byte)size), to, default, offset, number);

    /// <summary>Moves a value from one place of memory to another, through the first register.</summary>
    public void Copy(BpfSize size, BpfRegister to, int offset, BpfRegister from, int fromOffset)
    {
        Load(size, BpfRegister.R0, from, fromOffset);
        Store(size, to, offset, BpfRegister.R0);
    }

    public void Alu(BpfAlu what, BpfRegister to, int number) => Add((byte)(AluClass | (byte)what), to, default, 0, number);

    public void Alu(BpfAlu what, BpfRegister to, BpfRegister from) => Add((byte)(AluClass | (byte)what | FromRegister), to, from, 0, 0);

    public void Move(BpfRegister to, int number) => Alu(BpfAlu.Move, to, number);

    public void Move(BpfRegister to, BpfRegister from) => Alu(BpfAlu.Move, to, from);

    /// <summary>An address: what a register holds and so many octets more.</summary>
    public void Address(BpfRegister to, BpfRegister from, int offset)
    {
        Move(to, from);
        Alu(BpfAlu.Add, to, offset);
    }

    public void Jump(string to) => JumpTo(to, JumpClass, default, default, 0);

    /// <param name="number">It must not be negative: it is compared as 64 bits.</param>
    public void Jump(BpfRegister one, BpfWhen when, int number, string to) => JumpTo(to, (byte)(JumpClass | (byte)when), one, default, number);

    public void Jump(BpfRegister one, BpfWhen when, BpfRegister other, string to) =>
        JumpTo(to, (byte)(JumpClass | (byte)when | FromRegister), one, other, 0);

    public void Call(BpfHelper helper) => Add(CallCode, default, default, 0, (int)helper);

    /// <summary>A map, to be given to a helper.</summary>
    public void Map(BpfRegister to, int file) => Wide(to, MapByFile, file);

    /// <summary>The address of the value of a map that has only one.</summary>
    public void ValueOf(BpfRegister to, int file) => Wide(to, MapValue, file);

    public void Exit() => Add(ExitCode, default, default, 0, 0);

    private void Wide(BpfRegister to, byte kind, int file)
    {
        Add(WideCode, to, (BpfRegister)kind, 0, file);
        _instructions.Add(0);
    }

    private void JumpTo(string to, byte code, BpfRegister one, BpfRegister other, int number)
    {
        _jumps.Add((_instructions.Count, to));
        Add(code, one, other, 0, number);
    }

    private void Add(byte code, BpfRegister to, BpfRegister from, int offset, int number) => _instructions.Add(
        code | ((ulong)to << 8) | ((ulong)from << 12) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)number << 32));
}
