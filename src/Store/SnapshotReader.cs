using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using SQLitePCL;
using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>Reads the whole cloud back: rows come in order of partition and kind, and each table is built at once.</summary>
internal sealed class SnapshotReader(sqlite3 database, string file)
{
    private readonly ImmutableSortedDictionary<PartitionKey, Partition>.Builder partitions =
        CloudSnapshot.Empty.Partitions.ToBuilder();

    private readonly List<IResource> rows = [];
    private Partition? partition;
    private Kind? kind;

    /// <exception cref="StoreException">A row cannot be read.</exception>
    public CloudSnapshot Read()
    {
        using Statement select = new(database, "SELECT account, region, kind, key, json FROM row ORDER BY account, region, kind, key");
        byte[] place = [];
        while (select.Step())
        {
            if (!IsAt(place, select))
            {
                CloseTable();
                place = OpenTable(select);
            }

            rows.Add(Row(select));
        }

        CloseTable();
        ClosePartition();
        return CloudSnapshot.Empty with { Partitions = partitions.ToImmutable(), World = ReadWorld() };
    }

    /// <summary>Whether a row is of the partition and kind last opened; compared as bytes, since it nearly always is.</summary>
    private static bool IsAt(byte[] place, Statement select)
    {
        ReadOnlySpan<byte> left = place;
        for (int column = 0; column < 3; column++)
        {
            ReadOnlySpan<byte> text = select.Utf8(column);
            if (left.Length <= text.Length || !left.StartsWith(text) || left[text.Length] != 0)
            {
                return false;
            }

            left = left[(text.Length + 1)..];
        }

        return left.IsEmpty;
    }

    private byte[] OpenTable(Statement select)
    {
        PartitionKey key = new(select.Text(0), select.Text(1));
        if (partition?.Key != key)
        {
            ClosePartition();
            partition = Partition.Empty(key);
        }

        string name = select.Text(2);
        kind = Kinds.Named(name) ?? throw StoreException.About(
            file, $"it holds a row of a kind '{name}' ({key}) that this Trunkline does not know", "start the Trunkline that wrote it");
        return Encoding.UTF8.GetBytes($"{key.Account}\0{key.Region}\0{name}\0");
    }

    private IResource Row(Statement select)
    {
        try
        {
            IResource row = (IResource?)JsonSerializer.Deserialize(select.Utf8(4), RowJson.Info(kind!))
                ?? throw new JsonException("the row is null");
            string key = select.Text(3);
            return row.Key == key ? row : throw new JsonException($"it holds the row '{row.Key}'");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Unreadable(new RowName(partition!.Key, kind!.Name, select.Text(3)).ToString(), error);
        }
    }

    private void CloseTable()
    {
        if (kind is not null)
        {
            partition = partition!.With(kind, kind.TableOf(rows));
            rows.Clear();
        }
    }

    private void ClosePartition()
    {
        if (partition is not null)
        {
            partitions[partition.Key] = partition;
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
            return JsonSerializer.Deserialize(select.Utf8(0), RowJson.WorldInfo) ?? throw new JsonException("the document is null");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Unreadable("the world", error);
        }
    }

    private StoreException Unreadable(string what, Exception error) => StoreException.About(
        file, $"{what} cannot be read ({error.Message})", "start the Trunkline that wrote it, or put back a copy of the file", error);
}
