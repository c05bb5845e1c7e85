using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>
/// Rows that only speak of another and hold nobody up: they go when it goes. A flow log ends with what it watches (AWS, "Work with flow
/// logs"), an exclusion with what it excludes, an association with its VPC.
/// </summary>
public static class GoesWith
{
    private static readonly Follower[] Followers =
        [Follower.Of<FlowLog>(), Follower.Of<BlockPublicAccessExclusion>(), Follower.Of<SecurityGroupVpcAssociation>()];

    /// <summary>Whether rows of a kind never keep a VPC or subnet from being deleted.</summary>
    public static bool Has(Kind kind) => Array.Exists(Followers, f => f.Kind == kind);

    /// <summary>Takes away what spoke of a VPC, subnet or interface that is gone.</summary>
    internal static void Follow<T>(Draft draft, PartitionKey at, string gone)
        where T : class, IResource<T>
    {
        if (typeof(T) != typeof(Vpc) && typeof(T) != typeof(Subnet) && typeof(T) != typeof(NetworkInterface))
        {
            return;
        }

        foreach (Follower follower in Followers)
        {
            follower.RemoveAll(draft, at, gone);
        }
    }

    private static void RemoveAll<T>(Draft draft, PartitionKey at, string gone)
        where T : class, IResource<T>
    {
        foreach (T row in draft.Partition(at).By<T>(gone).ToList())
        {
            draft.Remove(at, new Id<T>(row.Key));
        }
    }

    private sealed record Follower(Kind Kind, Action<Draft, PartitionKey, string> RemoveAll)
    {
        public static Follower Of<T>()
            where T : class, IResource<T> => new(Kind.Of<T>(), GoesWith.RemoveAll<T>);
    }
}
