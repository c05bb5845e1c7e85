using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>What a call begins with.</summary>
/// <param name="Handles">How many file descriptors follow the request.</param>
internal sealed record CallHeader(string Op, int Handles = 0);

/// <summary>What a reply begins with.</summary>
/// <param name="Error">Why there is none; null where the reply follows.</param>
/// <param name="Handles">How many file descriptors follow.</param>
internal sealed record ReplyHeader(string? Error, int Handles = 0);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CallHeader))]
[JsonSerializable(typeof(ReplyHeader))]
internal sealed partial class FrameJson : JsonSerializerContext;

/// <summary>Messages between server and helper: four octets of length, little endian, then JSON. Never reads beyond its message.</summary>
internal static class Frames
{
    /// <summary>A whole host of ten thousand interfaces fits several times.</summary>
    private const int LengthMax = 1 << 30;

    /// <summary>Adds one message.</summary>
    public static void Add<T>(ArrayBufferWriter<byte> to, T message, JsonTypeInfo<T> type)
    {
        int start = to.WrittenCount;
        to.GetSpan(sizeof(int))[..sizeof(int)].Clear();
        to.Advance(sizeof(int));
        using (Utf8JsonWriter writer = new(to, new JsonWriterOptions { SkipValidation = true }))
        {
            JsonSerializer.Serialize(writer, message, type);
        }

        // The writer may have moved to a larger array since: the length is written where the octets are now.
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(to.WrittenMemory, out ArraySegment<byte> written);
        BinaryPrimitives.WriteInt32LittleEndian(written.AsSpan(start), to.WrittenCount - start - sizeof(int));
    }

    public static async ValueTask Send(Socket socket, ReadOnlyMemory<byte> octets, CancellationToken stop)
    {
        while (octets.Length > 0)
        {
            int sent = await socket.SendAsync(octets, SocketFlags.None, stop).ConfigureAwait(false);
            octets = octets[sent..];
        }
    }

    /// <summary>The next message; null where the other side has closed before it.</summary>
    /// <exception cref="EndOfStreamException">It closed in the middle.</exception>
    public static async ValueTask<Frame?> Read(Socket socket, CancellationToken stop)
    {
        byte[] head = new byte[sizeof(int)];
        int got = await Fill(socket, head, stop).ConfigureAwait(false);
        if (got == 0)
        {
            return null;
        }

        int length = got == head.Length ? BinaryPrimitives.ReadInt32LittleEndian(head) : throw new EndOfStreamException();
        if (length is < 0 or > LengthMax)
        {
            throw new InvalidDataException($"a message of {length} octets");
        }

        byte[] body = ArrayPool<byte>.Shared.Rent(length);
        Frame frame = new(body, length);
        if (await Fill(socket, body.AsMemory(0, length), stop).ConfigureAwait(false) != length)
        {
            frame.Dispose();
            throw new EndOfStreamException();
        }

        return frame;
    }

    private static async ValueTask<int> Fill(Socket socket, Memory<byte> buffer, CancellationToken stop)
    {
        int got = 0;
        while (got < buffer.Length)
        {
            int read = await socket.ReceiveAsync(buffer[got..], SocketFlags.None, stop).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            got += read;
        }

        return got;
    }
}

/// <summary>One message that was read; gives its memory back when disposed of.</summary>
internal sealed class Frame(byte[] octets, int length) : IDisposable
{
    public T Parse<T>(JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(octets.AsSpan(0, length), type) ?? throw new InvalidDataException("a message that is null");

    public void Dispose() => ArrayPool<byte>.Shared.Return(octets);
}
