using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>A row's name in the store.</summary>
internal readonly record struct RowName(PartitionKey Partition, string Kind, string Key)
{
    /// <summary>Of the key alone: hardly any key comes twice, and a name is looked up for every row that is written.</summary>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Partition}: {Kind} '{Key}'";
}

/// <summary>At which number (SQLite's rowid) each row lies in the file: new rows are put at the end, and no index on the disk is needed.</summary>
/// <remarks>Ids are random, so such an index would have a page written for each new row.</remarks>
internal sealed class RowPlaces
{
    private readonly Dictionary<RowName, long> places = [];
    private long highest;

    /// <summary>Notes a row that the file holds.</summary>
    /// <returns>False where it holds another of the same name.</returns>
    public bool Note(RowName name, long place)
    {
        highest = Math.Max(highest, place);
        return places.TryAdd(name, place);
    }

    /// <summary>The row's place; a new one where it has none.</summary>
    /// <param name="isNew">Whether the file does not hold the row yet.</param>
    public long Of(RowName name, out bool isNew)
    {
        isNew = !places.TryGetValue(name, out long place);
        if (isNew)
        {
            places[name] = place = ++highest;
        }

        return place;
    }

    /// <summary>Forgets a row.</summary>
    /// <returns>Whether the file holds it, at <paramref name="place"/>.</returns>
    public bool Forget(RowName name, out long place) => places.Remove(name, out place);
}
