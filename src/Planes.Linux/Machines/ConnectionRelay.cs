using System.Net.Sockets;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>Carries a connection to a machine's port: each side's end of sending is told to the other, so that half-closed connections stay so.</summary>
internal static class ConnectionRelay
{
    public static async Task Run(Socket machine, Stream client, CancellationToken stop)
    {
        Task outward = Outward(machine, client, stop);
        if (!await Inward(machine, client, stop).ConfigureAwait(false))
        {
            machine.Close();
        }

        await outward.ConfigureAwait(false);
    }

    /// <returns>True where the client ended its sending; false where it has gone.</returns>
    private static async Task<bool> Inward(Socket machine, Stream client, CancellationToken stop)
    {
        try
        {
            while (await RelayFrames.Read(client, stop).ConfigureAwait(false) is { } frame)
            {
                if (frame.Kind == RelayFrames.InputEnd)
                {
                    machine.Shutdown(SocketShutdown.Send);
                    return true;
                }

                await SendAll(machine, frame.Octets, stop).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone, or no client of ours: the same end.
        }

        return false;
    }

    private static async Task Outward(Socket machine, Stream client, CancellationToken stop)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int got;
            while ((got = await machine.ReceiveAsync(buffer, SocketFlags.None, stop).ConfigureAwait(false)) > 0)
            {
                await client.WriteAsync(RelayFrames.Make(RelayFrames.Output, buffer.AsSpan(0, got)), stop).ConfigureAwait(false);
                await client.FlushAsync(stop).ConfigureAwait(false);
            }

            await client.WriteAsync(RelayFrames.Make(RelayFrames.Exit, []), stop).ConfigureAwait(false);
            await client.FlushAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone; the connection ends with it.
        }
    }

    private static async ValueTask SendAll(Socket machine, ReadOnlyMemory<byte> octets, CancellationToken stop)
    {
        while (octets.Length > 0)
        {
            int sent = await machine.SendAsync(octets, SocketFlags.None, stop).ConfigureAwait(false);
            octets = octets[sent..];
        }
    }
}
