using Trunkline.Cloud;
using Trunkline.Control.Ram;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Prefix lists of other accounts: whoever has one shared with it has a copy of the row, which the owner's changes reach. A copy that is shared
/// no more stays, unseen, while rules or routes refer to it. Source: AWS, "Shared prefix lists".
/// </summary>
public static class SharedPrefixLists
{
    public static string ArnOf(PartitionKey owner, string id) => $"arn:aws:ec2:{owner.Region}:{owner.Account}:prefix-list/{id}";

    /// <summary>Whether a row is the account's own, or a copy of one that is shared with it now.</summary>
    public static bool IsSeen(CommandContext context, PrefixList list) => list.Owner is not { } owner
        || Sharing.IsSharedWith(context, ArnOf(new PartitionKey(owner, context.Region), list.Key), context.Account);

    /// <summary>Makes an account's copy what the shares say: there, or gone.</summary>
    /// <param name="owner">The context of the list's owner.</param>
    public static void Refresh(CommandContext owner, string id, string account)
    {
        CommandContext receiver = owner.At(new PartitionKey(account, owner.Region));
        PrefixList? list = owner.Here.Find(new Id<PrefixList>(id));
        PrefixList? copy = receiver.Here.Find(new Id<PrefixList>(id));
        if (list is not null && Sharing.IsSharedWith(owner, ArnOf(owner.Caller.Partition, id), account))
        {
            receiver.Put(list with { Owner = owner.Account, Tags = copy?.Tags ?? Tags.None });
        }
        else if (copy is not null && !Ec2Service.ReferencesTo(receiver.Here, id).Any())
        {
            receiver.Remove(copy.Id);
        }
    }

    /// <summary>Writes a change of a list into every copy, also into those that only references keep.</summary>
    public static void Follow(CommandContext owner, PrefixList list)
    {
        foreach (CommandContext receiver in Receivers(owner, list.Key))
        {
            receiver.Put(list with { Owner = owner.Account, Tags = receiver.Here.Get(list.Id).Tags });
        }
    }

    /// <summary>The accounts that have a copy of a list.</summary>
    public static IReadOnlyList<CommandContext> Receivers(CommandContext owner, string id) =>
    [
        .. owner.Draft.Next.Partitions.Values
            .Where(p => p.Region == owner.Region && p.Account != owner.Account && p.Find(new Id<PrefixList>(id)) is not null)
            .Select(p => owner.At(p.Key)),
    ];
}
