using System.Buffers.Binary;

namespace Trunkline.Cli.Machines;

/// <summary>Reads a capture as it comes, record by record, so that whoever reads it on sees whole packets.</summary>
internal static class CaptureStream
{
    private const int HeadLength = 24;
    private const int RecordHeadLength = 16;
    private const int RecordMax = 1 << 20;

    /// <param name="most">Packets after which it ends; null for no end.</param>
    /// <returns>How many packets came.</returns>
    public static async Task<long> Copy(Stream from, Stream to, long? most, CancellationToken stop)
    {
        byte[] head = new byte[HeadLength];
        if (await from.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, stop) < HeadLength)
        {
            return 0;
        }

        await to.WriteAsync(head, stop);
        await to.FlushAsync(stop);
        long count = 0;
        byte[] record = new byte[RecordHeadLength + RecordMax];
        while (count < (most ?? long.MaxValue)
            && await from.ReadAtLeastAsync(record.AsMemory(0, RecordHeadLength), RecordHeadLength, throwOnEndOfStream: false, stop) == RecordHeadLength)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(8));
            if (length is < 0 or > RecordMax
                || await from.ReadAtLeastAsync(record.AsMemory(RecordHeadLength, length), length, throwOnEndOfStream: false, stop) < length)
            {
                break;
            }

            await to.WriteAsync(record.AsMemory(0, RecordHeadLength + length), stop);
            await to.FlushAsync(stop);
            count++;
        }

        return count;
    }
}
