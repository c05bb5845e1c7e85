using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>
/// Prefix list → nothing of its own: rules and routes that name it are compiled with its entries, anew when it changes. Source: AWS,
/// "Managed prefix lists".
/// </summary>
internal static class PrefixLists
{
    /// <summary>The blocks that a list stands for, be it the account's or AWS's own; none where it is not there.</summary>
    public static ImmutableArray<Prefix> EntriesOf(Workspace work, int partition, string id) =>
        Cloud.PrefixLists.EntriesOf(work.PartitionAt(partition), id);
}
