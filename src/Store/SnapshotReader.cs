using System.Buffers;
using System.Text;
using System.Text.Json;
using SQLitePCL;
using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>Reads the whole cloud back. One thread reads the file; all cores parse; each table is built at once.</summary>
/// <param name="places">Told where each row lies.</param>
internal sealed class SnapshotReader(sqlite3 database, string file, RowPlaces places)
{
    /// <summary>JSON that is parsed in one go, in bytes.</summary>
    private const int ChunkSize = 256 * 1024;

    /// <summary>Chunks that may wait to be parsed: bounds memory where reading is faster.</summary>
    private const int ChunksAhead = 16;

    private readonly Dictionary<(PartitionKey Partition, string Kind), TableRows> tables = [];
    private readonly List<Task<IResource[]>> parsing = [];
    private readonly List<Chunk> chunks = [];

    /// <exception cref="StoreException">A row cannot be read.</exception>
    public CloudSnapshot Read()
    {
        ReadRows();
        for (int i = 0; i < chunks.Count; i++)
        {
            IResource[] rows = parsing[i].GetAwaiter().GetResult();
            for (int j = 0; j < rows.Length; j++)
            {
                chunks[i].Rows[j].Table.Rows.Add(rows[j]);
            }
        }

        Parallel.ForEach(tables.Values, table => table.Made = table.Kind.TableOf(table.Rows));
        Dictionary<PartitionKey, Partition> partitions = [];
        foreach (TableRows table in tables.Values)
        {
            Partition partition = partitions.GetValueOrDefault(table.Partition) ?? Partition.Empty(table.Partition);
            partitions[table.Partition] = partition.With(table.Made!);
        }

        return CloudSnapshot.Empty with
        {
            Partitions = CloudSnapshot.Empty.Partitions.AddRange(partitions),
            World = ReadWorld(),
        };
    }

    private void ReadRows()
    {
        using Statement select = new(database, "SELECT account, region, kind, key, json, rowid FROM row");
        Chunk chunk = new();
        TableRows? table = null;
        while (select.Step())
        {
            if (table is null || !table.IsOf(select))
            {
                table = TableOf(select);
            }

            string key = select.Text(3);
            RowName name = new(table.Partition, table.Kind.Name, key);
            if (!places.Note(name, select.Number(5)))
            {
                throw DatabaseFile.Damaged(file, $"it holds {name} twice");
            }

            chunk.Add(table, key, select.Utf8(4));
            if (chunk.Json.WrittenCount >= ChunkSize)
            {
                Parse(chunk);
                chunk = new Chunk();
            }
        }

        Parse(chunk);
    }

    private TableRows TableOf(Statement select)
    {
        PartitionKey key = new(select.Text(0), select.Text(1));
        string name = select.Text(2);
        if (!tables.TryGetValue((key, name), out TableRows? table))
        {
            Kind kind = Kinds.Named(name) ?? throw StoreException.About(
                file, $"it holds a row of a kind '{name}' ({key}) that this Trunkline does not know", "start the Trunkline that wrote it");
            tables[(key, name)] = table = new TableRows(key, kind);
        }

        return table;
    }

    private void Parse(Chunk chunk)
    {
        chunks.Add(chunk);
        parsing.Add(Task.Run(() => RowsOf(chunk)));
        if (parsing.Count > ChunksAhead)
        {
            parsing[^ChunksAhead].GetAwaiter().GetResult();
        }
    }

    private IResource[] RowsOf(Chunk chunk)
    {
        ReadOnlySpan<byte> json = chunk.Json.WrittenSpan;
        IResource[] rows = new IResource[chunk.Rows.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            (TableRows table, string key, int start, int length) = chunk.Rows[i];
            rows[i] = Row(table, key, json.Slice(start, length));
        }

        chunk.Json = new ArrayBufferWriter<byte>();
        return rows;
    }

    private IResource Row(TableRows table, string key, ReadOnlySpan<byte> json)
    {
        try
        {
            RowJson.RefuseNullsInLists(json);
            IResource row = (IResource?)JsonSerializer.Deserialize(json, RowJson.Info(table.Kind))
                ?? throw new JsonException("the row is null");
            return row.Key == key ? row : throw new JsonException($"it holds the row '{row.Key}'");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Unreadable(new RowName(table.Partition, table.Kind.Name, key).ToString(), error);
        }
    }

    private World ReadWorld()
    {
        using Statement select = new(database, "SELECT json FROM world");
        if (!select.Step())
        {
            return World.Default;
        }

        try
        {
            RowJson.RefuseNullsInLists(select.Utf8(0));
            return JsonSerializer.Deserialize(select.Utf8(0), RowJson.WorldInfo) ?? throw new JsonException("the document is null");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Unreadable("the world", error);
        }
    }

    private StoreException Unreadable(string what, Exception error) => StoreException.About(
        file, $"{what} cannot be read ({error.Message})", "start the Trunkline that wrote it, or put back a copy of the file", error);

    /// <summary>The rows of one kind in one partition.</summary>
    private sealed class TableRows(PartitionKey partition, Kind kind)
    {
        private readonly byte[] account = Encoding.UTF8.GetBytes(partition.Account);
        private readonly byte[] region = Encoding.UTF8.GetBytes(partition.Region);
        private readonly byte[] name = Encoding.UTF8.GetBytes(kind.Name);

        public PartitionKey Partition => partition;

        public Kind Kind => kind;

        public List<IResource> Rows { get; } = [];

        public ITable? Made { get; set; }

        /// <summary>Whether the row at hand belongs here; compared as bytes, since it mostly does.</summary>
        public bool IsOf(Statement select) =>
            select.Utf8(2).SequenceEqual(name) && select.Utf8(1).SequenceEqual(region) && select.Utf8(0).SequenceEqual(account);
    }

    /// <summary>Rows read and not yet parsed.</summary>
    private sealed class Chunk
    {
        public ArrayBufferWriter<byte> Json { get; set; } = new(ChunkSize + (16 * 1024));

        public List<(TableRows Table, string Key, int Start, int Length)> Rows { get; } = [];

        public void Add(TableRows table, string key, ReadOnlySpan<byte> json)
        {
            Rows.Add((table, key, Json.WrittenCount, json.Length));
            Json.Write(json);
        }
    }
}
