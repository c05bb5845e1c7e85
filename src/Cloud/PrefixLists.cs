using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A prefix list as rules and routes refer to it, whether a customer keeps it or AWS does.</summary>
/// <param name="Weight">What a reference counts as in a quota: the list's size at most, or the weight that AWS gives its own.</param>
/// <param name="Entries">The blocks of the current version, ascending.</param>
public sealed record PrefixListView(string Id, string Name, Family AddressFamily, int Weight, ImmutableArray<Prefix> Entries);

/// <summary>Finds prefix lists by id: rows of the account, and those that AWS keeps in its region.</summary>
public static class PrefixLists
{
    /// <summary>The list that an id names to an account in a region; null where it has none.</summary>
    public static PrefixListView? Find(Partition partition, string id)
    {
        if (partition.Find(new Id<PrefixList>(id)) is { } own)
        {
            return new PrefixListView(id, own.Name, own.AddressFamily, own.MaxEntries, [.. own.Entries.Select(e => e.Cidr)]);
        }

        return AwsServices.PrefixList(partition.Region, id) is { } aws
            ? new PrefixListView(id, aws.Name, aws.AddressFamily, aws.Weight, aws.Entries)
            : null;
    }

    /// <summary>The blocks of a list; none where it is not there.</summary>
    public static ImmutableArray<Prefix> EntriesOf(Partition partition, string id) => Find(partition, id)?.Entries ?? [];
}
