using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Compile;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>
/// The internet's hosts talk: every TCP port of every address that answers accepts, tells who asks and how he is seen, and then says each
/// octet back. What the world keeps silent is dropped before (the filter of the outside namespace); a program that listens there is left alone.
/// </summary>
internal sealed class OutsideAnswers(AgentClient agent, TextWriter log) : IDisposable
{
    /// <summary>Where packets for nobody in particular are led to; of no meaning to those who ask.</summary>
    public const ushort Port = 4;

    /// <summary>Led there before the routing decision, their addresses and ports as they are (tproxy, Linux Documentation/networking/tproxy.rst).</summary>
    public const string Table = """
        table inet trunkline_answers
        delete table inet trunkline_answers
        table inet trunkline_answers {
            chain answer {
                type filter hook prerouting priority -140; policy accept;
                iifname "lo" accept
                meta l4proto != tcp accept
                socket wildcard 0 accept
                socket wildcard 1 accept
                meta l4proto tcp meta nfproto ipv4 tproxy ip to :4
                meta l4proto tcp meta nfproto ipv6 tproxy ip6 to :4
            }
        }
        """;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(5);
    private readonly List<Socket> sockets = [];
    private readonly CancellationTokenSource end = new();
    private ulong listening;

    /// <summary>Opens the sockets where the outside namespace is new.</summary>
    public async Task Follow(CancellationToken stop)
    {
        NamespaceNumbers numbers = await agent.Call(
            MachineOperations.Numbers, new NamespaceNames([LinuxNames.Outside]), MachineJson.Default.NamespaceNames,
            MachineJson.Default.NamespaceNumbers, stop).ConfigureAwait(false);
        if (numbers.Numbers[0] == 0 || numbers.Numbers[0] == listening)
        {
            return;
        }

        Close();
        IpAddress[] everywhere = [IpAddress.Parse("0.0.0.0"), IpAddress.Parse("::")];
        SocketsRequest request = new(LinuxNames.Outside, [.. everywhere.Select(a => new SocketRequest(SocketKind.Every, a, Port))]);
        AgentStream answer = await agent.Open(MachineOperations.Sockets, request, MachineJson.Default.SocketsRequest, stop).ConfigureAwait(false);
        await using (answer.ConfigureAwait(false))
        {
            sockets.AddRange(answer.Handles.Select(HandedOut.Socket));
        }

        listening = numbers.Numbers[0];
        foreach (Socket socket in sockets)
        {
            _ = Accept(socket);
        }
    }

    public void Dispose()
    {
        end.Cancel();
        Close();
        end.Dispose();
    }

    private void Close()
    {
        sockets.ForEach(s => s.Dispose());
        sockets.Clear();
        listening = 0;
    }

    private async Task Accept(Socket socket)
    {
        try
        {
            while (true)
            {
                _ = Converse(await socket.AcceptAsync(end.Token).ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Not wanted any more.
        }
        catch (SocketException e)
        {
            await log.WriteLineAsync($"the internet's hosts: {e.Message}").ConfigureAwait(false);
        }
    }

    private async Task Converse(Socket connection)
    {
        using (connection)
        {
            try
            {
                using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                limit.CancelAfter(Idle);
                byte[] buffer = new byte[16 * 1024];
                int got = await connection.ReceiveAsync(buffer, limit.Token).ConfigureAwait(false);
                if (IsHttp(buffer.AsSpan(0, got)))
                {
                    await Send(connection, Page(connection), limit.Token).ConfigureAwait(false);
                    return;
                }

                while (got > 0)
                {
                    await Send(connection, buffer.AsMemory(0, got), limit.Token).ConfigureAwait(false);
                    got = await connection.ReceiveAsync(buffer, limit.Token).ConfigureAwait(false);
                    limit.CancelAfter(Idle);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The one who asked has gone, or nobody wants the answer any more.
            }
        }
    }

    private static bool IsHttp(ReadOnlySpan<byte> said) =>
        said.StartsWith("GET "u8) || said.StartsWith("HEAD "u8) || said.StartsWith("POST "u8) || said.StartsWith("PUT "u8);

    private static byte[] Page(Socket connection)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{Plain(connection.LocalEndPoint)} is asked by {Plain(connection.RemoteEndPoint)}\n");
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}");
    }

    private static IPEndPoint Plain(EndPoint? end) => (IPEndPoint)end!;

    private static async Task Send(Socket connection, ReadOnlyMemory<byte> octets, CancellationToken stop)
    {
        while (octets.Length > 0)
        {
            octets = octets[await connection.SendAsync(octets, stop).ConfigureAwait(false)..];
        }
    }
}
