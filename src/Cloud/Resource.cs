using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>One row of the cloud: an immutable value with a key of its own.</summary>
public interface IResource
{
    /// <summary>The row's id within its kind and partition.</summary>
    string Key { get; }

    /// <summary>
    /// Every other word the row is found by: ids of resources it refers to (a value in the form PREFIX-HEX is a reference that must
    /// exist), names and addresses that must be unique. Feeds <see cref="Table{T}.By"/>.
    /// </summary>
    IEnumerable<string> Keys { get; }
}

/// <summary>What every kind of resource says of itself.</summary>
public interface IResource<TSelf> : IResource
    where TSelf : class, IResource<TSelf>
{
    /// <summary>The kind's name as AWS writes it in a tag specification (<c>route-table</c>); also its name in the store.</summary>
    static abstract string Kind { get; }

    /// <summary>What its ids begin with, without the dash (<c>rtb</c>).</summary>
    static abstract string IdPrefix { get; }
}

/// <summary>A resource that bears tags: at most 50, keys of 1 to 127 characters, values to 255.</summary>
public interface ITagged : IResource
{
    ImmutableSortedDictionary<string, string> Tags { get; }

    ITagged WithTags(ImmutableSortedDictionary<string, string> tags);
}

/// <summary>Starting values for tags.</summary>
public static class Tags
{
    /// <summary>No tag; keys in ordinal order, as AWS tells keys apart by case.</summary>
    public static ImmutableSortedDictionary<string, string> None { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The value of the tag <c>Name</c>, or null.</summary>
    public static string? NameOf(ITagged resource) => resource.Tags.GetValueOrDefault("Name");
}
