using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>Two machines that send each other datagrams from and to the same ports.</summary>
internal sealed class Datagrams : IDisposable
{
    private const int Patience = 300;
    private readonly Socket one;
    private readonly Socket other;
    private readonly EndPoint called;

    /// <summary>As the called sees it.</summary>
    private EndPoint caller;
    private byte number;

    /// <param name="from">The caller's interface.</param>
    /// <param name="to">The called interface.</param>
    /// <param name="translated">The called sees another source than the caller's, and answers that.</param>
    /// <param name="at">The address at which it is called; null for its own.</param>
    public Datagrams(
        RealPackets real, (string Nic, string Address, int Port) from, (string Nic, string Address, int Port) to, bool translated = false,
        string? at = null)
    {
        one = Open(real, from.Nic, from.Address, from.Port);
        other = Open(real, to.Nic, to.Address, to.Port);
        called = new IPEndPoint(IPAddress.Parse(at ?? to.Address), to.Port);
        one.Connect(called);
        caller = new IPEndPoint(IPAddress.Parse(from.Address), from.Port);
        if (!translated)
        {
            other.Connect(caller);
        }
    }

    /// <summary>The caller's socket.</summary>
    public Socket Caller => one;

    /// <summary>Where the called sees the caller.</summary>
    public IPEndPoint Seen => (IPEndPoint)caller;

    public static Socket Open(RealPackets real, string nic, string address, int port) => real.In(real.MachineOf(nic), () =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = Patience };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    });

    /// <summary>Whether a datagram arrives.</summary>
    public bool There() => Passes(one, other);

    /// <summary>Whether a datagram of the called arrives.</summary>
    public bool Back() => Passes(other, one);

    /// <summary>Both ways, until both were seen to be answered: the next ones may go the short way.</summary>
    public void Talk()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.True(There());
            Assert.True(Back());
        }
    }

    /// <summary>Whether datagrams cease to arrive.</summary>
    public bool Ceases(TimeSpan limit)
    {
        long begin = Stopwatch.GetTimestamp();
        while (There())
        {
            if (Stopwatch.GetElapsedTime(begin) > limit)
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        one.Dispose();
        other.Dispose();
    }

    private bool Passes(Socket from, Socket to)
    {
        byte[] word = [.. "datagram "u8, ++number];
        byte[] came = new byte[64];
        from.SendTo(word, from == one ? called : caller);
        try
        {
            // What came late from before is not meant.
            EndPoint seen = new IPEndPoint(IPAddress.Any, 0);
            while (!came.AsSpan(0, to.ReceiveFrom(came, ref seen)).SequenceEqual(word))
            {
            }

            caller = to == other ? seen : caller;

            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
