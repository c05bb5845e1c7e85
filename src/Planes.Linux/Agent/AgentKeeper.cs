using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>Sees to it that there is a holder and in it a helper: finds them, starts them, starts them again when they ended.</summary>
/// <param name="program">The command line of this program, without a verb.</param>
/// <param name="rootless">Whether a new holder gets a user namespace.</param>
/// <param name="lasting">Whether a new holder outlives this process.</param>
internal sealed partial class AgentKeeper(PlaneDirectory directory, IReadOnlyList<string> program, bool rootless, bool lasting)
    : IAsyncDisposable
{
    /// <summary>sockaddr_un holds 108 octets with the closing zero.</summary>
    private const int SocketPathMax = 107;
    private const int OpenPathDirectory = 0x200000 | 0x10000 | 0x80000;

    private static readonly TimeSpan HelperLimit = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly CancellationTokenSource ending = new();
    private readonly Channel<string> losses = Channel.CreateUnbounded<string>();
    private PlaneHolder? holder;
    private volatile bool isKnown;
    private volatile int generation;

    /// <summary>A line each time that the helper, or the holder with it, was found to be gone.</summary>
    public ChannelReader<string> Losses => losses.Reader;

    /// <summary>The holder that is used; null before the first connection.</summary>
    public PlaneHolder? Holder => holder;

    /// <summary>A connection to a helper of this build; starts what is missing.</summary>
    /// <exception cref="PlaneException">It cannot be started, with the reason.</exception>
    public async ValueTask<Socket> Connect(CancellationToken stop)
    {
        if (isKnown && await TryConnect(stop).ConfigureAwait(false) is { } open)
        {
            return open;
        }

        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (isKnown && await TryConnect(stop).ConfigureAwait(false) is { } since)
            {
                return since;
            }

            isKnown = false;
            await EnsureHolder(stop).ConfigureAwait(false);
            if (!await IsOfThisBuild(stop).ConfigureAwait(false))
            {
                await StartHelper(stop).ConfigureAwait(false);
            }

            Socket watched = await TryConnect(stop).ConfigureAwait(false) ?? throw Gone();
            int mine = ++generation;
            _ = Task.Run(() => Watch(watched, mine), CancellationToken.None);
            Socket socket = await TryConnect(stop).ConfigureAwait(false) ?? throw Gone();
            isKnown = true;
            return socket;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        holder?.Release();
        losses.Writer.TryComplete();
    }

    private AgentGoneException Gone() => new($"the helper ended at once: {Detached.LastLine(directory.HelperLog)}");

    private async ValueTask EnsureHolder(CancellationToken stop)
    {
        holder ??= PlaneHolder.Find(directory);
        if (holder is { IsAlive: true })
        {
            return;
        }

        holder = await PlaneHolder.Start(directory, rootless, lasting, stop).ConfigureAwait(false);
    }

    /// <summary>Whether a helper answers that speaks as this server does.</summary>
    private async ValueTask<bool> IsOfThisBuild(CancellationToken stop)
    {
        if (await TryConnect(stop).ConfigureAwait(false) is not { } socket)
        {
            return false;
        }

        using AgentClient once = new(_ => ValueTask.FromResult(socket));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            Pong pong = await once.Call(CoreOperations.Ping, Nothing.Value, CoreJson.Default.Nothing, CoreJson.Default.Pong, limit.Token)
                .ConfigureAwait(false);
            return pong.Build == CoreOperations.Build;
        }
        catch (Exception e) when (e is IOException or AgentException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // It hangs, ends or speaks another language: a new one takes its place.
            return false;
        }
    }

    private async ValueTask StartHelper(CancellationToken stop)
    {
        string[] arguments = AgentProgram.Arguments(directory);
        foreach (int pid in ProcessTable.WithArguments(arguments).ToArray())
        {
            if (ProcessIdentity.Of(pid) is { } old)
            {
                ProcessTable.Kill(old);
                await ProcessTable.Ended(old, TimeSpan.FromSeconds(5), stop).ConfigureAwait(false);
            }
        }

        File.Delete(directory.Socket);
        Detached helper = await Detached.Start(holder!.Inside([.. program, .. arguments]), directory.HelperLog, keepInput: false, stop)
            .ConfigureAwait(false);
        long deadline = Environment.TickCount64 + (long)HelperLimit.TotalMilliseconds;
        while (true)
        {
            if (await TryConnect(stop).ConfigureAwait(false) is { } socket)
            {
                socket.Dispose();
                return;
            }

            if (!helper.Process.IsAlive || Environment.TickCount64 > deadline)
            {
                string said = Detached.LastLine(directory.HelperLog);
                throw new PlaneException("HelperFailed", $"the helper did not start: {(said.Length > 0 ? said : "it said nothing")}");
            }

            await Task.Delay(5, stop).ConfigureAwait(false);
        }
    }

    /// <summary>A connection, or null where no helper listens.</summary>
    private async ValueTask<Socket?> TryConnect(CancellationToken stop)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            string path = directory.Socket;
            using SafeFileHandle? root = System.Text.Encoding.UTF8.GetByteCount(path) <= SocketPathMax ? null : OpenRoot();
            await socket.ConnectAsync(
                new UnixDomainSocketEndPoint(root is null ? path : $"/proc/self/fd/{root.DangerousGetHandle()}/{PlaneDirectory.SocketName}"),
                stop).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException)
        {
            // Nobody listens, or there is no socket at all: the caller starts a helper.
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private SafeFileHandle OpenRoot()
    {
        SafeFileHandle handle = new(Open(directory.Root, OpenPathDirectory), ownsHandle: true);
        return handle.IsInvalid ? throw new IOException($"{directory.Root}: {Marshal.GetLastPInvokeErrorMessage()}") : handle;
    }

    /// <summary>Waits for the helper's end and tells of it.</summary>
    private async Task Watch(Socket socket, int mine)
    {
        using AgentClient once = new(_ => ValueTask.FromResult(socket));
        try
        {
            await using AgentStream stream = await once.Open(CoreOperations.Watch, Nothing.Value, CoreJson.Default.Nothing, ending.Token)
                .ConfigureAwait(false);
            byte[] octet = new byte[1];
            while (await stream.Stream.ReadAsync(octet, ending.Token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The same end, noticed in another way.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (!ending.IsCancellationRequested && mine == generation)
        {
            // Its socket may still take connections for a moment: the next call makes sure of who answers.
            isKnown = false;
            losses.Writer.TryWrite(holder is { IsAlive: true } ? "the helper ended" : "the holder of the namespaces ended");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
