using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>Ends fail-over tests: their sessions may come up again.</summary>
internal static class FailoverTestEnds
{
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

/// <summary>
/// Looks every second for fail-over tests whose time is over and ends them by a command of its own, so that routes and states follow without
/// anybody asking. Source: AWS, "Direct Connect Failover Test".
/// </summary>
public sealed class FailoverTestClock : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Engine engine;
    private readonly PeriodicTimer timer;
    private readonly Task looking;

    public FailoverTestClock(Engine engine, TimeProvider clock)
    {
        this.engine = engine;
        timer = new PeriodicTimer(Look, clock);
        looking = Run();
    }

    public async ValueTask DisposeAsync()
    {
        timer.Dispose();
        await looking.ConfigureAwait(false);
    }

    /// <summary>Ends what is overdue now, in every account and region.</summary>
    public static async Task EndOverdue(Engine engine)
    {
        DateTimeOffset now = engine.Now;
        foreach (Partition partition in engine.Published.Partitions.Values)
        {
            if (FailoverTestEnds.OverdueIn(partition, now).Any())
            {
                // One that cannot be kept is tried again with the next look.
                await engine.Execute(new Command(
                    new Caller(partition.Key, "", "failover-test"), "trunkline:EndFailoverTests", IsRead: false, IsDryRun: false, ClientToken: null,
                    () => "", context => FailoverTestEnds.EndOverdue(context), _ => "")).ConfigureAwait(false);
            }
        }
    }

    private async Task Run()
    {
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            await EndOverdue(engine).ConfigureAwait(false);
        }
    }
}
