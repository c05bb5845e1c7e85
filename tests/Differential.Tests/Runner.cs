using System.Diagnostics;
using System.Globalization;
using Trunkline.Tests.Differential.Cases;

namespace Trunkline.Tests.Differential;

/// <summary>How long a run is. Every number can be given as an environment variable.</summary>
/// <param name="Clouds">At most so many (<c>TRUNKLINE_DIFFERENTIAL_CLOUDS</c>).</param>
/// <param name="Flows">Of each cloud, over all phases (<c>TRUNKLINE_DIFFERENTIAL_FLOWS</c>).</param>
/// <param name="Seed">Of the first cloud; the next has the next (<c>TRUNKLINE_DIFFERENTIAL_SEED</c>).</param>
/// <param name="Seconds">No cloud is begun after them (<c>TRUNKLINE_DIFFERENTIAL_SECONDS</c>).</param>
/// <param name="Failures">Stop after so many disagreements of different kinds (<c>TRUNKLINE_DIFFERENTIAL_FAILURES</c>).</param>
/// <param name="Shrink">Seconds to make a failing case small (<c>TRUNKLINE_DIFFERENTIAL_SHRINK</c>).</param>
internal sealed record RunLength(int Clouds, int Flows, int Seed, int Seconds, int Failures, int Shrink)
{
    public static RunLength FromEnvironment(RunLength otherwise) => new(
        Number("CLOUDS", otherwise.Clouds), Number("FLOWS", otherwise.Flows), Number("SEED", otherwise.Seed), Number("SECONDS", otherwise.Seconds),
        Number("FAILURES", otherwise.Failures), Number("SHRINK", otherwise.Shrink));

    public static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable("TRUNKLINE_DIFFERENTIAL_" + name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}

/// <summary>Runs cloud after cloud and says what does not agree. Must run where network namespaces may be made.</summary>
internal sealed class Runner(RunLength length, string directory, Action<string> say)
{
    private const int Phases = 4;

    private readonly Tally total = new();
    private readonly Dictionary<string, (int Seed, int Count)> found = new(StringComparer.Ordinal);

    /// <returns>How many kinds of disagreement there were.</returns>
    public int Go()
    {
        long start = Stopwatch.GetTimestamp();
        say($"{length.Clouds} clouds of {length.Flows} flows from seed {length.Seed}");
        for (int n = 0; n < length.Clouds && Stopwatch.GetElapsedTime(start).TotalSeconds < length.Seconds && found.Count < length.Failures; n++)
        {
            One(length.Seed + n, start);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        int disagreements = found.Values.Sum(f => f.Count);
        say($"done in {took.TotalSeconds:0} s: {total.Clouds} clouds, {total.Flows} flows ({total.Delivered} delivered with their answers), "
            + $"{total.Later} later packets of connections, {total.Short} by short ways, {total.Skipped} skipped, {disagreements} disagreements of {found.Count} kinds");
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

    private void One(int seed, long start)
    {
        Tally tally = new() { Clouds = 1 };
        Disagreement? wrong = Try(CloudCase.Of(seed, length.Flows, Phases), directory, tally);
        total.Add(tally);
        if (total.Clouds % 50 == 0)
        {
            say($"{total.Clouds} clouds, {total.Flows} flows, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, {found.Count} kinds of disagreement");
        }

        if (wrong is not null)
        {
            Report(seed, wrong);
        }
    }

    private void Report(int seed, Disagreement wrong)
    {
        if (found.TryGetValue(wrong.Sign, out (int Seed, int Count) known))
        {
            found[wrong.Sign] = (known.Seed, known.Count + 1);
            return;
        }

        found[wrong.Sign] = (seed, 1);
        CloudCase whole = CloudCase.Of(seed, length.Flows, Phases);
        Disagreement last = wrong;
        CloudCase small = length.Shrink == 0 ? whole : Shrinking.Shrink(
            whole,
            part =>
            {
                if (Try(part, directory, new Tally()) is not { } again || again.Sign != wrong.Sign)
                {
                    return false;
                }

                last = again;
                return true;
            },
            TimeSpan.FromSeconds(length.Shrink));
        say($"\n=== seed {seed}: {wrong.Sign}\n{(length.Shrink == 0 ? "" : small.ToString())}\n{last.Text}");
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
