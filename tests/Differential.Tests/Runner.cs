using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Trunkline.Tests.Differential.Cases;

namespace Trunkline.Tests.Differential;

/// <summary>How long a run is. Every number can be given as an environment variable.</summary>
/// <param name="Clouds">At most so many (<c>TRUNKLINE_DIFFERENTIAL_CLOUDS</c>).</param>
/// <param name="Flows">Of each cloud, over all phases (<c>TRUNKLINE_DIFFERENTIAL_FLOWS</c>).</param>
/// <param name="Seed">Of the first cloud; the next has the next (<c>TRUNKLINE_DIFFERENTIAL_SEED</c>).</param>
/// <param name="Seconds">No cloud is begun after them (<c>TRUNKLINE_DIFFERENTIAL_SECONDS</c>).</param>
/// <param name="Workers">Clouds at the same time (<c>TRUNKLINE_DIFFERENTIAL_WORKERS</c>).</param>
/// <param name="Failures">Stop after so many disagreements of different kinds (<c>TRUNKLINE_DIFFERENTIAL_FAILURES</c>).</param>
/// <param name="Shrink">Seconds to make a failing case small (<c>TRUNKLINE_DIFFERENTIAL_SHRINK</c>).</param>
internal sealed record RunLength(int Clouds, int Flows, int Seed, int Seconds, int Workers, int Failures, int Shrink)
{
    public static RunLength FromEnvironment(RunLength otherwise) => new(
        Number("CLOUDS", otherwise.Clouds), Number("FLOWS", otherwise.Flows), Number("SEED", otherwise.Seed), Number("SECONDS", otherwise.Seconds),
        Number("WORKERS", otherwise.Workers), Number("FAILURES", otherwise.Failures), Number("SHRINK", otherwise.Shrink));

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable("TRUNKLINE_DIFFERENTIAL_" + name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}

/// <summary>Runs cloud after cloud and says what does not agree. Must run where network namespaces may be made.</summary>
internal sealed class Runner(RunLength length, string directory, Action<string> say)
{
    private const int Phases = 4;

    private readonly Tally total = new();
    private readonly ConcurrentDictionary<string, (int Seed, int Count)> found = new();
    private readonly Lock gate = new();
    private int next = -1;

    /// <returns>How many kinds of disagreement there were.</returns>
    public int Go()
    {
        long start = Stopwatch.GetTimestamp();
        say($"{length.Clouds} clouds of {length.Flows} flows from seed {length.Seed}, {length.Workers} at a time");
        Thread[] workers = [.. Enumerable.Range(0, length.Workers).Select(n => new Thread(() => Work(n, start)))];
        Array.ForEach(workers, w => w.Start());
        Array.ForEach(workers, w => w.Join());
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        say($"done in {took.TotalSeconds:0} s: {total.Clouds} clouds, {total.Flows} flows ({total.Delivered} delivered with their answers), "
            + $"{total.Later} later packets of connections, {total.Skipped} skipped, {found.Values.Sum(f => f.Count)} disagreements of {found.Count} kinds");
        foreach ((string code, int count) in total.Codes)
        {
            say($"  {count,7} {code}");
        }

        foreach ((string sign, (int seed, int count)) in found.OrderByDescending(f => f.Value.Count))
        {
            say($"  DISAGREE {count} times, first at seed {seed}: {sign}");
        }

        return found.Count;
    }

    private void Work(int worker, long start)
    {
        while (Interlocked.Increment(ref next) is int n && n < length.Clouds
            && Stopwatch.GetElapsedTime(start).TotalSeconds < length.Seconds && found.Count < length.Failures)
        {
            int seed = length.Seed + n;
            Tally tally = new();
            Disagreement? wrong = Try(CloudCase.Of(seed, length.Flows, Phases), Path.Combine(directory, $"w{worker}"), tally);
            lock (gate)
            {
                tally.Clouds = 1;
                total.Add(tally);
                if (total.Clouds % 50 == 0)
                {
                    say($"{total.Clouds} clouds, {total.Flows} flows, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, {found.Count} kinds of disagreement");
                }
            }

            if (wrong is not null)
            {
                Report(worker, seed, wrong);
            }
        }
    }

    private void Report(int worker, int seed, Disagreement wrong)
    {
        (int Seed, int Count) known = found.AddOrUpdate(wrong.Sign, (seed, 1), (_, k) => (k.Seed, k.Count + 1));
        if (known.Count > 1)
        {
            return;
        }

        string place = Path.Combine(directory, $"w{worker}");
        CloudCase whole = CloudCase.Of(seed, length.Flows, Phases);
        Disagreement last = wrong;
        CloudCase small = length.Shrink == 0 ? whole : Shrinking.Shrink(
            whole,
            part =>
            {
                if (Try(part, place, new Tally()) is not { } again || again.Sign != wrong.Sign)
                {
                    return false;
                }

                last = again;
                return true;
            },
            TimeSpan.FromSeconds(length.Shrink));
        lock (gate)
        {
            say($"\n=== seed {seed}: {wrong.Sign}\n{(length.Shrink == 0 ? "" : small.ToString())}\n{last.Text}");
        }
    }

    private static Disagreement? Try(CloudCase cloud, string place, Tally tally)
    {
        try
        {
            using Field field = new(place);
            return new Run(field, tally).Carry(cloud);
        }
        catch (Exception wrong) when (wrong is not OutOfMemoryException)
        {
            return new Disagreement($"{wrong.GetType().Name}: {wrong.Message.Split('\n')[0]}", wrong.ToString());
        }
    }
}
