using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Trunkline.Planes.Linux.Holder;

/// <summary>A program that runs on when this process ends: in a session of its own, its output in a file.</summary>
/// <param name="Input">The writing end of its standard input where that was asked for; when it is closed the program reads the end.</param>
internal sealed record Detached(ProcessIdentity Process, IDisposable? Input)
{
    /// <summary>$0: the log; $@: the command. The shell ends at once, so that nobody has to collect the program.</summary>
    private const string Alone = "setsid \"$@\" </dev/null >>\"$0\" 2>&1 & echo $!";

    private const string WithInput = "exec 3<&0; setsid \"$@\" <&3 3<&- >>\"$0\" 2>&1 & echo $!";

    /// <exception cref="PlaneException">A tool is missing.</exception>
    public static async ValueTask<Detached> Start(IReadOnlyList<string> command, string log, bool keepInput, CancellationToken stop)
    {
        ProcessStartInfo start = new("sh", ["-c", keepInput ? WithInput : Alone, log, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A diagnostics socket of the runtime would stay behind in the temporary directory when the program is killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        // The server's collector, with threads of its own for each heap, only makes the start of a small program slower.
        start.Environment.Remove("DOTNET_gcServer");
        Process shell;
        try
        {
            shell = System.Diagnostics.Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new PlaneException("ToolMissing", $"sh: {e.Message}", e);
        }

        using (shell)
        {
            StreamWriter input = shell.StandardInput;
            string line = await shell.StandardOutput.ReadLineAsync(stop).ConfigureAwait(false) ?? "";
            if (!keepInput)
            {
                input.Close();
            }

            await shell.WaitForExitAsync(stop).ConfigureAwait(false);
            int pid = int.Parse(line, CultureInfo.InvariantCulture);
            // Where it has ended already its log says why; an identity that is not alive stands for it.
            ProcessIdentity process = ProcessIdentity.Of(pid) ?? new ProcessIdentity(pid, 0, "");
            return new Detached(process, keepInput ? input : null);
        }
    }

    /// <summary>The last line of a log that says something; "" where there is none.</summary>
    public static string LastLine(string log) =>
        File.Exists(log) ? File.ReadAllLines(log).LastOrDefault(l => l.Length > 0) ?? "" : "";
}
