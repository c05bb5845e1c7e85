using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Trunkline.Load;

/// <summary>A server under measurement, started as a process and ended surely.</summary>
internal sealed class Peer : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process process;

    private Peer(Process process, int port, TimeSpan start)
    {
        this.process = process;
        Port = port;
        Start = start;
    }

    public int Port { get; }

    /// <summary>From the start of the process to the end of its first answer to DescribeVpcs.</summary>
    public TimeSpan Start { get; }

    /// <summary>Resident memory now, MiB. Linux only: read from /proc.</summary>
    public double Memory
    {
        get
        {
            string line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <param name="command">The program and its arguments; {port} and {data} are replaced.</param>
    public static async Task<Peer> Run(IReadOnlyList<string> command, string data)
    {
        int port = FreePort();
        string[] words = [.. command.Select(w => w
            .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{data}", data, StringComparison.Ordinal))];
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        long begin = Stopwatch.GetTimestamp();
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!await Answers(port))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(begin) > StartLimit)
            {
                process.Kill(entireProcessTree: true);
                throw new InvalidOperationException($"{words[0]} does not answer");
            }

            await Task.Delay(2);
        }

        return new Peer(process, port, Stopwatch.GetElapsedTime(begin));
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    private static async Task<bool> Answers(int port)
    {
        try
        {
            using Connection connection = new(port);
            return (await connection.Ask(Requests.Of("us-east-1", "Action=DescribeVpcs"))).Status == 200;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
