using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Trunkline.Packets;

/// <summary>Two processes that send one datagram to and fro, as an application does: socket, scheduler and network together.</summary>
internal static class Echo
{
    private const int Octets = 64;

    /// <summary>How this program is started again.</summary>
    public static string[] Self
    {
        get
        {
            string first = Environment.GetCommandLineArgs()[0];
            return first.EndsWith(".dll", StringComparison.Ordinal) ? [Environment.ProcessPath!, first] : [Environment.ProcessPath!];
        }
    }

    /// <summary>Sends back what comes, until it is killed.</summary>
    public static int Answer(string address, int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        byte[] buffer = new byte[Octets];
        SocketAddress from = new(AddressFamily.InterNetwork);
        while (true)
        {
            int got = socket.ReceiveFrom(buffer, SocketFlags.None, from);
            socket.SendTo(buffer.AsSpan(0, got), SocketFlags.None, from);
        }
    }

    /// <summary>Prints the median of the round trips, microseconds; the first tenth of the time only warms up.</summary>
    public static int Ask(string address, int port, double seconds)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 1000 };
        socket.Connect(IPAddress.Parse(address), port);
        byte[] buffer = new byte[Octets];
        List<double> trips = new(1 << 20);
        Stopwatch all = Stopwatch.StartNew();
        while (all.Elapsed.TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            socket.Send(buffer);
            socket.Receive(buffer);
            if (all.Elapsed.TotalSeconds > seconds / 10)
            {
                trips.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        trips.Sort();
        Console.WriteLine(trips[trips.Count / 2]);
        return 0;
    }
}
