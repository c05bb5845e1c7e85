using System.Diagnostics;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>One TCP connection between two machines that stays open: what one side writes the other sends back.</summary>
internal sealed class Conversation : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly Process listener;
    private readonly Process caller;

    public Conversation(RealPackets real, string from, string to, string address)
    {
        listener = real.Start(real.MachineOf(to), "sh", "-c", "mkfifo /tmp/$$.echo; nc -n -l -p 80 < /tmp/$$.echo | cat > /tmp/$$.echo");
        long deadline = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * 5);
        while (!real.Run(real.MachineOf(to), "ss", "-Hltn").Words.Contains(":80", StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetTimestamp() < deadline, "nobody listens");
        }

        caller = real.Start(real.MachineOf(from), "nc", "-n", address, "80");
    }

    /// <summary>Whether a line comes back soon.</summary>
    public bool Answers(string line)
    {
        caller.StandardInput.WriteLine(line);
        caller.StandardInput.Flush();
        Task<string?> answer = caller.StandardOutput.ReadLineAsync();
        return answer.Wait(s_patience) && answer.Result == line;
    }

    public void Dispose()
    {
        caller.Kill();
        listener.Kill(entireProcessTree: true);
        caller.Dispose();
        listener.Dispose();
    }
}
