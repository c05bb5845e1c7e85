using System.Buffers.Binary;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>What a client and a program in a machine say to each other over one connection: an octet for the kind, four for the length, then that
/// many.</summary>
internal static class RelayFrames
{
    /// <summary>From the client: input, the end of input, a window's size (columns, rows: two octets each, little endian).</summary>
    public const byte Input = 0;
    public const byte InputEnd = 1;
    public const byte Size = 2;

    /// <summary>To the client: output, errors, the exit code (four octets, little endian), why there is none.</summary>
    public const byte Output = 16;
    public const byte Errors = 17;
    public const byte Exit = 18;
    public const byte Failure = 19;

    public const int LengthMax = 1 << 20;
    private const int HeadLength = 5;

    public static byte[] Make(byte kind, ReadOnlySpan<byte> octets)
    {
        byte[] frame = new byte[HeadLength + octets.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), octets.Length);
        octets.CopyTo(frame.AsSpan(HeadLength));
        return frame;
    }

    /// <summary>The next frame; null at the end.</summary>
    /// <exception cref="InvalidDataException">What comes is no frame.</exception>
    public static async ValueTask<(byte Kind, byte[] Octets)?> Read(Stream from, CancellationToken stop)
    {
        byte[] head = new byte[HeadLength];
        if (await from.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, stop).ConfigureAwait(false) < HeadLength)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1));
        if (length is < 0 or > LengthMax)
        {
            throw new InvalidDataException($"a frame of {length} octets");
        }

        byte[] octets = new byte[length];
        return await from.ReadAtLeastAsync(octets, length, throwOnEndOfStream: false, stop).ConfigureAwait(false) < length ? null : (head[0], octets);
    }
}
