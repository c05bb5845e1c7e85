using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace Trunkline.Cli.Machines;

/// <summary>One program in a machine, from here: keys or octets in, output and errors out, its exit code at the end.</summary>
/// <param name="machine">The endpoint's stream of <see cref="Frames"/>.</param>
[SuppressMessage("Design", "CA1001", Justification = "The input's thread may still send when the program has ended; a semaphore holds nothing.")]
internal sealed class ProgramSession(Stream machine, RawStreams own, TextWriter complaints)
{
    /// <summary>The endpoint went away before the program's end.</summary>
    private const int Lost = 255;

    private readonly SemaphoreSlim turn = new(1, 1);

    /// <returns>The program's exit code.</returns>
    public async Task<int> Run(bool terminal, CancellationToken stop)
    {
        using PosixSignalRegistration? resized = terminal && !OperatingSystem.IsWindows()
            ? PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => TellSize())
            : null;
        using RawTerminal? raw = terminal ? RawTerminal.Enter() : null;
        Thread input = new(() => PassInput(terminal)) { IsBackground = true, Name = "input" };
        input.Start();
        while (await Frames.Read(machine, stop) is { } frame)
        {
            switch (frame.Kind)
            {
                case Frames.Output:
                    await own.Output.WriteAsync(frame.Octets, stop);
                    break;
                case Frames.Errors:
                    await own.Error.WriteAsync(frame.Octets, stop);
                    break;
                case Frames.Failure:
                    await complaints.WriteLineAsync($"trunkline: {Encoding.UTF8.GetString(frame.Octets)}");
                    break;
                case Frames.Exit:
                    return BinaryPrimitives.ReadInt32LittleEndian(frame.Octets);
                default:
                    break;
            }
        }

        await complaints.WriteLineAsync("trunkline: the endpoint went away before the program's end");
        return Lost;
    }

    private void TellSize()
    {
        (ushort columns, ushort rows) = RawTerminal.Size();
        byte[] size = [(byte)columns, (byte)(columns >> 8), (byte)rows, (byte)(rows >> 8)];
        _ = Task.Run(() => Send(Frames.Make(Frames.Size, size)));
    }

    /// <summary>Standing still in a read is what a thread of its own is for; it ends with the process.</summary>
    private void PassInput(bool terminal)
    {
        byte[] buffer = new byte[32 * 1024];
        try
        {
            int got;
            while ((got = terminal ? RawTerminal.Read(buffer) : own.Input.Read(buffer)) > 0)
            {
                Send(Frames.Make(Frames.Input, buffer.AsSpan(0, got))).Wait();
            }
        }
        catch (IOException)
        {
            // Input that cannot be read is input that has ended.
        }

        if (!terminal)
        {
            Send(Frames.Make(Frames.InputEnd, [])).Wait();
        }
    }

    private async Task Send(byte[] frame)
    {
        await turn.WaitAsync();
        try
        {
            await machine.WriteAsync(frame);
            await machine.FlushAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The program has ended: its exit code is on its way.
        }
        finally
        {
            turn.Release();
        }
    }
}
