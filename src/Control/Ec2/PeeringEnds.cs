using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Writes down that requests for peerings have run out, at both sides, so that the clock may go back and they stay so. Source: AWS, VPC peering guide,
/// "VPC peering connection lifecycle": after seven days a request is expired, and neither owner can do anything with it.
/// </summary>
internal static class PeeringEnds
{
    public static readonly Overdue Kind = new("trunkline:EndPeeringRequests", "peering-request", (rows, now) => OverdueIn(rows, now).Any(), End);

    /// <summary>Ends those of the caller's account and region, whichever side is the caller's; says how many.</summary>
    public static int End(CommandContext context)
    {
        VpcPeeringConnection[] overdue = [.. OverdueIn(context.Here, context.Now)];
        foreach (VpcPeeringConnection request in overdue)
        {
            PeeringRows.PutBoth(context, PeeringViews.AsOf(request, context.Now));
        }

        return overdue.Length;
    }

    private static IEnumerable<VpcPeeringConnection> OverdueIn(Partition partition, DateTimeOffset now) =>
        partition.All<VpcPeeringConnection>().Where(p => p.Status != PeeringStatus.Expired && p.StatusAt(now) == PeeringStatus.Expired);
}
