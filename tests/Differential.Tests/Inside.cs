using System.Diagnostics;

namespace Trunkline.Tests.Differential;

/// <summary>Runs this program again inside namespaces of its own, so that no packet and no rule touches the host's.</summary>
internal static class Inside
{
    public const string Variable = "TRUNKLINE_DIFFERENTIAL_INSIDE";

    public static bool IsHere => Environment.GetEnvironmentVariable(Variable) == "1";

    public static bool IsRoot => Environment.UserName == "root";

    /// <summary>Runs one test of this assembly inside, and gives what it said.</summary>
    public static (int ExitCode, string Said) Test(string method, bool asRoot, IReadOnlyDictionary<string, string> variables)
    {
        string[] namespaces = ["-nmpf", "--kill-child", "--mount-proc"];
        List<string> words = asRoot ? ["unshare", .. namespaces]
            : ["unshare", "-Ur", .. namespaces]; // root of a user namespace of its own: no right over the host's kernel, root or not outside

        // Started by `dotnet X.dll`, this process is dotnet and needs to be told which program it runs.
        string program = typeof(Inside).Assembly.Location;
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
        words.AddRange(isHost ? [Environment.ProcessPath!, program] : [Environment.ProcessPath!]);
        words.AddRange(["-method", method, "-noColor", "-noLogo"]);
        ProcessStartInfo start = new(words[0], words.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/tmp",
        };
        start.Environment[Variable] = "1";
        start.Environment["HOME"] = "/tmp";
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        List<string> said = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            said.Add(line);
            if (Environment.GetEnvironmentVariable("TRUNKLINE_DIFFERENTIAL_LOUD") is not null)
            {
                Console.Error.WriteLine(line);
            }
        }

        process.WaitForExit();
        return (process.ExitCode, string.Join('\n', said) + errors.Result);
    }
}
