using Trunkline.Cloud;

namespace Trunkline.Control.Ram;

/// <summary>
/// Writes down that invitations to shares were not answered in time, in the rows of who was invited and in the shares themselves.
/// Source: RAM User Guide, "Accepting and rejecting resource share invitations".
/// </summary>
internal static class InvitationEnds
{
    public static readonly Overdue Kind = new(
        "trunkline:EndInvitations", "invitation", (rows, now) => OverdueIn(rows, now).Any() || SharesIn(rows, now).Any(), End);

    private static int End(CommandContext context)
    {
        ShareInvitation[] overdue = [.. OverdueIn(context.Here, context.Now)];
        foreach (ShareInvitation invitation in overdue)
        {
            context.Put(invitation with { Status = invitation.StatusAt(context.Now) });
        }

        foreach (ResourceShare share in SharesIn(context.Here, context.Now).ToArray())
        {
            context.Put(share with { Principals = [.. share.Principals.Select(p => p with { State = p.StateAt(context.Now) })] });
        }

        return overdue.Length;
    }

    private static IEnumerable<ShareInvitation> OverdueIn(Partition partition, DateTimeOffset now) =>
        partition.All<ShareInvitation>().Where(i => i.StatusAt(now) != i.Status);

    private static IEnumerable<ResourceShare> SharesIn(Partition partition, DateTimeOffset now) =>
        partition.All<ResourceShare>().Where(s => s.Principals.Any(p => p.StateAt(now) != p.State));
}
