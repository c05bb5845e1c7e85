namespace Trunkline.Tests.Labs;

/// <summary>
/// A whole run of a lab: every stage as expected, no plan after an apply, each step flips its own flows, the page shows what is printed, and nothing is
/// left. Most of a run is waiting (Terraform's provider looks at states every few seconds), so the labs are dealt out to classes that run side by side.
/// </summary>
internal static class LabRun
{
    private const int Hands = 4;

    /// <summary>Every fourth lab.</summary>
    /// <param name="first">The first one's place among all, from 0.</param>
    public static TheoryData<string> Dealt(int first) => [.. LabRunTests.All.Select(row => row.Data).Where((_, place) => place % Hands == first)];

    public static async Task Passes(Server server, string lab)
    {
        bool terraform = File.Exists(Path.Combine(Repository.Root, "labs", lab, "network.tf"));
        Programs.Need(terraform ? "terraform" : "aws");
        string account = "2000000000" + lab[..2];
        IReadOnlyList<string> before = await server.Inventory(account);
        Ended ended = await server.Trunkline(account, "lab", "run", lab[..2], "--verify", "--account", account);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        string[] stages = ended.Output.Split("\n-- ");
        Assert.Equal(1 + Directory.GetFiles(Path.Combine(Repository.Root, "labs", lab), "step-*").Length, stages.Length);
        Assert.All(stages, s => Assert.Contains(" as expected, 0 not\n", s));
        IEnumerable<string> flips = LabFlips.Of.GetValueOrDefault(lab, []).Select(names => string.Join('\n', names.Order(StringComparer.Ordinal)));
        Assert.Equal(flips, stages.Skip(1).Select(Flipped));
        Assert.Equal(before, await server.Inventory(account));
        IReadOnlyList<IReadOnlyList<string>> shown = PrintedText.Blocks(await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "labs", lab, "README.md"), TestContext.Current.CancellationToken));
        Assert.NotEmpty(shown);
        string[] missing = [.. shown.SelectMany(block => PrintedText.Missing(block, ended.Output))];
        Assert.True(missing.Length == 0, $"the page shows\n{string.Join('\n', missing)}\nand the run printed\n{ended.Output}");
    }

    /// <summary>The flows that a stage says it flipped, a line each.</summary>
    private static string Flipped(string stage) => string.Join(
        '\n',
        stage.Split('\n').Where(l => l.StartsWith("flipped: ", StringComparison.Ordinal)).Select(l => l["flipped: ".Length..]).Order(StringComparer.Ordinal));
}

/// <summary>Labs 01, 05, 09 …</summary>
public sealed class LabRunFirstTests(Server server) : IClassFixture<Server>
{
    public static TheoryData<string> Labs => LabRun.Dealt(0);

    [Theory]
    [MemberData(nameof(Labs))]
    public Task A_lab_runs_as_expected_and_nothing_is_left_behind(string lab) => LabRun.Passes(server, lab);
}

/// <summary>Labs 02, 06, 10 …</summary>
public sealed class LabRunSecondTests(Server server) : IClassFixture<Server>
{
    public static TheoryData<string> Labs => LabRun.Dealt(1);

    [Theory]
    [MemberData(nameof(Labs))]
    public Task A_lab_runs_as_expected_and_nothing_is_left_behind(string lab) => LabRun.Passes(server, lab);
}

/// <summary>Labs 03, 07, 11 …</summary>
public sealed class LabRunThirdTests(Server server) : IClassFixture<Server>
{
    public static TheoryData<string> Labs => LabRun.Dealt(2);

    [Theory]
    [MemberData(nameof(Labs))]
    public Task A_lab_runs_as_expected_and_nothing_is_left_behind(string lab) => LabRun.Passes(server, lab);
}

/// <summary>Labs 04, 08, 12 …</summary>
public sealed class LabRunFourthTests(Server server) : IClassFixture<Server>
{
    public static TheoryData<string> Labs => LabRun.Dealt(3);

    [Theory]
    [MemberData(nameof(Labs))]
    public Task A_lab_runs_as_expected_and_nothing_is_left_behind(string lab) => LabRun.Passes(server, lab);
}
