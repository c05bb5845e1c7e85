using System.Diagnostics;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>Other hands: tools that somebody runs inside a namespace.</summary>
internal static class Hands
{
    /// <summary>Runs a program inside; fails where it fails.</summary>
    public static string Run(HostKernel kernel, string name, params string[] command)
    {
        (int code, string text) = kernel.Namespaces.Run(name, () =>
        {
            ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, text);
        });
        Assert.True(code == 0, $"{string.Join(' ', command)}: {text}");
        return text;
    }
}
