using System.Buffers.Binary;

namespace Trunkline.Cli.Machines;

/// <summary>The frames that the endpoint's machine streams carry: a kind, four octets of length (little endian), then that many octets.</summary>
internal static class Frames
{
    public const byte Input = 0;
    public const byte InputEnd = 1;

    /// <summary>Columns and rows, two octets each, little endian.</summary>
    public const byte Size = 2;

    public const byte Output = 16;
    public const byte Errors = 17;

    /// <summary>The exit code: four octets, little endian.</summary>
    public const byte Exit = 18;

    /// <summary>Why something is not known, as text.</summary>
    public const byte Failure = 19;

    private const int HeadLength = 5;
    private const int LengthMax = 1 << 20;

    public static byte[] Make(byte kind, ReadOnlySpan<byte> octets)
    {
        byte[] frame = new byte[HeadLength + octets.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), octets.Length);
        octets.CopyTo(frame.AsSpan(HeadLength));
        return frame;
    }

    /// <summary>The next frame; null where the other side has ended.</summary>
    public static async ValueTask<(byte Kind, byte[] Octets)?> Read(Stream from, CancellationToken stop)
    {
        byte[] head = new byte[HeadLength];
        if (await from.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, stop) < HeadLength)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1));
        if (length is < 0 or > LengthMax)
        {
            throw new InvalidDataException($"the endpoint sent a frame of {length} octets");
        }

        byte[] octets = new byte[length];
        return await from.ReadAtLeastAsync(octets, length, throwOnEndOfStream: false, stop) < length ? null : (head[0], octets);
    }
}
