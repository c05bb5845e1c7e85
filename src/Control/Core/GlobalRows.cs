using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>
/// The rows of services that have no region (IAM, Route 53), as one command sees and writes them: they stand in the account's us-east-1
/// partition whatever region a request is signed for.
/// </summary>
public readonly struct GlobalRows(Draft draft, string account)
{
    /// <summary>The region in whose partition they stand; AWS signs requests to these services for it too.</summary>
    public const string HomeRegion = "us-east-1";

    public PartitionKey Key { get; } = KeyOf(account);

    /// <summary>The partition, with what the command has written so far.</summary>
    public Partition Here => draft.Partition(Key);

    public static PartitionKey KeyOf(string account) => new(account, HomeRegion);

    public T Put<T>(T row)
        where T : class, IResource<T>
    {
        draft.Put(Key, row);
        return row;
    }

    public void Remove<T>(Id<T> id)
        where T : class, IResource<T> => draft.Remove(Key, id);
}
