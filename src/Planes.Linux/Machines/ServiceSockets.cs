using System.Net;
using System.Net.Sockets;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Compile;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>
/// The sockets of the services inside domains, held by the server: opened in the routers by the helper, given out, and answered from here. A
/// router that was made anew is a new namespace: its sockets are opened again.
/// </summary>
internal sealed class ServiceSockets(AgentClient agent, IMachineServices services, TextWriter log) : IDisposable
{
    private const int SocketsAtOnce = 16;
    private const int DatagramMax = 65_536;

    private readonly Dictionary<ServicePoint, Held> held = [];

    /// <summary>Opens what is missing and closes what is not wanted any more; a router that is not there yet is left for the next time.</summary>
    public async Task Follow(IReadOnlyList<ServicePoint> wanted, CancellationToken stop)
    {
        Dictionary<string, ulong> numbers = await Numbers([.. wanted.Select(p => p.Domain).Distinct()], stop).ConfigureAwait(false);
        HashSet<ServicePoint> all = [.. wanted];
        foreach ((ServicePoint point, Held socket) in held.ToArray())
        {
            if (!all.Contains(point) || numbers[point.Domain] != socket.Namespace)
            {
                socket.Dispose();
                held.Remove(point);
            }
        }

        foreach (IGrouping<string, ServicePoint> domain in wanted.Where(p => !held.ContainsKey(p) && numbers[p.Domain] != 0).GroupBy(p => p.Domain))
        {
            foreach (ServicePoint[] points in domain.Chunk(SocketsAtOnce))
            {
                await Open(domain.Key, numbers[domain.Key], points, stop).ConfigureAwait(false);
            }
        }
    }

    public void Dispose()
    {
        foreach (Held socket in held.Values)
        {
            socket.Dispose();
        }

        held.Clear();
    }

    private async Task<Dictionary<string, ulong>> Numbers(List<string> domains, CancellationToken stop)
    {
        if (domains.Count == 0)
        {
            return [];
        }

        NamespaceNumbers numbers = await agent.Call(
            MachineOperations.Numbers, new NamespaceNames([.. domains.Select(LinuxNames.Router)]), MachineJson.Default.NamespaceNames,
            MachineJson.Default.NamespaceNumbers, stop).ConfigureAwait(false);
        return domains.Zip(numbers.Numbers).ToDictionary();
    }

    private async Task Open(string domain, ulong number, ServicePoint[] points, CancellationToken stop)
    {
        SocketsRequest request = new(
            LinuxNames.Router(domain), [.. points.Select(p => new SocketRequest(p.IsStream ? SocketKind.Listen : SocketKind.Datagram, p.Address, p.Port))]);
        AgentStream answer = await agent.Open(MachineOperations.Sockets, request, MachineJson.Default.SocketsRequest, stop).ConfigureAwait(false);
        await using (answer.ConfigureAwait(false))
        {
            foreach ((ServicePoint point, Microsoft.Win32.SafeHandles.SafeFileHandle handle) in points.Zip(answer.Handles))
            {
                Held socket = new(HandedOut.Socket(handle), number);
                held[point] = socket;
                _ = point.IsStream ? Accept(point, socket) : Receive(point, socket);
            }
        }
    }

    private async Task Accept(ServicePoint point, Held socket)
    {
        try
        {
            while (true)
            {
                Socket connection = await socket.Socket.AcceptAsync(socket.End.Token).ConfigureAwait(false);
                _ = Converse(point, connection, socket.End.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Not wanted any more.
        }
        catch (SocketException e)
        {
            await log.WriteLineAsync($"{point.Service} of {point.Domain}: {e.Message}").ConfigureAwait(false);
        }
    }

    private async Task Converse(ServicePoint point, Socket connection, CancellationToken stop)
    {
        using (connection)
        {
            try
            {
                IpAddress source = AddressOf(((IPEndPoint)connection.RemoteEndPoint!).Address);
                await services.Converse(point, source, new Connection(connection), stop).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client has gone, or the service: either ends the conversation.
            }
            catch (Exception e)
            {
                await log.WriteLineAsync($"{point.Service} of {point.Domain}: {e}").ConfigureAwait(false);
            }
        }
    }

    private async Task Receive(ServicePoint point, Held socket)
    {
        byte[] buffer = new byte[DatagramMax];
        IPEndPoint any = new(socket.Socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!socket.End.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult got = await socket.Socket.ReceiveFromAsync(buffer, SocketFlags.None, any, socket.End.Token).ConfigureAwait(false);
                IPEndPoint from = (IPEndPoint)got.RemoteEndPoint;
                if (services.Answer(point, AddressOf(from.Address), (ushort)from.Port, buffer.AsSpan(0, got.ReceivedBytes)) is { } answer)
                {
                    await socket.Socket.SendToAsync(
                        answer.Payload, SocketFlags.None, new IPEndPoint(IPAddress.Parse(answer.To.ToString()), answer.Port), socket.End.Token)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // One answer could not be delivered (its asker is gone, say): the next one may be.
            }
            catch (Exception e)
            {
                await log.WriteLineAsync($"{point.Service} of {point.Domain}: {e}").ConfigureAwait(false);
            }
        }
    }

    private static IpAddress AddressOf(IPAddress address) => IpAddress.Parse(new IPAddress(address.GetAddressBytes()).ToString());

    private sealed record Held(Socket Socket, ulong Namespace) : IDisposable
    {
        public CancellationTokenSource End { get; } = new();

        public void Dispose()
        {
            End.Cancel();
            Socket.Dispose();
        }
    }

    private sealed class Connection(Socket socket) : IServiceConnection
    {
        private const byte SystemHopLimit = 64;
        private byte hops;

        public ValueTask<int> Read(Memory<byte> buffer, CancellationToken stop) => socket.ReceiveAsync(buffer, SocketFlags.None, stop);

        public async ValueTask Write(ReadOnlyMemory<byte> octets, byte hopLimit, CancellationToken stop)
        {
            if (hopLimit != hops)
            {
                hops = hopLimit;
                int limit = hopLimit == 0 ? SystemHopLimit : hopLimit;
                if (socket.AddressFamily == AddressFamily.InterNetwork)
                {
                    socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive, limit);
                }
                else
                {
                    socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.HopLimit, limit);
                }
            }

            while (octets.Length > 0)
            {
                int sent = await socket.SendAsync(octets, SocketFlags.None, stop).ConfigureAwait(false);
                octets = octets[sent..];
            }
        }
    }
}

/// <summary>File descriptors that the helper gave out, as sockets of this process.</summary>
internal static class HandedOut
{
    /// <summary>Takes the descriptor over.</summary>
    public static Socket Socket(Microsoft.Win32.SafeHandles.SafeFileHandle handle)
    {
        SafeSocketHandle owned = new(handle.DangerousGetHandle(), ownsHandle: true);
        handle.SetHandleAsInvalid();
        return new Socket(owned);
    }
}
