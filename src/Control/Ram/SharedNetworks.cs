using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ram;

/// <summary>
/// Shared subnets. Whoever may use one has a copy of its row and of its VPC's, which the owner's changes reach, and for each interface of
/// another account a claim on its addresses. Forwarding takes a copy for the owner's row. A copy that is shared no more stays, unseen, while
/// interfaces stand in it. Source: AWS, "Share your VPC subnets with other accounts".
/// </summary>
public static class SharedNetworks
{
    /// <summary>Whether a row is the account's own, or a copy of one that is shared with it now.</summary>
    public static bool IsSeen(CommandContext context, Subnet subnet) =>
        subnet.Owner is not { } owner || Sharing.IsSharedWith(context, ArnOf(new PartitionKey(owner, context.Region), subnet.Id), context.Account);

    /// <summary>A VPC of another account is seen while one of its subnets is.</summary>
    public static bool IsSeen(CommandContext context, Vpc vpc) =>
        vpc.Owner is null || context.Here.By<Subnet>(vpc.Key).Any(s => IsSeen(context, s));

    /// <summary>How many rows of a kind an account has in the region, without the copies of what others share with it.</summary>
    public static int OwnCount<T>(CommandContext context)
        where T : class, IResource<T>
    {
        Table<T> table = context.Here.Table<T>();
        return table.Count - table.By(Vpc.CopyWord).Count();
    }

    /// <summary>The tables of the account whose a subnet is.</summary>
    public static Partition HomeOf(CommandContext context, Subnet subnet) =>
        subnet.Owner is { } owner ? context.Draft.Partition(new PartitionKey(owner, context.Region)) : context.Here;

    public static string ArnOf(PartitionKey owner, Id<Subnet> subnet) => $"arn:aws:ec2:{owner.Region}:{owner.Account}:subnet/{subnet}";

    /// <summary>Makes an account's copy of a subnet what the shares say: there, or gone.</summary>
    /// <param name="owner">The context of the subnet's owner.</param>
    public static void Refresh(CommandContext owner, Id<Subnet> id, string account)
    {
        if (owner.Here.Find(id) is not { } subnet)
        {
            return;
        }

        CommandContext guest = owner.At(new PartitionKey(account, owner.Region));
        bool isShared = Sharing.IsSharedWith(owner, ArnOf(owner.Caller.Partition, id), account);
        bool isGuest = subnet.Guests.Contains(account);
        if (isShared && !isGuest)
        {
            Vpc vpc = owner.Here.Get(subnet.VpcId);
            if (!vpc.Guests.Contains(account))
            {
                owner.Put(vpc with { Guests = vpc.Guests.Add(account) });
            }

            owner.Put(subnet with { Guests = subnet.Guests.Add(account) });
            Claims(owner, guest, id);
        }
        else if (!isShared && isGuest && !guest.Here.By<NetworkInterface>(id.Value).Any())
        {
            Forget(owner, guest, subnet);
        }
    }

    /// <summary>What a row means to the other accounts that use its subnet or VPC; called for every row that is written.</summary>
    internal static void Follow<T>(CommandContext context, T row)
        where T : class, IResource<T>
    {
        switch (row)
        {
            case Vpc { Owner: null, Guests.IsEmpty: false } vpc:
                foreach (string account in vpc.Guests)
                {
                    PutCopy(context, account, vpc);
                }

                break;
            case Subnet { Owner: null, Guests.IsEmpty: false } subnet:
                foreach (string account in subnet.Guests)
                {
                    PutCopy(context, account, subnet);
                }

                break;
            case NetworkInterface eni when context.Here.Find(eni.SubnetId) is { } subnet:
                foreach (PartitionKey other in OthersOf(context, subnet))
                {
                    context.Draft.Put(other, ClaimOf(context.Account, eni));
                }

                break;
        }
    }

    /// <summary>What it means to other accounts that a row goes; called before it does.</summary>
    internal static void FollowGone<T>(CommandContext context, Id<T> id)
        where T : class, IResource<T>
    {
        T? row = context.Here.Find(id);
        if (row is Subnet { Owner: null } or PrefixList { Owner: null } or TransitGateway)
        {
            EndAssociations(context, context.Arn($"{T.Kind}/{row.Key}"));
        }

        switch (row)
        {
            case NetworkInterface eni when context.Here.Find(eni.SubnetId) is { } subnet:
                foreach (PartitionKey other in OthersOf(context, subnet))
                {
                    context.Draft.Remove(other, new Id<SubnetClaim>(eni.Key));
                }

                break;
            case Subnet { Owner: null, Guests.IsEmpty: false } subnet:
                foreach (string account in subnet.Guests)
                {
                    context.Draft.Remove(new PartitionKey(account, context.Region), subnet.Id);
                }

                break;
            case Vpc { Owner: null, Guests.IsEmpty: false } vpc:
                foreach (string account in vpc.Guests)
                {
                    RemoveCopy(context, new PartitionKey(account, context.Region), vpc);
                }

                break;
        }
    }

    /// <summary>A resource that is gone is in no share.</summary>
    private static void EndAssociations(CommandContext context, string arn)
    {
        foreach (ResourceShare share in context.Here.By<ResourceShare>(ResourceShare.ResourceWord(arn)).ToList())
        {
            context.Draft.Put(context.Caller.Partition, share with { Resources = share.Resources.RemoveAll(r => r.Arn == arn) });
        }
    }

    /// <summary>The other accounts that use a subnet.</summary>
    private static IEnumerable<PartitionKey> OthersOf(CommandContext context, Subnet subnet)
    {
        if (subnet.Owner is null && subnet.Guests.IsEmpty)
        {
            return [];
        }

        return subnet.Guests.Add(subnet.Owner ?? context.Account).Where(a => a != context.Account)
            .Select(a => new PartitionKey(a, context.Region));
    }

    /// <summary>The guest's groups have the owner's default ones beside them no more than the owner has theirs.</summary>
    private static void PutCopy(CommandContext context, string account, Vpc vpc)
    {
        PartitionKey at = new(account, context.Region);
        Partition there = context.Draft.Partition(at);
        context.Draft.Put(at, vpc with
        {
            Owner = context.Account,
            Tags = there.Find(vpc.Id)?.Tags ?? Tags.None,

            // The owner's options are none of the guest's rows: its own region's default ones answer alike.
            DhcpOptionsId = vpc.DhcpOptionsId is null ? null : there.All<DhcpOptions>().FirstOrDefault()?.Id,
        });
    }

    /// <summary>The zone is the same one, under the guest's name for it.</summary>
    private static void PutCopy(CommandContext context, string account, Subnet subnet)
    {
        PartitionKey at = new(account, context.Region);
        string zoneId = Regions.ZonesOf(context.Account, context.Region).First(z => z.Name == subnet.Zone).ZoneId;
        context.Draft.Put(at, subnet with
        {
            Owner = context.Account,
            Zone = Regions.ZonesOf(account, context.Region).First(z => z.ZoneId == zoneId).Name,
            Tags = context.Draft.Partition(at).Find(subnet.Id)?.Tags ?? Tags.None,
        });
    }

    /// <summary>Tells a new guest which addresses are taken.</summary>
    private static void Claims(CommandContext owner, CommandContext guest, Id<Subnet> subnet)
    {
        foreach (NetworkInterface eni in owner.Here.By<NetworkInterface>(subnet.Value))
        {
            guest.Put(ClaimOf(owner.Account, eni));
        }

        foreach (SubnetClaim claim in owner.Here.By<SubnetClaim>(subnet.Value).Where(c => c.Account != guest.Account))
        {
            guest.Put(claim);
        }
    }

    private static SubnetClaim ClaimOf(string account, NetworkInterface eni) => new()
    {
        Key = eni.Key,
        Account = account,
        SubnetId = eni.SubnetId,
        VpcId = eni.VpcId,
        Addresses = [.. eni.AllAddresses],
        Prefixes = [.. eni.Ipv4Prefixes, .. eni.Ipv6Prefixes],
    };

    /// <summary>The guest has nothing in the subnet any more: its copy goes, and the VPC's where it was the last and no group stands there.</summary>
    private static void Forget(CommandContext owner, CommandContext guest, Subnet subnet)
    {
        owner.Put(subnet with { Guests = subnet.Guests.Remove(guest.Account) });
        foreach (SubnetClaim claim in guest.Here.By<SubnetClaim>(subnet.Key).ToList())
        {
            guest.Remove(new Id<SubnetClaim>(claim.Key));
        }

        guest.Remove(subnet.Id);
        Vpc vpc = owner.Here.Get(subnet.VpcId);
        if (!guest.Here.By<Subnet>(vpc.Key).Any() && !guest.Here.By<SecurityGroup>(vpc.Key).Any())
        {
            owner.Put(vpc with { Guests = vpc.Guests.Remove(guest.Account) });
            guest.Remove(vpc.Id);
        }
    }

    private static void RemoveCopy(CommandContext context, PartitionKey at, Vpc vpc)
    {
        foreach (SecurityGroup group in context.Draft.Partition(at).By<SecurityGroup>(vpc.Key).ToList())
        {
            context.Draft.Remove(at, group.Id);
        }

        context.Draft.Remove(at, vpc.Id);
    }
}
