using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Clients;

/// <summary>A real Trunkline process on a free port, killed surely at the end.</summary>
public sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly StringBuilder errors;

    private ServerProcess(Process process, StringBuilder errors, string url)
    {
        this.process = process;
        this.errors = errors;
        Url = url;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    public string Url { get; }

    public int Port => new Uri(Url).Port;

    public bool HasExited => process.HasExited;

    /// <summary>What it wrote to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
            {
                return errors.ToString();
            }
        }
    }

    /// <summary>Resident memory, MiB.</summary>
    public double Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    /// <param name="data">The data directory; null keeps nothing.</param>
    public static async Task<ServerProcess> Start(string? data = null)
    {
        string[] where = data is null ? ["--ephemeral"] : ["--data", data];
        ProcessStartInfo start = new("dotnet", [Program(), "up", "--port", "0", "--json", .. where])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("the server did not start");
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        try
        {
            string line = await process.StandardOutput.ReadLineAsync().WaitAsync(StartLimit)
                ?? throw new InvalidOperationException($"the server ended: {errors}");
            string url = (string)JsonNode.Parse(line)!["endpoint"]!;
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServerProcess(process, errors, url);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary><c>kill -9</c>, and waits until the process is gone.</summary>
    public void Kill()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        Kill();
        process.Dispose();
    }

    private void KillAtExit(object? sender, EventArgs e) => process.Kill(entireProcessTree: true);

    /// <summary>The program, in the configuration that this test was built in.</summary>
    private static string Program()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Trunkline.slnx")))
        {
            at = at.Parent;
        }

        string root = at?.FullName ?? throw new InvalidOperationException("Trunkline.slnx is not above the test's folder");
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.Combine(root, "src", "Host", "bin", configuration, "net10.0", "trunkline.dll");
    }
}
