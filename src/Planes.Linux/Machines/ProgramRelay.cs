using System.Buffers.Binary;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Trunkline.Planes.Linux.Agent;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>
/// Carries a program's input and output between its client and the files that the helper gave out. The helper only tells the exit code: where
/// it ends before, the program runs on and is heard to its end.
/// </summary>
/// <param name="program">The call that started the program, with its files.</param>
internal sealed class ProgramRelay(AgentStream program, Stream client, bool terminal)
{
    private const int PollMilliseconds = 200;
    private const int Unknown = 255;

    private readonly Channel<byte[]> toClient = Channel.CreateBounded<byte[]>(16);
    private volatile bool hasExited;
    private volatile bool isGone;

    /// <summary>Until the program has ended and all it said was told, or the client has gone; then the program is ended too.</summary>
    public async Task Run(CancellationToken stop)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] pumps = terminal
            ? [Pump(program.Handles[0], RelayFrames.Output)]
            : [Pump(program.Handles[1], RelayFrames.Output), Pump(program.Handles[2], RelayFrames.Errors)];
        Task<int?> exit = ExitCode(over.Token);
        Task writing = WriteAll(over.Token);
        Task input = ReadInput(over.Token);
        Task said = Task.WhenAll([.. pumps, exit]);
        if (await Task.WhenAny(said, input).ConfigureAwait(false) == input)
        {
            // The client has gone. Closing the call ends the program, which ends the pumps.
            isGone = true;
            await over.CancelAsync().ConfigureAwait(false);
            toClient.Writer.TryComplete();
            await program.DisposeAsync().ConfigureAwait(false);
            return;
        }

        byte[] code = new byte[sizeof(int)];
        int? known = await exit.ConfigureAwait(false);
        BinaryPrimitives.WriteInt32LittleEndian(code, known ?? Unknown);
        if (known is null)
        {
            await Send(RelayFrames.Make(RelayFrames.Failure, "the helper ended, and the program's exit code with it"u8), over.Token).ConfigureAwait(false);
        }

        await Send(RelayFrames.Make(RelayFrames.Exit, code), over.Token).ConfigureAwait(false);
        toClient.Writer.TryComplete();
        await writing.ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }

    private async ValueTask Send(byte[] frame, CancellationToken stop)
    {
        try
        {
            await toClient.Writer.WriteAsync(frame, stop).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The client has gone: what is said now is for nobody.
        }
    }

    private async Task WriteAll(CancellationToken stop)
    {
        try
        {
            await foreach (byte[] frame in toClient.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                await client.WriteAsync(frame, stop).ConfigureAwait(false);
                await client.FlushAsync(stop).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone; reading its input says so too, and that ends the program.
            toClient.Writer.TryComplete();
        }
    }

    /// <summary>Ends when the client's stream does; the end of input alone only closes the program's.</summary>
    private async Task ReadInput(CancellationToken stop)
    {
        SafeFileHandle to = program.Handles[0];
        try
        {
            while (await RelayFrames.Read(client, stop).ConfigureAwait(false) is { } frame)
            {
                switch (frame.Kind)
                {
                    case RelayFrames.Input when !to.IsClosed:
                        await Task.Run(() => Terminal.Write(to, frame.Octets), CancellationToken.None).ConfigureAwait(false);
                        break;
                    case RelayFrames.InputEnd when !terminal:
                        to.Dispose();
                        break;
                    case RelayFrames.Size when terminal && frame.Octets.Length == 4:
                        Terminal.Resize(
                            to, BinaryPrimitives.ReadUInt16LittleEndian(frame.Octets), BinaryPrimitives.ReadUInt16LittleEndian(frame.Octets.AsSpan(2)));
                        break;
                    default:
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone, or no client of ours: the same end.
        }
    }

    private async Task<int?> ExitCode(CancellationToken stop)
    {
        byte[] code = new byte[sizeof(int)];
        try
        {
            int got = await program.Stream.ReadAtLeastAsync(code, code.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
            if (got == code.Length)
            {
                hasExited = true;
                return BinaryPrimitives.ReadInt32LittleEndian(code);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The helper was killed: the program goes on, its code will not be known.
        }

        return null;
    }

    /// <summary>A thread of its own: it stands still in the kernel until the program says something.</summary>
    private Task Pump(SafeFileHandle from, byte kind) => Task.Factory.StartNew(
        () =>
        {
            byte[] buffer = new byte[32 * 1024];
            while (!isGone)
            {
                if (!Terminal.WaitReadable(from, PollMilliseconds))
                {
                    if (hasExited)
                    {
                        // Something that the program left behind holds its output; what the program itself said has come.
                        return;
                    }

                    continue;
                }

                int got = Terminal.Read(from, buffer);
                if (got == 0)
                {
                    return;
                }

                Send(RelayFrames.Make(kind, buffer.AsSpan(0, got)), CancellationToken.None).AsTask().Wait();
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
