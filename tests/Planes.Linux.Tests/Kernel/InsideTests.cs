using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>Runs every <see cref="InsideFactAttribute"/> test in a child process with namespaces of its own: as root, and without.</summary>
public sealed class InsideTests(ITestOutputHelper output)
{
    private static readonly string[] s_unshare = ["unshare", "-n", "-m", "-p", "-f", "--mount-proc", "--kill-child"];

    [Fact]
    public Task As_root()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root");
        return Inside(s_unshare);
    }

    [Fact]
    public Task Rootless()
    {
        string[] user = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "12345", "--clear-groups"] : [];
        return Inside([.. user, s_unshare[0], "-U", "-r", .. s_unshare[1..]]);
    }

    private async Task Inside(string[] prefix)
    {
        Assert.SkipUnless(RuntimeInformation.IsOSPlatform(OSPlatform.Linux), "not Linux");
        Assert.SkipWhen(InsideFactAttribute.IsInside, "inside already");
        (int trial, string words) = await Run([.. prefix, "true"]);
        Assert.SkipUnless(trial == 0, $"namespaces are refused here: {words}");
        string self = Path.Combine(AppContext.BaseDirectory, "Planes.Linux.Tests");
        (int code, string text) = await Run([.. prefix, self, "-noColor", "-noLogo", "-showLiveOutput", "-parallelMode", "none", "-namespace", typeof(InsideTests).Namespace!]);
        output.WriteLine(text);
        Assert.True(code == 0, text);
        Assert.Contains("Failed: 0, Skipped: 2,", text, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Text)> Run(string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[InsideFactAttribute.Variable] = "1";
        start.Environment["HOME"] = Path.GetTempPath();
        start.WorkingDirectory = Path.GetTempPath();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text + await errors);
    }
}
