namespace Trunkline.Tests.Differential;

/// <summary>
/// The model and this machine's kernel must agree on every packet. A bounded number in the ordinary run; a long run is
/// <c>TRUNKLINE_DIFFERENTIAL_CLOUDS=1000 TRUNKLINE_DIFFERENTIAL_FLOWS=100 TRUNKLINE_DIFFERENTIAL_SECONDS=3600 dotnet run --project
/// tests/Differential.Tests</c>, and a seed replays with <c>TRUNKLINE_DIFFERENTIAL_SEED=n TRUNKLINE_DIFFERENTIAL_CLOUDS=1</c>;
/// <c>TRUNKLINE_DIFFERENTIAL_LOUD=1</c> shows progress.
/// </summary>
public sealed class DifferentialTests
{
    private const string InsideMethod = "Trunkline.Tests.Differential.DifferentialTests.Inside_random_clouds_agree";

    /// <summary>Of the ordinary run, each process.</summary>
    private static readonly RunLength Ordinary = new(Clouds: 1000, Flows: 100, Seed: 1, Seconds: 12, Failures: 3, Shrink: 30);

    [Fact]
    public void Random_clouds_agree_as_root()
    {
        Assert.SkipUnless(Inside.IsRoot && !Inside.IsHere, "needs root");
        Outside(asRoot: true);
    }

    [Fact]
    public void Random_clouds_agree_without_root()
    {
        Assert.SkipUnless(!Inside.IsHere, "runs outside");
        Outside(asRoot: false);
    }

    [Fact]
    public void Inside_random_clouds_agree()
    {
        Assert.SkipUnless(Inside.IsHere, "runs inside namespaces of its own");
        List<string> said = [];
        string directory = Directory.CreateTempSubdirectory("trunkline-differential-").FullName;
        RunLength length = RunLength.FromEnvironment(Ordinary);
        int wrong = new Runner(length, directory, Say).Go();
        Assert.True(wrong == 0, string.Join('\n', said));

        void Say(string line)
        {
            said.Add(line);
            Console.WriteLine(line);
        }
    }

    /// <summary>In as many processes as are wanted (<c>TRUNKLINE_DIFFERENTIAL_PROCESSES</c>), which share the clouds.</summary>
    private static void Outside(bool asRoot)
    {
        const int SeedsApart = 1_000_000;
        int processes = RunLength.Number("PROCESSES", 2);
        RunLength whole = RunLength.FromEnvironment(Ordinary);
        Task<(int Code, string Said)>[] runs =
        [
            .. Enumerable.Range(0, Math.Min(processes, whole.Clouds)).Select(n => Task.Run(() => Inside.Test(InsideMethod, asRoot, new Dictionary<string, string>
            {
                ["TRUNKLINE_DIFFERENTIAL_CLOUDS"] = $"{(whole.Clouds + processes - 1 - n) / processes}",
                ["TRUNKLINE_DIFFERENTIAL_SEED"] = $"{whole.Seed + (n * SeedsApart)}",
            }))),
        ];
        Task.WaitAll(runs);
        foreach ((int code, string said) in runs.Select(r => r.Result))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(said);
            Assert.True(code == 0 && said.Contains(" 0 disagreements", StringComparison.Ordinal), said);
        }
    }
}
