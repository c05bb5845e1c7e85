using System.Diagnostics;
using System.Text;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Tests.Planes.Linux.Server;

/// <summary>A real ping between two machines, a hundred times a second, for as long as a test kills things around it.</summary>
internal sealed class PingFlow : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder said = new();
    private long replies;

    private PingFlow(Process process) => this.process = process;

    /// <summary>Begins, and returns with the third reply.</summary>
    public static async Task<PingFlow> Start(PlaneServer server, string from, string to)
    {
        string address = (await server.Ec2($"Action=DescribeInstances&InstanceId.1={to}", "privateIpAddress"))[0];
        string[] command = server.Inside($"m-{from}", "ping", "-i", "0.01", "-W", "1", address);
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        PingFlow flow = new(process);
        process.OutputDataReceived += flow.Note;
        process.ErrorDataReceived += flow.Note;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await flow.MoreReplies(3);
        return flow;
    }

    /// <summary>Waits for so many more replies: packets pass now.</summary>
    public async Task MoreReplies(int count)
    {
        long wanted = Interlocked.Read(ref replies) + count;
        long deadline = Environment.TickCount64 + 20_000;
        while (Interlocked.Read(ref replies) < wanted)
        {
            Assert.True(Environment.TickCount64 < deadline && !process.HasExited, $"no reply: {Said()}");
            await Task.Delay(5);
        }
    }

    /// <summary>Ends it; not one packet may have been lost.</summary>
    public async Task NothingLost()
    {
        // The ping itself is the grandchild inside: interrupted, it prints its count.
        foreach (int child in Descendants(process.Id))
        {
            using Process interrupt = Process.Start("kill", ["-INT", $"{child}"]);
            await interrupt.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        Assert.Contains(", 0% packet loss", Said(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int[] Descendants(int pid)
    {
        int[] children = [.. ProcessTable.ChildrenOf(pid)];
        return [.. children, .. children.SelectMany(Descendants)];
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        if (line.Data?.Contains("bytes from", StringComparison.Ordinal) == true)
        {
            Interlocked.Increment(ref replies);
            return;
        }

        lock (said)
        {
            said.AppendLine(line.Data);
        }
    }

    private string Said()
    {
        lock (said)
        {
            return said.ToString();
        }
    }
}
