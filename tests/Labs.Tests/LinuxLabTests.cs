using System.Diagnostics;
using System.Text.Json.Nodes;

[assembly: AssemblyFixture(typeof(Trunkline.Tests.Labs.RootServer))]
[assembly: AssemblyFixture(typeof(Trunkline.Tests.Labs.RootlessServer))]

namespace Trunkline.Tests.Labs;

/// <summary>A server whose packets are real. It is asked to end, so that it takes its namespaces away.</summary>
public abstract class LinuxServer : Server
{
    /// <summary>What the plane needs and the host has not; null where nothing is missing.</summary>
    public string? Missing { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        try
        {
            await base.InitializeAsync();
        }
        catch (InvalidOperationException refusal) when (refusal.Message.Contains("is not installed", StringComparison.Ordinal))
        {
            Missing = refusal.Message;
        }
    }

    protected override void End(Process? process)
    {
        if (process is { HasExited: false })
        {
            using Process ask = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            ask.WaitForExit();
            if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

/// <summary>With root's rights.</summary>
public sealed class RootServer : LinuxServer
{
    protected override string[] Options => Environment.IsPrivilegedProcess ? ["--plane", "linux"] : [];
}

/// <summary>Without a right on the host.</summary>
public sealed class RootlessServer : LinuxServer
{
    protected override string[] Options => Environment.IsPrivilegedProcess ? ["--plane", "linux", "--rootless"] : ["--plane", "linux"];
}

/// <summary>Every lab that the plane carries, with real packets: what its expectations say is what the kernel does, and the model says the same.</summary>
internal static class LinuxLabs
{
    /// <summary>
    /// Load balancers, endpoints and what joins networks are in the model only: the plane names them as not carried and drops their packets.
    /// </summary>
    private static readonly string[] InTheModelOnly = ["08", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19"];

    public static TheoryData<string> Carried => [.. LabRunTests.All.Select(row => row.Data).Where(lab => !InTheModelOnly.Contains(lab[..2]))];

    public static async Task Passes(LinuxServer server, string lab)
    {
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        bool terraform = File.Exists(Path.Combine(Repository.Root, "labs", lab, "network.tf"));
        Programs.Need(terraform ? "terraform" : "aws");
        string account = "4000000000" + lab[..2];
        Ended ended = await server.Trunkline(account, "lab", "run", lab[..2], "--plane", "linux", "--account", account, "--json");
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        JsonArray stages = JsonNode.Parse(ended.Output)!["stages"]!.AsArray();
        Assert.All(stages, s => Assert.Equal(0, (int)s!["check"]!["failed"]!));
        Assert.All(stages, s => Assert.All(s!["check"]!["flows"]!.AsArray(), f => Assert.Empty(f!["differences"]!.AsArray())));
    }
}

public sealed class RootLabTests(RootServer server)
{
    public static TheoryData<string> Labs => LinuxLabs.Carried;

    [Theory]
    [MemberData(nameof(Labs))]
    public Task A_lab_passes_with_real_packets(string lab)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        return LinuxLabs.Passes(server, lab);
    }
}

public sealed class RootlessLabTests(RootlessServer server)
{
    public static TheoryData<string> Labs => LinuxLabs.Carried;

    [Theory]
    [MemberData(nameof(Labs))]
    public Task A_lab_passes_with_real_packets(string lab) => LinuxLabs.Passes(server, lab);
}
