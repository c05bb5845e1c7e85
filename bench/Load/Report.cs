namespace Trunkline.Load;

/// <summary>All that was measured of one server.</summary>
/// <param name="Start">Milliseconds from process start to the first answered call, median of five.</param>
/// <param name="Memory">MiB resident, two seconds after the first answered call.</param>
internal sealed record Report(string Name, double Start, double Memory, IReadOnlyDictionary<string, Measured> Scenarios)
{
    private const int Starts = 5;
    private const double WarmUpSeconds = 4;

    public static async Task<Report> Of(string name, IReadOnlyList<string> command, Options options, bool forgives)
    {
        List<double> starts = [];
        double memory = 0;
        for (int i = 0; i < Starts; i++)
        {
            await InFolder(async data =>
            {
                using Peer peer = await Peer.Run(command, data);
                starts.Add(peer.Start.TotalMilliseconds);
                if (i == Starts - 1)
                {
                    await Task.Delay(TimeSpan.FromSeconds(2));
                    memory = peer.Memory;
                }
            });
        }

        Dictionary<string, Measured> measured = [];
        foreach (Scenario scenario in Trunkline.Load.Scenarios.All.Where(s => s.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
        {
            await InFolder(async data =>
            {
                using Peer peer = await Peer.Run(command, data);
                Func<long, byte[]> next = await scenario.Prepare(peer.Port);
                TimeSpan time = TimeSpan.FromSeconds(options.Seconds);
                TimeSpan warmUp = TimeSpan.FromSeconds(WarmUpSeconds);
                measured[scenario.Name] = await Meter.Run(peer.Port, options.Connections, warmUp, time, next, forgives);
            });
            Measured got = measured[scenario.Name];
            await Console.Error.WriteLineAsync(
                $"{name}: {scenario.Name}: {got.Rate:F1}/s, p50 {got.P50:F2} ms, p99 {got.P99:F2} ms, {got.Answers} answers"
                + (got.Mistakes == 0 ? "" : $", {got.Mistakes} of them 5xx"));
        }

        starts.Sort();
        return new Report(name, starts[Starts / 2], memory, measured);
    }

    private static async Task InFolder(Func<string, Task> work)
    {
        string data = Directory.CreateTempSubdirectory("trunkline-bench-").FullName;
        try
        {
            await work(data);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
