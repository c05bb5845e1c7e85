using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Trunkline.Tests.Labs;

/// <summary>
/// Follows README.md word by word: runs every command of its console blocks in one shell, in order, and every Python block, and holds what they
/// print against what the page shows. Ids, ports and random addresses may differ. A YAML block is the file that its first line names.
/// </summary>
public sealed partial class ReadmeTests : IDisposable
{
    private const string Up = "./trunkline up";
    private readonly string _folder = Directory.CreateTempSubdirectory("trunkline-readme-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_command_prints_what_the_page_shows()
    {
        Programs.Need("bash", "aws", "terraform", "python3", "nft", "unshare", "curl");
        List<List<(string Text, IReadOnlyList<string> Shown)>> servers = [];
        foreach ((string Text, IReadOnlyList<string> Shown) command in Commands())
        {
            if (command.Text.StartsWith(Up, StringComparison.Ordinal))
            {
                servers.Add([]);
            }

            servers[^1].Add(command);
        }

        Assert.Contains(servers, s => s[0].Text == Up);
        File.CreateSymbolicLink(Path.Combine(_folder, "trunkline"), Path.Combine(Repository.Root, "trunkline"));
        await Programs.Run("cp", ["-r", Path.Combine(Repository.Root, "labs"), _folder], _folder, new Dictionary<string, string>());

        foreach ((_, string text) in Blocks().Where(b => b.Language == "yaml"))
        {
            Assert.StartsWith("# ", text);
            await File.WriteAllTextAsync(Path.Combine(_folder, text.Split('\n')[0][2..]), text, TestContext.Current.CancellationToken);
        }

        string url = $"http://127.0.0.1:{FreePort()}";
        Dictionary<string, string> environment = Surroundings(url);
        foreach (List<(string Text, IReadOnlyList<string> Shown)> commands in servers)
        {
            await Follow(commands, url, environment);
        }
    }

    /// <summary>Starts a server as the first command says, runs the others beside it, and stops it as Ctrl-C does.</summary>
    private async Task Follow(List<(string Text, IReadOnlyList<string> Shown)> commands, string url, Dictionary<string, string> environment)
    {
        using Process server = Programs.Start(
            "bash", ["-c", $"exec {commands[0].Text} --port {new Uri(url).Port}"], _folder, environment);
        try
        {
            StringBuilder greeting = new();
            server.OutputDataReceived += (_, line) => greeting.AppendLine(line.Data);
            server.ErrorDataReceived += (_, line) => greeting.AppendLine(line.Data);
            server.BeginOutputReadLine();
            server.BeginErrorReadLine();
            await UntilItAnswers(url, server, greeting);
            Ended session = await Programs.Run("bash", ["-c", Script(commands)], _folder, environment);
            Compare(commands, session.Output, greeting.ToString());
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Every_block_is_run_or_is_a_file()
    {
        string[] languages = [.. Blocks().Select(b => b.Language).Distinct()];
        Assert.All(languages, l => Assert.Contains(l, new[] { "console", "python", "yaml" }));
    }

    [Fact]
    public void Every_link_to_a_file_leads_somewhere()
    {
        foreach (Match link in Link().Matches(Page()))
        {
            string target = link.Groups[1].Value.Split('#')[0];
            Assert.True(target.StartsWith("http", StringComparison.Ordinal) || Path.Exists(Path.Combine(Repository.Root, target)), target);
        }
    }

    private static string Page() => File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    private static IEnumerable<(string Language, string Text)> Blocks() =>
        Block().Matches(Page()).Select(m => (m.Groups[1].Value, m.Groups[2].Value));

    // "$ " begins a command, "> " goes on with it; other lines are what it prints, and what `lab run` says that it runs itself. A Python block is a
    // command that prints nothing shown.
    private static List<(string Text, IReadOnlyList<string> Shown)> Commands()
    {
        List<(string Text, IReadOnlyList<string> Shown)> commands = [];
        foreach ((string language, string text) in Blocks())
        {
            if (language == "python")
            {
                commands.Add(($"python3 - <<'PYTHON'\n{text}PYTHON", []));
            }

            if (language != "console")
            {
                continue;
            }

            int before = commands.Count;
            foreach (string line in text.TrimEnd('\n').Split('\n'))
            {
                bool echoed = commands.Count > before && commands[^1].Text.Contains(" lab run ", StringComparison.Ordinal);
                if (line.StartsWith("$ ", StringComparison.Ordinal) && !echoed)
                {
                    commands.Add((line[2..], new List<string>()));
                }
                else if (line.StartsWith("> ", StringComparison.Ordinal))
                {
                    commands[^1] = (commands[^1].Text + "\n" + line[2..], commands[^1].Shown);
                }
                else
                {
                    ((List<string>)commands[^1].Shown).Add(line);
                }
            }
        }

        return commands;
    }

    private Dictionary<string, string> Surroundings(string url)
    {
        Dictionary<string, string> environment = new()
        {
            ["TRUNKLINE_ENDPOINT"] = url,
            ["XDG_DATA_HOME"] = Path.Combine(_folder, "data"),
            ["XDG_STATE_HOME"] = Path.Combine(_folder, "state"),
            ["AWS_CONFIG_FILE"] = "/dev/null",
            ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
            ["AWS_PAGER"] = "",
            ["NO_PROXY"] = "127.0.0.1",
        };
        if (TerraformProject.Mirror() is { } mirror)
        {
            environment["TF_CLI_CONFIG_FILE"] = TerraformProject.Configuration(mirror, _folder);
        }

        return environment;
    }

    private static string Script(IReadOnlyList<(string Text, IReadOnlyList<string> Shown)> commands)
    {
        StringBuilder script = new("exec 2>&1\n");
        foreach ((int i, string text) in commands.Select((c, i) => (i, c.Text)).Skip(1))
        {
            script.Append($"echo '@@begin {i}'\n{text}\necho \"@@end {i} $?\"\n");
        }

        return script.ToString();
    }

    private static void Compare(IReadOnlyList<(string Text, IReadOnlyList<string> Shown)> commands, string session, string greeting)
    {
        for (int i = 0; i < commands.Count; i++)
        {
            (string text, IReadOnlyList<string> shown) = commands[i];
            string printed = greeting;
            if (i > 0)
            {
                Match run = Regex.Match(session, $@"@@begin {i}\n(.*?)@@end {i} (\d+)", RegexOptions.Singleline);
                Assert.True(run.Success, $"`{text}` was not reached:\n{session}");
                printed = run.Groups[1].Value;
                Assert.True(run.Groups[2].Value == "0", $"`{text}` ended with {run.Groups[2].Value}:\n{printed}");
            }

            IReadOnlyList<string> missing = PrintedText.Missing(shown, printed);
            Assert.True(missing.Count == 0, $"`{text}` does not print\n{string.Join('\n', missing)}\nbut\n{printed}");
        }
    }

    private static async Task UntilItAnswers(string url, Process server, StringBuilder said)
    {
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await http.GetAsync(url + "/_trunkline/status", TestContext.Current.CancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!server.HasExited && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(5))
            {
                // Not listening yet: it may be building.
            }

            Assert.False(server.HasExited, said.ToString());
            await Task.Delay(100);
        }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
