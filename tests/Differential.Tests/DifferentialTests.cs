namespace Trunkline.Tests.Differential;

/// <summary>
/// The model and this machine's kernel must agree on every packet. A bounded number in the ordinary run; a long run is
/// <c>TRUNKLINE_DIFFERENTIAL_CLOUDS=1000 TRUNKLINE_DIFFERENTIAL_FLOWS=100 TRUNKLINE_DIFFERENTIAL_SECONDS=3600 dotnet run --project
/// tests/Differential.Tests</c>, and a seed replays with <c>TRUNKLINE_DIFFERENTIAL_SEED=n TRUNKLINE_DIFFERENTIAL_CLOUDS=1</c>.
/// </summary>
public sealed class DifferentialTests
{
    private const string InsideMethod = "Trunkline.Tests.Differential.DifferentialTests.Inside_random_clouds_agree";

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
        RunLength length = RunLength.FromEnvironment(new RunLength(Clouds: 1000, Flows: 100, Seed: 1, Seconds: 15, Workers: 2, Failures: 3, Shrink: 30));
        int wrong = new Runner(length, directory, Say).Go();
        Assert.True(wrong == 0, string.Join('\n', said));

        void Say(string line)
        {
            said.Add(line);
            Console.WriteLine(line);
        }
    }

    private static void Outside(bool asRoot)
    {
        (int code, string said) = Inside.Test(InsideMethod, asRoot, new Dictionary<string, string>());
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.True(code == 0, said);
        Assert.Contains("0 disagreements", said);
    }
}
