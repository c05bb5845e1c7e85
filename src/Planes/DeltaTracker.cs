using System.Collections.Immutable;

namespace Trunkline.Planes;

/// <summary>What leads from one keyed map to another, each list in the order of its keys.</summary>
/// <param name="Changed">Keys in both maps whose values are not equal.</param>
public sealed record MapDelta<TKey, TValue>(
    IReadOnlyList<KeyValuePair<TKey, TValue>> Added,
    IReadOnlyList<MapChange<TKey, TValue>> Changed,
    IReadOnlyList<KeyValuePair<TKey, TValue>> Removed)
    where TKey : notnull
{
    /// <summary>The maps were equal.</summary>
    public bool IsEmpty => Added.Count == 0 && Changed.Count == 0 && Removed.Count == 0;
}

/// <summary>One key whose value changes.</summary>
public readonly record struct MapChange<TKey, TValue>(TKey Key, TValue Old, TValue New);

/// <summary>What leads from one set to another; in no order.</summary>
public sealed record SetDelta<T>(IReadOnlyList<T> Added, IReadOnlyList<T> Removed)
{
    /// <summary>The sets were equal.</summary>
    public bool IsEmpty => Added.Count == 0 && Removed.Count == 0;
}

/// <summary>
/// Finds the least difference between what is there and what is wanted. Values that are the same object are equal without being looked
/// into, so that a desired state that shares its unchanged parts with the last one costs only what changed.
/// </summary>
public static class DeltaTracker
{
    /// <summary>The difference between two maps that order their keys alike: one walk over both.</summary>
    public static MapDelta<TKey, TValue> Between<TKey, TValue>(
        ImmutableSortedDictionary<TKey, TValue> actual, ImmutableSortedDictionary<TKey, TValue> desired)
        where TKey : notnull
    {
        List<KeyValuePair<TKey, TValue>> added = [];
        List<MapChange<TKey, TValue>> changed = [];
        List<KeyValuePair<TKey, TValue>> removed = [];
        if (!ReferenceEquals(actual, desired))
        {
            Merge(actual, desired, added, changed, removed);
        }

        return new MapDelta<TKey, TValue>(added, changed, removed);
    }

    /// <summary>The difference between two sets.</summary>
    public static SetDelta<T> Between<T>(ImmutableHashSet<T> actual, ImmutableHashSet<T> desired)
    {
        if (ReferenceEquals(actual, desired))
        {
            return new SetDelta<T>([], []);
        }

        return new SetDelta<T>(Missing(desired, actual), Missing(actual, desired));
    }

    private static List<T> Missing<T>(ImmutableHashSet<T> from, ImmutableHashSet<T> other)
    {
        List<T> found = [];
        foreach (T item in from)
        {
            if (!other.Contains(item))
            {
                found.Add(item);
            }
        }

        return found;
    }

    private static void Merge<TKey, TValue>(
        ImmutableSortedDictionary<TKey, TValue> actual,
        ImmutableSortedDictionary<TKey, TValue> desired,
        List<KeyValuePair<TKey, TValue>> added,
        List<MapChange<TKey, TValue>> changed,
        List<KeyValuePair<TKey, TValue>> removed)
        where TKey : notnull
    {
        IComparer<TKey> order = desired.KeyComparer;
        EqualityComparer<TValue> equality = EqualityComparer<TValue>.Default;
        using ImmutableSortedDictionary<TKey, TValue>.Enumerator old = actual.GetEnumerator();
        using ImmutableSortedDictionary<TKey, TValue>.Enumerator wanted = desired.GetEnumerator();
        bool hasOld = old.MoveNext();
        bool hasWanted = wanted.MoveNext();
        while (hasOld || hasWanted)
        {
            int compared = !hasOld ? 1 : !hasWanted ? -1 : order.Compare(old.Current.Key, wanted.Current.Key);
            if (compared == 0)
            {
                TValue before = old.Current.Value;
                TValue after = wanted.Current.Value;
                if (!ReferenceEquals(before, after) && !equality.Equals(before, after))
                {
                    changed.Add(new MapChange<TKey, TValue>(wanted.Current.Key, before, after));
                }

                hasOld = old.MoveNext();
                hasWanted = wanted.MoveNext();
            }
            else if (compared < 0)
            {
                removed.Add(old.Current);
                hasOld = old.MoveNext();
            }
            else
            {
                added.Add(wanted.Current);
                hasWanted = wanted.MoveNext();
            }
        }
    }
}
