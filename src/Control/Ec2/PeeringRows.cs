using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// The rows of a peering: one at each side, always written together. Source: AWS, VPC peering guide, "VPC peering connection lifecycle" and
/// "VPC peering limitations".
/// </summary>
internal static class PeeringRows
{
    private static readonly TimeSpan Hours2 = TimeSpan.FromHours(2);
    private static readonly TimeSpan Hours4 = TimeSpan.FromHours(4);
    private static readonly TimeSpan Days2 = TimeSpan.FromDays(2);

    /// <summary>Writes a peering at both of its sides; each side keeps its own tags, and the requester's new ones are the row's.</summary>
    /// <remarks>A request that failed is the requester's alone: the other side may not even exist.</remarks>
    public static VpcPeeringConnection PutBoth(CommandContext context, VpcPeeringConnection row)
    {
        PartitionKey requester = row.Requester.Partition;
        PartitionKey accepter = row.Accepter.Partition;
        PutAt(context, requester, row);
        bool isTold = row.Status != PeeringStatus.Failed || context.Draft.Partition(accepter).Find(row.Id) is not null;
        if (accepter != requester && isTold)
        {
            PutAt(context, accepter, row);
        }

        return context.Here.Get(row.Id);
    }

    /// <summary>The VPC of one side; null where it does not exist.</summary>
    public static Vpc? VpcOf(CommandContext context, PeeringSide side) => context.Draft.Partition(side.Partition).Find(side.VpcId);

    /// <summary>A side with the blocks that its VPC has now.</summary>
    public static PeeringSide WithCidrs(PeeringSide side, Vpc vpc) => side with
    {
        Cidrs = [.. vpc.Cidrs.Select(a => a.Cidr)],
        Ipv6Cidrs = [.. vpc.Ipv6Cidrs.Select(a => a.Cidr)],
    };

    /// <summary>Rule 95: whether any block of one VPC overlaps any block of the other.</summary>
    public static bool Overlap(Vpc one, Vpc other) =>
        one.Cidrs.Any(a => other.Cidrs.Any(b => a.Cidr.Overlaps(b.Cidr)))
        || one.Ipv6Cidrs.Any(a => other.Ipv6Cidrs.Any(b => a.Cidr.Overlaps(b.Cidr)));

    /// <summary>The peerings that a VPC of the caller's has with others, in a state that holds something.</summary>
    public static IEnumerable<VpcPeeringConnection> Of(CommandContext context, Id<Vpc> vpc, PeeringStatus status) =>
        context.Here.By<VpcPeeringConnection>(VpcPeeringConnection.VpcWord(vpc)).Where(p => p.StatusAt(context.Now) == status);

    /// <summary>The side of a peering that is the caller's VPC's: both may be the caller's.</summary>
    public static bool IsRequester(VpcPeeringConnection peering, CommandContext context, Id<Vpc> vpc) =>
        peering.Requester.Partition == context.Caller.Partition && peering.Requester.VpcId == vpc;

    /// <summary>
    /// Rules 61 and 62: a group of a VPC with which a VPC of the caller's has an active peering in the same region; null where there is none.
    /// </summary>
    public static (SecurityGroup Group, VpcPeeringConnection Peering)? PeerGroup(CommandContext context, Id<Vpc> vpc, string? group)
    {
        if (group is null)
        {
            return null;
        }

        foreach (VpcPeeringConnection peering in Of(context, vpc, PeeringStatus.Active))
        {
            PeeringSide other = IsRequester(peering, context, vpc) ? peering.Accepter : peering.Requester;
            if (other.Region == context.Region
                && context.Draft.Partition(other.Partition).Find(new Id<SecurityGroup>(group)) is { } found && found.VpcId == other.VpcId)
            {
                return (found, peering);
            }
        }

        return null;
    }

    /// <summary>How long a peering that has ended is still described to the caller.</summary>
    public static bool IsShown(CommandContext context, VpcPeeringConnection peering)
    {
        PeeringStatus status = peering.StatusAt(context.Now);
        DateTimeOffset? end = status == PeeringStatus.Expired ? peering.ExpirationTime : peering.EndTime;
        if (end is not { } ended)
        {
            return true;
        }

        bool isOneAccount = peering.Requester.OwnerId == peering.Accepter.OwnerId;
        bool isEnder = peering.EndedBy == context.Account;
        TimeSpan shown = status switch
        {
            PeeringStatus.Expired => Days2,
            PeeringStatus.Failed => Hours2,
            _ when isOneAccount => Hours2,
            PeeringStatus.Rejected => isEnder ? Hours2 : Days2,
            _ => isEnder ? Hours4 : Days2,
        };
        return context.Now - ended < shown;
    }

    /// <summary>
    /// Whether a VPC may get another block: not while it waits for an accepter, and no block of an active peer's. Source: AWS, "Add or remove a
    /// CIDR block from your VPC", "rules for VPCs that are part of a peering".
    /// </summary>
    public static void CheckNewCidr(CommandContext context, Vpc vpc, Prefix added)
    {
        if (Of(context, vpc.Id, PeeringStatus.PendingAcceptance).FirstOrDefault(p => IsRequester(p, context, vpc.Id)) is { } waiting)
        {
            throw new Fault(
                "InvalidVpc.Range",
                $"The CIDR '{added}' cannot be added to the VPC '{vpc.Id}' while the VPC peering connection '{waiting.Id}' is pending acceptance.");
        }

        foreach (VpcPeeringConnection peering in Of(context, vpc.Id, PeeringStatus.Active))
        {
            PeeringSide other = IsRequester(peering, context, vpc.Id) ? peering.Accepter : peering.Requester;
            if (other.Cidrs.Concat(other.Ipv6Cidrs).Any(added.Overlaps))
            {
                throw new Fault(
                    "InvalidVpc.Range",
                    $"The CIDR '{added}' conflicts with a CIDR block of the VPC '{other.VpcId}', with which the VPC '{vpc.Id}' has the VPC peering "
                    + $"connection '{peering.Id}'.");
            }
        }
    }

    /// <summary>After a VPC got or lost a block: active peerings tell the new ones; a request that overlaps now has failed.</summary>
    public static void CidrsChanged(CommandContext context, Id<Vpc> id)
    {
        Vpc vpc = context.Here.Get(id);
        foreach (VpcPeeringConnection peering in Of(context, id, PeeringStatus.Active).ToList())
        {
            PutBoth(context, IsRequester(peering, context, id)
                ? peering with { Requester = WithCidrs(peering.Requester, vpc) }
                : peering with { Accepter = WithCidrs(peering.Accepter, vpc) });
        }

        foreach (VpcPeeringConnection peering in Of(context, id, PeeringStatus.PendingAcceptance).ToList())
        {
            if (VpcOf(context, peering.Requester) is { } requester && VpcOf(context, peering.Accepter) is { } accepter && Overlap(requester, accepter))
            {
                PutBoth(context, Failed(peering, context.Now));
            }
        }
    }

    /// <summary>
    /// Before a VPC goes: requests of the account's own go with it; an active peering, or another account's request, holds it up.
    /// </summary>
    public static void BeforeVpcGoes(CommandContext context, Vpc vpc)
    {
        bool isHeld = Of(context, vpc.Id, PeeringStatus.Active).Any()
            || Of(context, vpc.Id, PeeringStatus.PendingAcceptance).Any(p => p.Requester.OwnerId != context.Account);
        if (isHeld)
        {
            throw Fault.InUse($"The vpc '{vpc.Id}' has dependencies and cannot be deleted.");
        }

        foreach (VpcPeeringConnection peering in Of(context, vpc.Id, PeeringStatus.PendingAcceptance).ToList())
        {
            PutBoth(context, Deleted(peering, context));
        }
    }

    public static VpcPeeringConnection Failed(VpcPeeringConnection peering, DateTimeOffset now) => peering with
    {
        Status = PeeringStatus.Failed,
        StatusMessage = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
        ExpirationTime = null,
        EndTime = now,
    };

    public static VpcPeeringConnection Deleted(VpcPeeringConnection peering, CommandContext context) => peering with
    {
        Status = PeeringStatus.Deleted,
        StatusMessage = $"Deleted by {context.Account}",
        ExpirationTime = null,
        EndTime = context.Now,
        EndedBy = context.Account,
    };

    private static void PutAt(CommandContext context, PartitionKey at, VpcPeeringConnection row)
    {
        VpcPeeringConnection? before = context.Draft.Partition(at).Find(row.Id);
        bool isNewAtRequester = before is null && at == row.Requester.Partition;
        ImmutableSortedDictionary<string, string> tags = isNewAtRequester ? row.Tags : before?.Tags ?? Tags.None;
        context.At(at).Put(row with { Tags = tags });
    }
}
