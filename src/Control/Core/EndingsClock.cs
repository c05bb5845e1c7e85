using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Trunkline.Cloud;
using Trunkline.Control.DirectConnect;
using Trunkline.Control.Ec2;
using Trunkline.Control.Elbv2;
using Trunkline.Control.Ram;

namespace Trunkline.Control;

/// <summary>Something that ends by itself when its time is over.</summary>
/// <param name="Action">What the command that ends it is called in the audit log.</param>
/// <param name="RequestId">Who asks for it there.</param>
/// <param name="IsAny">Whether an account and region has some of them at a time.</param>
/// <param name="End">Ends those of the caller's account and region; says how many.</param>
internal sealed record Overdue(string Action, string RequestId, Func<Partition, DateTimeOffset, bool> IsAny, Func<CommandContext, int> End);

/// <summary>
/// Looks every second for what is over by the cloud's clock (fail-over tests, the draining of targets, requests for peerings) and ends it by a
/// command of its own, so that routes, connections and states follow without anybody asking. Whoever moves the clock ends it in the same command
/// (<see cref="Own.WorldChange"/>).
/// </summary>
public sealed class EndingsClock : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly ImmutableArray<Overdue> Kinds = [FailoverTestEnds.Kind, DrainingEnds.Kind, PeeringEnds.Kind];

    /// <summary>What every answer tells by itself, and nothing follows: written down only where the clock moves, for it may go back.</summary>
    private static readonly ImmutableArray<Overdue> Told = [TransferEnds.Kind, InvitationEnds.Kind];

    private readonly Engine engine;
    private readonly Action<string> tell;
    private readonly PeriodicTimer timer;
    private readonly Task looking;

    /// <param name="tell">Takes a line when something could not be ended for a mistake of ours; once for each.</param>
    public EndingsClock(Engine engine, TimeProvider clock, Action<string> tell)
    {
        this.engine = engine;
        this.tell = tell;
        timer = new PeriodicTimer(Look, clock);
        looking = Run();
    }

    public async ValueTask DisposeAsync()
    {
        timer.Dispose();
        await looking.ConfigureAwait(false);
    }

    /// <summary>Ends what is over now, in every account and region.</summary>
    /// <param name="tell">Takes a line for a command that threw; the others are carried out all the same.</param>
    [SuppressMessage("Design", "CA1031", Justification = "One command's mistake must not keep the others from their end.")]
    public static async Task EndOverdue(Engine engine, Action<string> tell)
    {
        DateTimeOffset now = engine.Now;
        foreach (Partition partition in engine.Published.Partitions.Values)
        {
            foreach (Overdue kind in Kinds.Where(k => k.IsAny(partition, now)))
            {
                try
                {
                    // One that cannot be kept is tried again with the next look.
                    await engine.Execute(new Command(
                        new Caller(partition.Key, "", kind.RequestId), kind.Action, IsRead: false, IsDryRun: false, ClientToken: null,
                        () => "", context => kind.End(context), _ => "")).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    tell($"{kind.Action} in {partition.Key.Account} {partition.Key.Region}: {e.GetType().Name}: {e.Message}");
                }
            }
        }
    }

    /// <summary>Ends what is over by a command's own time, in every account and region and as a part of that command.</summary>
    internal static void EndOverdue(CommandContext context)
    {
        foreach (Partition partition in context.Draft.Next.Partitions.Values)
        {
            foreach (Overdue kind in Kinds.Concat(Told).Where(k => k.IsAny(partition, context.Now)))
            {
                _ = kind.End(context.At(partition.Key));
            }
        }
    }

    private async Task Run()
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            await EndOverdue(engine, line =>
            {
                if (told.Add(line))
                {
                    tell(line);
                }
            }).ConfigureAwait(false);
        }
    }
}
