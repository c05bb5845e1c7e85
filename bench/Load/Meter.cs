using System.Diagnostics;

namespace Trunkline.Load;

/// <summary>What one scenario measured.</summary>
/// <param name="Rate">Answers a second over all connections.</param>
/// <param name="P50">Median time from sending a request to the end of its answer, milliseconds.</param>
/// <param name="P99">The same, 99th percentile.</param>
/// <param name="Mistakes">How many of the answers were the server's own mistakes (5xx); they count as answers, in its favour.</param>
internal sealed record Measured(double Rate, double P50, double P99, int Answers, long Mistakes);

/// <summary>A closed loop: each of N connections sends its next request when the last one is answered.</summary>
internal static class Meter
{
    /// <summary>A slow server is given this much more time, until each connection has had two answers.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>Runs a scenario for a warm-up that is not counted, then for the time that is.</summary>
    /// <param name="next">The n-th request; called from several threads.</param>
    /// <param name="forgives">Whether the server may make mistakes: a peer's are told, ours end the run.</param>
    /// <exception cref="InvalidOperationException">An answer was not 200: the measurement would be of refusals.</exception>
    public static async Task<Measured> Run(int port, int connections, TimeSpan warmUp, TimeSpan time, Func<long, byte[]> next, bool forgives)
    {
        long number = 0;
        long mistakes = 0;
        long begin = Stopwatch.GetTimestamp();
        long counted = begin + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
        long end = counted + (long)(time.TotalSeconds * Stopwatch.Frequency);
        long latest = end + (long)(LongestWait.TotalSeconds * Stopwatch.Frequency);
        long least = connections * 2;
        long answers = 0;
        Task<List<long>>[] loops = new Task<List<long>>[connections];
        for (int i = 0; i < connections; i++)
        {
            loops[i] = Task.Run(async () =>
            {
                List<long> taken = [];
                using Connection connection = new(port);
                while (Stopwatch.GetTimestamp() is long sent && (sent < end || (Volatile.Read(ref answers) < least && sent < latest)))
                {
                    Answer answer = await connection.Ask(next(Interlocked.Increment(ref number)));
                    if (answer.Status >= 500 && forgives)
                    {
                        Interlocked.Increment(ref mistakes);
                    }
                    else if (answer.Status != 200)
                    {
                        throw new InvalidOperationException($"answered {answer}");
                    }

                    // By its end, so that an answer slower than the warm-up counts too.
                    long ended = Stopwatch.GetTimestamp();
                    if (ended >= counted)
                    {
                        taken.Add(ended - sent);
                        Interlocked.Increment(ref answers);
                    }
                }

                return taken;
            });
        }

        long[] all = [.. (await Task.WhenAll(loops)).SelectMany(l => l)];
        double seconds = Stopwatch.GetElapsedTime(counted).TotalSeconds;
        Array.Sort(all);
        return new Measured(all.Length / seconds, Milliseconds(all, 0.50), Milliseconds(all, 0.99), all.Length, mistakes);
    }

    private static double Milliseconds(long[] sorted, double part) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))] * 1000.0 / Stopwatch.Frequency;
}
