using Trunkline.Addressing;

namespace Trunkline.Planes;

/// <summary>
/// What a plane that runs programs in machines must know, and what answers beside the machines: asked by the plane, answered from the newest
/// durable cloud.
/// </summary>
public interface IMachineServices
{
    /// <summary>Changes whenever an answer of the others may have changed; cheap to ask.</summary>
    object Version { get; }

    /// <summary>What a machine is told when it starts; null where there is no such machine any more.</summary>
    MachineOrder? OrderOf(string machine);

    /// <summary>Running machines that have something to run by themselves at their first boot.</summary>
    IReadOnlyList<string> WithFirstBoot();

    /// <summary>Where the services of these machines' domains listen.</summary>
    IReadOnlyList<ServicePoint> PointsFor(IReadOnlyCollection<string> machines);

    /// <summary>Speaks with one client of a stream service until either ends the connection.</summary>
    ValueTask Converse(ServicePoint point, IpAddress source, IServiceConnection connection, CancellationToken stop);

    /// <summary>The answer to one datagram; null where none is given.</summary>
    ServiceDatagram? Answer(ServicePoint point, IpAddress source, ushort port, ReadOnlySpan<byte> datagram);
}

/// <summary>What a machine is told when it starts.</summary>
/// <param name="Runs">False: its programs end, and none is started.</param>
/// <param name="Boot">Another number than before means that it started anew: its programs have ended.</param>
/// <param name="HostName">Without a domain.</param>
/// <param name="Files">Full path to text: what its own system writes at its start.</param>
/// <param name="FirstBoot">What it runs by itself when it starts for the first time; null for nothing.</param>
/// <param name="Addresses">Its own, the first one first.</param>
public sealed record MachineOrder(
    string Machine, bool Runs, int Boot, string HostName, IReadOnlyDictionary<string, string> Files, byte[]? FirstBoot, IReadOnlyList<IpAddress> Addresses);

/// <summary>One socket of a service inside a domain.</summary>
/// <param name="Domain">The row of the domain: its router's namespace.</param>
/// <param name="Scope">For whoever answers; the plane hands it back.</param>
/// <param name="Service">The service's name, for whoever answers and for messages.</param>
/// <param name="IsStream">TCP; else UDP.</param>
/// <param name="Address">Null: any address of the router, broadcasts too.</param>
public sealed record ServicePoint(string Domain, string Scope, string Service, bool IsStream, IpAddress? Address, ushort Port);

/// <summary>An answer as a datagram, with where it goes.</summary>
public sealed record ServiceDatagram(IpAddress To, ushort Port, byte[] Payload);

/// <summary>A stream service's client.</summary>
public interface IServiceConnection
{
    /// <returns>How many octets came; 0 at the end.</returns>
    ValueTask<int> Read(Memory<byte> buffer, CancellationToken stop);

    /// <param name="hopLimit">Routers that the packets may pass; 0 for the system's own.</param>
    ValueTask Write(ReadOnlyMemory<byte> octets, byte hopLimit, CancellationToken stop);
}
