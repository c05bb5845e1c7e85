using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>One TCP connection. What is lost on it comes later, when the way is open again.</summary>
internal sealed class Segments : IDisposable
{
    private const int Soon = 200;
    private const int AtLast = 5000;
    private int number;

    /// <param name="from">Where the caller is, and its own address.</param>
    /// <param name="to">Where the called is, its own address and port.</param>
    /// <param name="at">The address at which it is called; null for its own.</param>
    public Segments(RealPackets real, (string Place, string Address) from, (string Place, string Address, int Port) to, string? at = null)
    {
        using Socket listener = real.In(to.Place, NewSocket);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Parse(to.Address), to.Port));
        listener.Listen();
        Caller = real.In(from.Place, NewSocket);
        Caller.Bind(new IPEndPoint(IPAddress.Parse(from.Address), 0));
        Caller.Connect(new IPEndPoint(IPAddress.Parse(at ?? to.Address), to.Port));
        Called = listener.Accept();
        Called.NoDelay = true;
        Caller.NoDelay = true;
    }

    public Socket Caller { get; }

    public Socket Called { get; }

    /// <summary>Where the called sees the caller.</summary>
    public IPEndPoint Seen => (IPEndPoint)Called.RemoteEndPoint!;

    /// <summary>Whether a word arrives soon.</summary>
    public bool There() => Passes(Caller, Called, Soon);

    /// <summary>Whether a word of the called arrives soon.</summary>
    public bool Back() => Passes(Called, Caller, Soon);

    /// <summary>Both ways, after all: what was lost is sent again.</summary>
    public void Talk()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.True(Passes(Caller, Called, AtLast));
            Assert.True(Passes(Called, Caller, AtLast));
        }
    }

    /// <summary>Whether something is so while the whole way through a router is closed: on a busy machine a way may have grown old meanwhile.</summary>
    public bool HoldsByShortWay(RealPackets real, string router, Func<bool> what)
    {
        for (int tries = 0; tries < 5; tries++)
        {
            Talk();
            using (real.Closed(router))
            {
                if (what())
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether many octets arrive as they were sent.</summary>
    public static bool Carries(Socket from, Socket to, int octets)
    {
        byte[] sent = new byte[octets];
        new Random(octets).NextBytes(sent);
        byte[] came = new byte[octets];
        to.ReceiveTimeout = AtLast;
        from.SendTimeout = AtLast;
        Task sending = Task.Run(() => from.Send(sent));
        int got;
        for (int at = 0; at < octets; at += got)
        {
            got = to.Receive(came.AsSpan(at));
            Assert.True(got > 0, "the connection ended");
        }

        return sending.Wait(AtLast) && came.AsSpan().SequenceEqual(sent);
    }

    public void Dispose()
    {
        Caller.Dispose();
        Called.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private bool Passes(Socket from, Socket to, int patience)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, ++number);
        from.Send(word);
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            int left = patience - (int)Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            if (left <= 0)
            {
                return false;
            }

            to.ReceiveTimeout = left;
            try
            {
                // Four octets are sent at a time, so they come whole; earlier ones may come with them.
                if (to.Receive(word) == word.Length && BinaryPrimitives.ReadInt32BigEndian(word) == number)
                {
                    return true;
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                return false;
            }
        }
    }
}
