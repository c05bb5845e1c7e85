using System.Diagnostics;

namespace Trunkline.Tests.Clients;

/// <summary>How a program ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"ended with {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs the clients that are programs.</summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Skips the test, loudly, where a program does not run.</summary>
    public static async Task Need(string what, string program, params string[] arguments)
    {
        bool runs = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(d => File.Exists(Path.Combine(d, program)))
            && (await Run(program, [], arguments)).ExitCode == 0;
        Assert.SkipUnless(runs, $"{what} is not installed");
    }

    public static async Task<Ended> Run(string program, Dictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new Ended(process.ExitCode, await output, await error);
    }

    /// <summary>The variables that point AWS's clients at a server and at nothing else.</summary>
    public static Dictionary<string, string> Aws(string url, string account, string region) => new()
    {
        ["AWS_ENDPOINT_URL"] = url,
        ["AWS_ACCESS_KEY_ID"] = account,
        ["AWS_SECRET_ACCESS_KEY"] = "any",
        ["AWS_DEFAULT_REGION"] = region,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        ["AWS_PAGER"] = "",
        ["AWS_MAX_ATTEMPTS"] = "1",
        ["NO_PROXY"] = "127.0.0.1",
    };
}
