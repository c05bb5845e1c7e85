using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>The server's end: calls operations of the helper, any number at once.</summary>
/// <param name="connect">A new connection to a helper that runs; it is started where it does not.</param>
public sealed class AgentClient(Func<CancellationToken, ValueTask<Socket>> connect) : IDisposable
{
    private const int IdleMax = 8;

    private readonly ConcurrentStack<Socket> idle = new();

    /// <exception cref="AgentException">The operation refuses.</exception>
    /// <exception cref="AgentGoneException">The helper ended before it answered.</exception>
    /// <exception cref="PlaneException">The helper cannot be started.</exception>
    public async ValueTask<TReply> Call<TRequest, TReply>(
        string op, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken stop)
    {
        Socket socket = await Take(stop).ConfigureAwait(false);
        bool whole = false;
        try
        {
            await Send(socket, op, request, requestType, [], stop).ConfigureAwait(false);
            using Frame head = await Reply(socket, op, stop).ConfigureAwait(false);
            ReplyHeader header = head.Parse(FrameJson.Default.ReplyHeader);
            if (header.Error is not null)
            {
                whole = true;
                throw new AgentException(header.Error);
            }

            using Frame reply = await Reply(socket, op, stop).ConfigureAwait(false);
            whole = true;
            return reply.Parse(replyType);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            throw new AgentGoneException($"the helper ended during {op}", e);
        }
        finally
        {
            Give(socket, whole);
        }
    }

    /// <summary>Begins an operation that goes on as a stream; closing it cancels.</summary>
    /// <param name="handles">File descriptors that go with the request; they stay the caller's.</param>
    public async ValueTask<AgentStream> Open<TRequest>(
        string op, TRequest request, JsonTypeInfo<TRequest> requestType, CancellationToken stop, IReadOnlyList<SafeHandle>? handles = null)
    {
        Socket socket = await connect(stop).ConfigureAwait(false);
        try
        {
            await Send(socket, op, request, requestType, handles ?? [], stop).ConfigureAwait(false);
            using Frame head = await Reply(socket, op, stop).ConfigureAwait(false);
            ReplyHeader header = head.Parse(FrameJson.Default.ReplyHeader);
            return header.Error is null
                ? new AgentStream(socket, Handles.Receive(socket, header.Handles))
                : throw new AgentException(header.Error);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            socket.Dispose();
            throw new AgentGoneException($"the helper ended during {op}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes the connections that wait for a next call.</summary>
    public void Forget()
    {
        while (idle.TryPop(out Socket? socket))
        {
            socket.Dispose();
        }
    }

    public void Dispose() => Forget();

    private static async ValueTask Send<TRequest>(
        Socket socket, string op, TRequest request, JsonTypeInfo<TRequest> type, IReadOnlyList<SafeHandle> handles, CancellationToken stop)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        Frames.Add(buffer, new CallHeader(op, handles.Count), FrameJson.Default.CallHeader);
        Frames.Add(buffer, request, type);
        await Frames.Send(socket, buffer.WrittenMemory, stop).ConfigureAwait(false);
        if (handles.Count > 0)
        {
            Handles.Send(socket, handles);
        }
    }

    private static async ValueTask<Frame> Reply(Socket socket, string op, CancellationToken stop) =>
        await Frames.Read(socket, stop).ConfigureAwait(false) ?? throw new EndOfStreamException(op);

    private ValueTask<Socket> Take(CancellationToken stop)
    {
        while (idle.TryPop(out Socket? socket))
        {
            // Nothing is due on an idle connection: one that can be read has been closed by a helper that ended.
            if (!socket.Poll(0, SelectMode.SelectRead))
            {
                return ValueTask.FromResult(socket);
            }

            socket.Dispose();
        }

        return connect(stop);
    }

    private void Give(Socket socket, bool whole)
    {
        if (whole && idle.Count < IdleMax)
        {
            idle.Push(socket);
        }
        else
        {
            socket.Dispose();
        }
    }
}

/// <summary>A call that goes on as a stream, on the server's side.</summary>
public sealed class AgentStream : IAsyncDisposable
{
    private readonly Socket socket;

    internal AgentStream(Socket socket, IReadOnlyList<SafeFileHandle> handles)
    {
        this.socket = socket;
        Handles = handles;
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Raw octets both ways.</summary>
    public Stream Stream { get; }

    /// <summary>File descriptors that the helper gave.</summary>
    public IReadOnlyList<SafeFileHandle> Handles { get; }

    /// <summary>Says that nothing more will be sent; reading goes on.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        foreach (SafeFileHandle handle in Handles)
        {
            handle.Dispose();
        }
    }
}
