namespace Trunkline.Cloud;

/// <summary>A kind of resource as a value: its names and how to make a table of it.</summary>
/// <param name="TableOf">Makes a table of rows of this kind. A kind that no row uses has none: each costs the runtime some twenty types.</param>
public sealed record Kind(string Name, string IdPrefix, Type Type, Func<IEnumerable<IResource>, ITable> TableOf)
{
    public bool IsTagged => typeof(ITagged).IsAssignableFrom(Type);

    public static Kind Of<T>()
        where T : class, IResource<T> => Cache<T>.Value;

    private static class Cache<T>
        where T : class, IResource<T>
    {
        public static readonly Kind Value = new(T.Kind, T.IdPrefix, typeof(T), rows => Table<T>.From(rows.Cast<T>()));
    }
}
