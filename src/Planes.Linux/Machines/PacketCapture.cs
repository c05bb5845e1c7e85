using System.Buffers.Binary;
using System.Net.Sockets;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>Writes what a packet socket sees as a capture file: pcap with microseconds, Ethernet (draft-ietf-opsawg-pcap).</summary>
internal static class PacketCapture
{
    private const int SnapLength = 262_144;
    private const int HeadLength = 24;
    private const int RecordHeadLength = 16;
    private const int ReceiveBuffer = 4 << 20;

    /// <summary>Until the client or the socket goes away.</summary>
    public static async Task Run(Socket frames, Stream client, TimeProvider clock, CancellationToken stop)
    {
        frames.ReceiveBufferSize = ReceiveBuffer;
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task gone = UntilGone(client, over);
        try
        {
            await client.WriteAsync(Head(), over.Token).ConfigureAwait(false);
            await client.FlushAsync(over.Token).ConfigureAwait(false);
            byte[] buffer = new byte[RecordHeadLength + SnapLength];
            while (true)
            {
                int got = await frames.ReceiveAsync(buffer.AsMemory(RecordHeadLength), SocketFlags.None, over.Token).ConfigureAwait(false);
                Record(buffer, got, clock.GetUtcNow());
                await client.WriteAsync(buffer.AsMemory(0, RecordHeadLength + got), over.Token).ConfigureAwait(false);
                await client.FlushAsync(over.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever looked has seen enough, or the interface is gone.
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await gone.ConfigureAwait(false);
        }
    }

    internal static byte[] Head()
    {
        byte[] head = new byte[HeadLength];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(16), SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(20), 1);
        return head;
    }

    internal static void Record(Span<byte> to, int length, DateTimeOffset time)
    {
        long micros = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)(micros / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], (uint)(micros % 1_000_000));
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], length);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], length);
    }

    private static async Task UntilGone(Stream client, CancellationTokenSource over)
    {
        byte[] none = new byte[64];
        try
        {
            while (await client.ReadAsync(none, over.Token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone all the same.
        }

        await over.CancelAsync().ConfigureAwait(false);
    }
}
