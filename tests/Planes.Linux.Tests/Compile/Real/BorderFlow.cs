using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Trunkline.Planes.Linux.Compile;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>A machine that sends datagrams to a host of the internet, which answers where they seem to come from.</summary>
internal sealed class BorderFlow : IDisposable
{
    public const string Host = "198.51.100.10";
    public const int HostPort = 5000;
    private const int Patience = 300;
    private readonly RealPackets real;
    private readonly string router;
    private readonly Socket machine;
    private readonly Socket host;
    private byte number;

    public BorderFlow(RealPackets real, string vpc, string nic, string address, int port = 4000, int hostPort = HostPort)
    {
        this.real = real;
        router = LinuxNames.Router(vpc);
        machine = Datagrams.Open(real, nic, address, port);
        machine.Connect(new IPEndPoint(IPAddress.Parse(Host), hostPort));
        host = Outside(hostPort);
    }

    /// <summary>Where the last datagram came from.</summary>
    public IPEndPoint Seen { get; private set; } = new(IPAddress.Any, 0);

    public Socket Machine => machine;

    /// <summary>The host's socket.</summary>
    public Socket Called => host;

    public Socket Outside(int port) => real.In(LinuxNames.Outside, () =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = Patience };
        socket.Bind(new IPEndPoint(IPAddress.Parse(Host), port));
        return socket;
    });

    /// <summary>What arrives in a place, with its IP header.</summary>
    public Socket Watch(string place) => real.In(place, () =>
        new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp) { ReceiveTimeout = Patience });

    public bool There()
    {
        byte[] word = Word();
        machine.Send(word);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        if (!Arrives(word, buffer => host.ReceiveFrom(buffer, ref from)))
        {
            return false;
        }

        Seen = (IPEndPoint)from;
        return true;
    }

    public bool Back() => Comes(host);

    /// <summary>Whether a datagram of this socket of the internet arrives at the machine's socket.</summary>
    public bool Comes(Socket sender)
    {
        byte[] word = Word();
        try
        {
            sender.SendTo(word, Seen);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied)
        {
            // The internet knows no such address.
            return false;
        }

        return Arrives(word, buffer => machine.Receive(buffer));
    }

    public void Talk()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.True(There());
            Assert.True(Back());
        }
    }

    /// <summary>Whether datagrams go both ways while the whole way is closed.</summary>
    public bool GoesShort() => HoldsByShortWay(() =>
    {
        bool there = There();
        return Back() && there;
    });

    /// <summary>Whether something is so while the whole way is closed, once datagrams went both ways: on a busy machine a way may have grown old meanwhile.</summary>
    public bool HoldsByShortWay(Func<bool> what)
    {
        for (int tries = 0; tries < 5; tries++)
        {
            Talk();
            using (real.Closed(router))
            {
                bool holds = what();
                long begin = Stopwatch.GetTimestamp();
                while (There() || Back())
                {
                    Assert.True(Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(5), "a way never grows old");
                }

                if (holds)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A datagram whose checksum the sender made itself: only a true one is received.</summary>
    public bool CarriesChecksum(string place, string from, int port, string to, int toPort, Socket receiver)
    {
        byte[] word = Word();
        using Socket raw = real.In(place, () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp));
        raw.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        byte[] pseudo = [.. IPAddress.Parse(from).GetAddressBytes(), .. IPAddress.Parse(to).GetAddressBytes(), 0, 17, 0, (byte)(8 + word.Length)];
        byte[] datagram = [0, 0, 0, 0, 0, (byte)(8 + word.Length), 0, 0, .. word];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)toPort);
        uint sum = Sum(pseudo) + Sum(datagram);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), (ushort)~sum);
        raw.SendTo(datagram, new IPEndPoint(IPAddress.Parse(to), 0));
        return Arrives(word, buffer => receiver.Receive(buffer));
    }

    public void Dispose()
    {
        machine.Dispose();
        host.Dispose();
    }

    private byte[] Word() => [.. "datagram "u8, ++number];

    private static uint Sum(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (int i = 0; i < octets.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)octets[i] << 8 : octets[i];
        }

        return sum;
    }

    /// <summary>What came late from before is not meant.</summary>
    private static bool Arrives(byte[] word, Func<byte[], int> receive)
    {
        byte[] came = new byte[64];
        try
        {
            while (!came.AsSpan(0, receive(came)).SequenceEqual(word))
            {
            }

            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
