using System.Buffers;
using System.Text.Json;
using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>A batch as bytes: the last version of each row, one after another in one buffer that is used again and again.</summary>
internal sealed class EncodedBatch : IDisposable
{
    /// <summary>A buffer that grew beyond this is given up, in bytes: one great batch must not hold memory for ever.</summary>
    private const int KeptCapacity = 256 * 1024;

    private readonly List<EncodedRow> rows = [];
    private readonly HashSet<RowName> seen = [];
    private readonly Utf8JsonWriter json;
    private ArrayBufferWriter<byte> buffer = new(4096);
    private EncodedRow? world;

    public EncodedBatch() => json = new Utf8JsonWriter(buffer, RowJson.WriterOptions);

    public IReadOnlyList<EncodedRow> Rows => rows;

    public bool HasWorld => world is not null;

    public AuditLine Audit { get; private set; } = null!;

    public ReadOnlySpan<byte> World => Json(world!.Value);

    public ReadOnlySpan<byte> Json(EncodedRow row) => buffer.WrittenSpan.Slice(row.Start, row.Length);

    /// <summary>Copies a batch in; of a row that comes more than once, the last version only.</summary>
    /// <exception cref="ArgumentException">A row cannot be written so that it could be read back.</exception>
    public void Fill(Batch batch)
    {
        Audit = batch.Audit;
        for (int i = batch.Changes.Count - 1; i >= 0; i--)
        {
            Change change = batch.Changes[i];
            RowName name = new(change.Partition, change.Kind.Name, change.Key);
            if (batch.Changes.Count == 1 || seen.Add(name))
            {
                rows.Add(change.After is { } row ? Encode(name, change.Kind, row) : new EncodedRow(name, 0, -1));
            }
        }

        if (batch.World is { } outside)
        {
            int start = buffer.WrittenCount;
            Write(() => JsonSerializer.Serialize(json, outside, RowJson.WorldInfo), "the world");
            world = new EncodedRow(default, start, buffer.WrittenCount - start);
        }
    }

    public void Clear()
    {
        rows.Clear();
        seen.Clear();
        world = null;
        Audit = null!;
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

    public void Dispose() => json.Dispose();

    private EncodedRow Encode(RowName name, Kind kind, IResource row)
    {
        if (row.Key != name.Key || row.GetType() != kind.Type)
        {
            throw new ArgumentException($"{name} is given a row of key '{row.Key}' and type {row.GetType().Name}");
        }

        int start = buffer.WrittenCount;
        Write(() => JsonSerializer.Serialize(json, row, RowJson.Info(kind)), name);
        return new EncodedRow(name, start, buffer.WrittenCount - start);
    }

    private void Write(Action write, object what)
    {
        try
        {
            write();
            json.Flush();
            json.Reset();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new ArgumentException($"{what} cannot be kept: {error.Message}", error);
        }
    }
}

/// <summary>A row's place in the store.</summary>
internal readonly record struct RowName(PartitionKey Partition, string Kind, string Key)
{
    public override string ToString() => $"{Partition}: {Kind} '{Key}'";
}

/// <param name="Length">Bytes of JSON; -1 where the row is gone.</param>
internal readonly record struct EncodedRow(RowName Name, int Start, int Length)
{
    public bool IsGone => Length < 0;
}
