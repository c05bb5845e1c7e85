using System.Buffers;
using System.Text.Json;
using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>Rows as JSON, one at a time in one buffer that is used again and again. For one thread.</summary>
internal sealed class RowEncoder : IDisposable
{
    /// <summary>A buffer that grew beyond this is given up, in bytes: one great row must not hold memory for ever.</summary>
    private const int KeptCapacity = 256 * 1024;

    private readonly Utf8JsonWriter json;
    private ArrayBufferWriter<byte> buffer = new(4096);

    public RowEncoder() => json = new Utf8JsonWriter(buffer, RowJson.WriterOptions);

    /// <returns>UTF-8; valid until the next call.</returns>
    /// <exception cref="StoreException">The row cannot be written so that it could be read back.</exception>
    public ReadOnlySpan<byte> Encode(RowName name, Kind kind, IResource row)
    {
        Begin();
        try
        {
            JsonSerializer.Serialize(json, row, RowJson.Info(kind));
        }
        catch (Exception error) when (IsOfTheValue(error))
        {
            throw Refusal(name.ToString(), error);
        }

        return Written();
    }

    /// <inheritdoc cref="Encode(RowName, Kind, IResource)"/>
    public ReadOnlySpan<byte> Encode(World world)
    {
        Begin();
        try
        {
            JsonSerializer.Serialize(json, world, RowJson.WorldInfo);
        }
        catch (Exception error) when (IsOfTheValue(error))
        {
            throw Refusal("the world", error);
        }

        return Written();
    }

    public void Dispose() => json.Dispose();

    private static bool IsOfTheValue(Exception error) => error is JsonException or InvalidOperationException or NullReferenceException;

    private static StoreException Refusal(string what, Exception error) => new($"{what} cannot be kept: {error.Message}", error);

    private void Begin()
    {
        if (buffer.Capacity > KeptCapacity)
        {
            buffer = new ArrayBufferWriter<byte>(4096);
        }
        else
        {
            buffer.ResetWrittenCount();
        }

        json.Reset(buffer);
    }

    private ReadOnlySpan<byte> Written()
    {
        json.Flush();
        return buffer.WrittenSpan;
    }
}
