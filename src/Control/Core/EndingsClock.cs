using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control.DirectConnect;
using Trunkline.Control.Elbv2;

namespace Trunkline.Control;

/// <summary>Something that ends by itself when its time is over.</summary>
/// <param name="Action">What the command that ends it is called in the audit log.</param>
/// <param name="RequestId">Who asks for it there.</param>
/// <param name="IsAny">Whether an account and region has some of them at a time.</param>
/// <param name="End">Ends those of the caller's account and region; says how many.</param>
internal sealed record Overdue(string Action, string RequestId, Func<Partition, DateTimeOffset, bool> IsAny, Func<CommandContext, int> End);

/// <summary>
/// Looks every second for what is over (fail-over tests, the draining of targets) and ends it by a command of its own, so that routes, connections
/// and states follow without anybody asking.
/// </summary>
public sealed class EndingsClock : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly ImmutableArray<Overdue> Kinds = [FailoverTestEnds.Kind, DrainingEnds.Kind];

    private readonly Engine engine;
    private readonly PeriodicTimer timer;
    private readonly Task looking;

    public EndingsClock(Engine engine, TimeProvider clock)
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

    /// <summary>Ends what is over now, in every account and region.</summary>
    public static async Task EndOverdue(Engine engine)
    {
        DateTimeOffset now = engine.Now;
        foreach (Partition partition in engine.Published.Partitions.Values)
        {
            foreach (Overdue kind in Kinds.Where(k => k.IsAny(partition, now)))
            {
                // One that cannot be kept is tried again with the next look.
                await engine.Execute(new Command(
                    new Caller(partition.Key, "", kind.RequestId), kind.Action, IsRead: false, IsDryRun: false, ClientToken: null,
                    () => "", context => kind.End(context), _ => "")).ConfigureAwait(false);
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
