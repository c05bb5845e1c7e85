using System.Diagnostics;
using System.Text;

namespace Trunkline.Tests.Labs;

/// <summary>How a program ended.</summary>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record Ended(int ExitCode, string Output, string Error)
{
    /// <summary>Fails the test with everything that the program said unless it ended as wanted.</summary>
    public Ended Must(int exitCode = 0)
    {
        Assert.True(ExitCode == exitCode, $"ended with {ExitCode}, wanted {exitCode}\n{Output}\n{Error}");
        return this;
    }
}

/// <summary>Runs real programs: the AWS CLI, Terraform, bash, and Trunkline itself.</summary>
internal static class Programs
{
    public static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(d => File.Exists(Path.Combine(d, program)));

    /// <summary>Skips the test, loudly, where a program is missing.</summary>
    public static void Need(params string[] programs)
    {
        foreach (string program in programs)
        {
            Assert.SkipUnless(IsThere(program), $"{program} is not installed");
        }
    }

    public static async Task<Ended> Run(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        using Process process = Start(program, arguments, folder, environment);
        StringBuilder output = new();
        StringBuilder error = new();
        process.OutputDataReceived += (_, line) => output.AppendLine(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(10));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end:\n{output}\n{error}");
        }

        return new Ended(process.ExitCode, output.ToString(), error.ToString());
    }

    public static Process Start(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }
}
