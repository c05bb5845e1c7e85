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
