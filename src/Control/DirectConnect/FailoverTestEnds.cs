using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>Ends fail-over tests: their sessions may come up again.</summary>
internal static class FailoverTestEnds
{
    public static readonly Overdue Kind = new(
        "trunkline:EndFailoverTests", "failover-test", (rows, now) => OverdueIn(rows, now).Any(), EndOverdue);

    public static DxFailoverTest End(CommandContext context, DxFailoverTest test)
    {
        if (context.Here.Find(test.VirtualInterfaceId) is { } vif)
        {
            DxRows.Put(context, vif with { BgpPeers = [.. vif.BgpPeers.Select(p => p with { UnderTest = false })] });
        }

        return context.Put(test with { Ended = true });
    }

    /// <summary>Ends those of the caller's account and region whose time is over; says how many.</summary>
    public static int EndOverdue(CommandContext context)
    {
        DxFailoverTest[] overdue = [.. OverdueIn(context.Here, context.Now)];
        foreach (DxFailoverTest test in overdue)
        {
            End(context, test);
        }

        return overdue.Length;
    }

    public static IEnumerable<DxFailoverTest> OverdueIn(Partition partition, DateTimeOffset now) =>
        partition.All<DxFailoverTest>().Where(t => !t.Ended && t.EndTime <= now);
}
