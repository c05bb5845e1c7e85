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
    public Task Rootless() => Inside([s_unshare[0], "-U", "-r", .. s_unshare[1..]]);

    private async Task Inside(string[] prefix)
    {
        Assert.SkipUnless(RuntimeInformation.IsOSPlatform(OSPlatform.Linux), "not Linux");
        Assert.SkipWhen(InsideFactAttribute.IsInside, "inside already");
        Needs.Program("nc", "netcat-openbsd");
        string folder = Directory.CreateTempSubdirectory("trunkline-inside-").FullName;
        if (OperatingSystem.IsLinux())
        {
            // The user of the rootless run is another one.
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }

        try
        {
            await Inside(prefix, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task Inside(string[] prefix, string folder)
    {
        (int trial, string words) = await Run(folder, [.. prefix, "true"]);
        Assert.SkipUnless(trial == 0, $"namespaces are refused here: {words}");
        string self = Path.Combine(AppContext.BaseDirectory, "Planes.Linux.Tests");
        string[] places = ["-namespace", typeof(InsideTests).Namespace!, "-namespace", typeof(Compile.Real.RealPacketTests).Namespace!];
        (int code, string text) = await Run(folder, [.. prefix, self, "-noColor", "-noLogo", "-showLiveOutput", "-parallelMode", "none", .. places]);
        output.WriteLine(text);
        Assert.True(code == 0, text);
        Assert.Contains("Failed: 0, Skipped: 2,", text, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Text)> Run(string folder, string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[InsideFactAttribute.Variable] = "1";
        start.Environment["HOME"] = folder;
        start.Environment["TMPDIR"] = folder;
        start.WorkingDirectory = folder;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text + await errors);
    }
}
