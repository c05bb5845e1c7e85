using System.Diagnostics;
using System.Text.Json.Nodes;
using Trunkline.Planes.Linux.Holder;
using Trunkline.Tests.Planes.Linux.Agent;

namespace Trunkline.Tests.Planes.Linux.Server;

/// <summary>Which plane a host gets, and what it is told: a host without tools, and one where the namespaces are refused.</summary>
public sealed class ChoiceTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("trunkline-choice-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Linux_is_refused_in_one_line_with_the_consequence_where_a_tool_is_missing()
    {
        using Process process = Up("linux", path: "/nonexistent");
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(2, process.ExitCode);
        Assert.StartsWith("trunkline: --plane linux does not work here: `unshare` is not installed (util-linux): no namespace can be made", error,
            StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Linux_is_refused_in_the_kernels_words_where_namespaces_are()
    {
        string tools = Tools("echo 'unshare: unshare failed: Operation not permitted' >&2; exit 1");
        using Process process = Up("linux", $"{tools}:{Environment.GetEnvironmentVariable("PATH")}");
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("no namespace can be made: unshare: unshare failed: Operation not permitted", error, StringComparison.Ordinal);
        Assert.Empty(ProcessTable.WithArguments(PlaneHolder.Name, new PlaneDirectory(data).Root));
    }

    [Fact]
    public async Task Auto_takes_the_model_there_and_says_why()
    {
        using Process process = Up("auto", path: "/nonexistent");
        try
        {
            JsonNode said = JsonNode.Parse((await process.StandardOutput.ReadLineAsync())!)!;
            Assert.Equal("model", (string?)said["plane"]);
            Assert.StartsWith("chosen since real packets do not work here: `unshare` is not installed", (string?)said["planeWhy"], StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Auto_takes_linux_where_it_works_and_without_data_nothing_outlives_the_server()
    {
        using Process process = Up("auto", Environment.GetEnvironmentVariable("PATH")!, "--ephemeral", "--rootless");
        string directory;
        try
        {
            JsonNode said = JsonNode.Parse((await process.StandardOutput.ReadLineAsync())!)!;
            Assert.Equal("linux", (string?)said["plane"]);
            Assert.Equal("rootless, chosen since this kernel carries it", (string?)said["planeWhy"]);
            directory = new PlaneDirectory(Path.Combine(Path.GetTempPath(), $"trunkline-up-{process.Id}")).Root;
            Assert.NotEmpty(ProcessTable.WithArguments(PlaneHolder.Name, directory));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        long deadline = Environment.TickCount64 + 10_000;
        while (ProcessTable.WithArguments(PlaneHolder.Name, directory).Any())
        {
            Assert.True(Environment.TickCount64 < deadline, "the holder outlives a server that keeps nothing");
            await Task.Delay(20);
        }

        // The next server that keeps nothing would sweep it away.
        Directory.Delete(Path.GetDirectoryName(directory)!, recursive: true);
    }

    private Process Up(string plane, string path, params string[] more)
    {
        string[] where = more.Contains("--ephemeral") ? more : ["--data", data, "--rootless"];
        ProcessStartInfo start = new(Dotnet(), [.. ScratchPlane.Program[1..], "up", "--plane", plane, "--port", "0", "--json", .. where])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = path;
        return Process.Start(start)!;
    }

    /// <summary>A directory whose unshare does something else.</summary>
    private string Tools(string unshare)
    {
        string directory = Directory.CreateDirectory(Path.Combine(data, "tools")).FullName;
        string file = Path.Combine(directory, "unshare");
        File.WriteAllText(file, $"#!/bin/sh\n{unshare}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return directory;
    }

    private static string Dotnet() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, ScratchPlane.Program[0])).First(File.Exists);
}
