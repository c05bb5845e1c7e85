using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Trunkline.Addressing;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Flags of a netlink message (linux/netlink.h).</summary>
[Flags]
internal enum NetlinkFlags : ushort
{
    None = 0,
    Request = 1,
    Ack = 4,
    Echo = 8,
    Replace = 0x100,
    Exclusive = 0x200,
    Create = 0x400,
    Dump = 0x300,
}

/// <summary>Writes netlink messages one after the other into one buffer. Numbers are in the host's order unless said otherwise.</summary>
internal sealed class NetlinkWriter
{
    private readonly List<int> _starts = [];
    private byte[] _buffer = new byte[256];
    private int _length;

    /// <summary>How many messages.</summary>
    public int Count => _starts.Count;

    public void Clear()
    {
        _starts.Clear();
        _length = 0;
    }

    /// <summary>Takes back all messages but the first so many.</summary>
    public void Keep(int count)
    {
        if (count < _starts.Count)
        {
            _length = _starts[count];
            _starts.RemoveRange(count, _starts.Count - count);
        }
    }

    /// <summary>The octets of messages from one index up to another, not included.</summary>
    public Span<byte> Messages(int from, int to)
    {
        int start = _starts[from];
        int end = to < _starts.Count ? _starts[to] : _length;
        return _buffer.AsSpan(start, end - start);
    }

    public Span<byte> Message(int index) => Messages(index, index + 1);

    /// <summary>Begins a message with a fixed part of zeros; returns that part to be filled in.</summary>
    public Span<byte> Begin(ushort type, NetlinkFlags flags, int fixedLength)
    {
        _starts.Add(_length);
        Span<byte> head = Take(16 + Aligned(fixedLength));
        head.Clear();
        MemoryMarshal.Write(head[4..], type);
        MemoryMarshal.Write(head[6..], (ushort)flags);
        return head[16..];
    }

    /// <summary>Ends the message that was begun last: its length is known.</summary>
    public void End() => MemoryMarshal.Write(_buffer.AsSpan(_starts[^1]), _length - _starts[^1]);

    public void Bytes(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> place = Take(4 + Aligned(value.Length));
        place.Clear();
        MemoryMarshal.Write(place, (ushort)(4 + value.Length));
        MemoryMarshal.Write(place[2..], type);
        value.CopyTo(place[4..]);
    }

    public void Number(ushort type, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        MemoryMarshal.Write(octets, value);
        Bytes(type, octets);
    }

    /// <summary>A number in network order.</summary>
    public void NetworkNumber(ushort type, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        Bytes(type, octets);
    }

    public void Octet(ushort type, byte value) => Bytes(type, [value]);

    /// <summary>A text that ends in a zero octet.</summary>
    public void Text(ushort type, string value)
    {
        Span<byte> octets = stackalloc byte[Encoding.UTF8.GetMaxByteCount(value.Length) + 1];
        int length = Encoding.UTF8.GetBytes(value, octets);
        octets[length] = 0;
        Bytes(type, octets[..(length + 1)]);
    }

    public void Address(ushort type, IpAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        Bytes(type, octets[..WriteAddress(octets, address)]);
    }

    /// <summary>A hardware address from its text.</summary>
    public void Mac(ushort type, string mac)
    {
        if (mac.Length != 17)
        {
            throw new FormatException($"'{mac}' is not a hardware address.");
        }

        Span<byte> octets = stackalloc byte[6];
        for (int i = 0; i < 6; i++)
        {
            octets[i] = byte.Parse(mac.AsSpan(i * 3, 2), System.Globalization.NumberStyles.AllowHexSpecifier);
        }

        Bytes(type, octets);
    }

    /// <summary>Begins a nested attribute; give what is returned to <see cref="EndNest"/>.</summary>
    public int Nest(ushort type)
    {
        int at = _length;
        Span<byte> place = Take(4);
        place.Clear();
        MemoryMarshal.Write(place[2..], type);
        return at;
    }

    public void EndNest(int at) => MemoryMarshal.Write(_buffer.AsSpan(at), (ushort)(_length - at));

    /// <summary>Raw octets inside a message or nest, aligned to four.</summary>
    public Span<byte> Raw(int length)
    {
        Span<byte> place = Take(Aligned(length));
        place.Clear();
        return place;
    }

    public static int WriteAddress(Span<byte> to, IpAddress address)
    {
        if (address.IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(to, address.V4Bits);
            return 4;
        }

        BinaryPrimitives.WriteUInt128BigEndian(to, address.Bits);
        return 16;
    }

    private static int Aligned(int length) => (length + 3) & ~3;

    private Span<byte> Take(int count)
    {
        if (_length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        Span<byte> place = _buffer.AsSpan(_length, count);
        _length += count;
        return place;
    }
}

/// <summary>One attribute of a netlink message.</summary>
internal readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    public ushort Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    public uint Number => MemoryMarshal.Read<uint>(Value);

    public string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    public IpAddress Address => Value.Length == 4
        ? IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(Value))
        : IpAddress.FromV6(BinaryPrimitives.ReadUInt128BigEndian(Value));

    public string Mac
    {
        get
        {
            if (Value.Length != 6)
            {
                return "";
            }

            return string.Create(17, Convert.ToHexStringLower(Value), static (text, hex) =>
            {
                for (int i = 0; i < 17; i++)
                {
                    text[i] = i % 3 == 2 ? ':' : hex[(i / 3 * 2) + (i % 3)];
                }
            });
        }
    }

    public NetlinkAttributes Nested => new(Value);
}

/// <summary>Walks the attributes in a run of octets.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public NetlinkAttribute Current { get; private set; }

    public readonly NetlinkAttributes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        // The two high bits say that it is nested or in network order.
        Current = new NetlinkAttribute((ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & 0x3fff), _rest[4..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
