using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.FlowLogs;

/// <summary>A flow as one interface saw it in one direction: what a record is written from. Source: AWS, "Flow log records".</summary>
/// <param name="At">The account and region that own the interface.</param>
/// <param name="IsEgress">Out of the interface.</param>
/// <param name="Accepted">False: a security group, network ACL or block public access refused it.</param>
public sealed record FlowObservation(PartitionKey At, NetworkInterface Interface, bool IsEgress, bool Accepted)
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>IANA number.</summary>
    public required int Protocol { get; init; }

    /// <summary>The address of the record: the interface's own where the packet on its way out bears another.</summary>
    public required IpAddress Source { get; init; }

    public required IpAddress Destination { get; init; }

    /// <summary>The address in the packet itself.</summary>
    public required IpAddress PacketSource { get; init; }

    public required IpAddress PacketDestination { get; init; }

    /// <summary>0 where the protocol has no ports.</summary>
    public required int SourcePort { get; init; }

    public required int DestinationPort { get; init; }

    public int Packets { get; init; } = 1;

    /// <summary>Octets of the packet with its IP header.</summary>
    public required int Octets { get; init; }

    /// <summary>2 for SYN, 18 for SYN-ACK, 0 for other protocols.</summary>
    public required int TcpFlags { get; init; }

    public string? ZoneId { get; init; }

    public string? SourceService { get; init; }

    public string? DestinationService { get; init; }

    /// <summary>How the packet goes on from here, by AWS's numbers; null for what comes in or goes no further.</summary>
    public int? TrafficPath { get; init; }

    /// <summary><c>BPA</c> where block public access refused it.</summary>
    public string? RejectReason { get; init; }
}
