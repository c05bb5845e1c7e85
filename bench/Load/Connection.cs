using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Trunkline.Load;

/// <summary>An answer, as far as the generator reads it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; valid until the connection's next request.</param>
internal readonly record struct Answer(int Status, ReadOnlyMemory<byte> Body)
{
    public override string ToString() => $"{Status} {Encoding.UTF8.GetString(Body.Span)}";
}

/// <summary>One keep-alive HTTP/1.1 connection over a raw socket. A server that closes after each answer is connected to again.</summary>
internal sealed class Connection(int port) : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private byte[] buffer = new byte[64 * 1024];
    private Socket? socket;

    public void Dispose() => socket?.Dispose();

    /// <summary>Sends one request and reads its whole answer.</summary>
    public async ValueTask<Answer> Ask(ReadOnlyMemory<byte> request)
    {
        bool reused = socket is not null;
        try
        {
            return await Exchange(request);
        }
        catch (Exception e) when (reused && e is SocketException or EndOfStreamException)
        {
            // The server closed a kept connection between two requests: that is its right, once.
            Close();
            return await Exchange(request);
        }
    }

    private async ValueTask<Answer> Exchange(ReadOnlyMemory<byte> request)
    {
        if (socket is null)
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        }

        await socket.SendAsync(request);
        int have = 0;
        int head;
        while ((head = buffer.AsSpan(0, have).IndexOf(HeadEnd)) < 0)
        {
            have += await Receive(have);
        }

        Head said = Read(buffer.AsSpan(0, head));
        int start = head + HeadEnd.Length;
        while (have < start + said.Length)
        {
            have += await Receive(have);
        }

        if (said.Closes)
        {
            Close();
        }

        return new Answer(said.Status, buffer.AsMemory(start, said.Length));
    }

    private async ValueTask<int> Receive(int have)
    {
        if (have == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        int read = await socket!.ReceiveAsync(buffer.AsMemory(have));
        return read > 0 ? read : throw new EndOfStreamException("the server closed the connection");
    }

    private void Close()
    {
        socket?.Dispose();
        socket = null;
    }

    private static Head Read(ReadOnlySpan<byte> head)
    {
        int status = (head[9] - '0') * 100 + (head[10] - '0') * 10 + (head[11] - '0');
        bool closes = head[..8].SequenceEqual("HTTP/1.0"u8);
        int length = -1;
        foreach (Range range in head.Split("\r\n"u8))
        {
            ReadOnlySpan<byte> line = head[range];
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim((byte)' ');
            if (Ascii.EqualsIgnoreCase(line[..colon], "content-length"u8) && Utf8Parser.TryParse(value, out int number, out _))
            {
                length = number;
            }
            else if (Ascii.EqualsIgnoreCase(line[..colon], "connection"u8))
            {
                closes = Ascii.EqualsIgnoreCase(value, "close"u8);
            }
        }

        return length >= 0 ? new Head(status, length, closes) : throw new InvalidDataException("an answer without Content-Length");
    }

    private readonly record struct Head(int Status, int Length, bool Closes);
}
