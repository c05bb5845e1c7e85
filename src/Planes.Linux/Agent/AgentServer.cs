using System.Buffers;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>The helper's end of the socket: any number of connections, on each one call after the other.</summary>
internal sealed class AgentServer(AgentRegistry registry, AgentHost host, TextWriter log)
{
    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="socketName">The socket's file, in the working directory: the path of a socket may have 107 octets only.</param>
    public async Task Serve(string socketName, CancellationToken stop)
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(socketName);
        listener.Bind(new UnixDomainSocketEndPoint(socketName));
        listener.Listen(512);
        while (!stop.IsCancellationRequested)
        {
            Socket connection;
            try
            {
                connection = await listener.AcceptAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            _ = Task.Run(() => Converse(connection, stop), CancellationToken.None);
        }
    }

    private async Task Converse(Socket connection, CancellationToken stop)
    {
        using (connection)
        {
            try
            {
                while (await One(connection, stop).ConfigureAwait(false))
                {
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The server went away in the middle of a call: it will ask again, on another connection.
            }
            catch (Exception e)
            {
                await log.WriteLineAsync($"a connection ends: {e}").ConfigureAwait(false);
            }
        }
    }

    /// <summary>One call; false where the connection is done.</summary>
    private async ValueTask<bool> One(Socket connection, CancellationToken stop)
    {
        using Frame? head = await Frames.Read(connection, stop).ConfigureAwait(false);
        if (head is null)
        {
            return false;
        }

        CallHeader header = head.Parse(FrameJson.Default.CallHeader);
        using Frame request = await Frames.Read(connection, stop).ConfigureAwait(false) ?? throw new EndOfStreamException();
        SafeFileHandle[] handles = Handles.Receive(connection, header.Handles);
        AgentOperation? operation = registry.Find(header.Op);
        if (operation is null)
        {
            Array.ForEach(handles, h => h.Dispose());
            await Refuse(connection, $"the helper knows no operation '{header.Op}'", stop).ConfigureAwait(false);
            return true;
        }

        AgentCall call = new(connection, handles);
        try
        {
            await operation.Run(host, request, call, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException && !IsGone(e, call))
        {
            if (e is not AgentException)
            {
                await log.WriteLineAsync($"{header.Op}: {e}").ConfigureAwait(false);
            }

            if (call.IsAccepted)
            {
                return false;
            }

            await Refuse(connection, e is AgentException ? e.Message : $"{header.Op} failed inside: {e.Message}", stop).ConfigureAwait(false);
        }

        return !operation.OwnsConnection;
    }

    /// <summary>A stream whose other end went away ends so: nobody is left to be told.</summary>
    private static bool IsGone(Exception e, AgentCall call) =>
        call.IsAccepted && e is IOException { InnerException: SocketException };

    private static async ValueTask Refuse(Socket connection, string why, CancellationToken stop)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        Frames.Add(buffer, new ReplyHeader(why), FrameJson.Default.ReplyHeader);
        await Frames.Send(connection, buffer.WrittenMemory, stop).ConfigureAwait(false);
    }
}
