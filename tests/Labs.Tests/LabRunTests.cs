namespace Trunkline.Tests.Labs;

/// <summary><c>trunkline lab run</c>, as a learner runs it.</summary>
public sealed class LabRunTests(Server server) : IClassFixture<Server>
{
    public static TheoryData<string> All =>
        [.. Directory.GetDirectories(Path.Combine(Repository.Root, "labs")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public void A_lab_has_a_network_expectations_and_a_page_with_a_picture(string lab)
    {
        string folder = Path.Combine(Repository.Root, "labs", lab);
        bool terraform = File.Exists(Path.Combine(folder, "network.tf"));
        Assert.True(terraform || (File.Exists(Path.Combine(folder, "build.sh")) && File.Exists(Path.Combine(folder, "destroy.sh"))));
        string page = File.ReadAllText(Path.Combine(folder, "README.md"));
        Assert.Matches("(?m)^# ", page);
        Assert.True(page.Contains("```mermaid", StringComparison.Ordinal) || page.Contains(".svg", StringComparison.Ordinal), "no picture");
        Assert.Contains($"trunkline lab run {lab[..2]}", page);
        string expectations = File.ReadAllText(Path.Combine(folder, "expect.yaml"));
        Assert.Contains("delivered", expectations);
        Assert.Contains("dropped", expectations);
        foreach (string change in Directory.GetFiles(folder, "step-*"))
        {
            string number = Path.GetFileNameWithoutExtension(change)["step-".Length..];
            Assert.True(File.Exists(Path.Combine(folder, $"expect-{number}.yaml")), $"{change} has no expectations");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_lab_runs_as_expected_each_step_flips_its_flows_only_and_nothing_is_left_behind(string lab)
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

    [Fact]
    public async Task A_kept_lab_shows_an_instance_that_knows_its_private_address_only()
    {
        Programs.Need("terraform");
        const string Account = "300000000005";
        (await server.Trunkline(Account, "lab", "run", "05", "--keep", "--account", Account)).Must();
        Ended inside = (await server.Trunkline(Account, "inside", "server")).Must();
        Assert.Contains("ip-10-0-1-171\n", inside.Output);
        Assert.Contains("eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001", inside.Output);
        Assert.Contains("inet 10.0.1.171/24", inside.Output);
        Assert.Equal(1, inside.Output.Split("inet 10.").Length - 1);
        Assert.DoesNotMatch(@"inet (?!10\.|127\.)", inside.Output);
        (await server.Trunkline(Account, "lab", "destroy", "05", "--account", Account)).Must();
        Assert.Equal(2, (await server.Trunkline(Account, "lab", "destroy", "05", "--account", Account)).ExitCode);
    }
}
