using System.Text.Json;
using System.Text.Json.Serialization;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Agent;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>A machine that is to be ready for programs.</summary>
/// <param name="Id">Its directory's name.</param>
/// <param name="Namespace">Its network namespace.</param>
/// <param name="Boot">Another number than before: what runs is ended first.</param>
/// <param name="Files">Below <c>/etc</c>: full path to text.</param>
/// <param name="FirstBoot">What it runs once; null for nothing.</param>
internal sealed record MachineBoot(
    string Id, string Namespace, int Boot, string HostName, IReadOnlyDictionary<string, string> Files, byte[]? FirstBoot);

/// <summary>A program to be run in a machine.</summary>
/// <param name="Environment">NAME=VALUE.</param>
/// <param name="Terminal">On a terminal of its own; else on three pipes.</param>
internal sealed record ProgramRequest(
    MachineBoot Machine, IReadOnlyList<string> Command, IReadOnlyList<string> Environment, bool Terminal, ushort Columns, ushort Rows);

/// <summary>A machine whose programs end.</summary>
/// <param name="Forget">Its files go too.</param>
internal sealed record MachineEnd(string Id, string Namespace, bool Forget);

/// <summary>How many processes were ended.</summary>
internal sealed record MachineEnded(int Processes);

/// <summary>Kinds of sockets that are opened in a namespace for someone outside.</summary>
internal enum SocketKind
{
    /// <summary>TCP, listening.</summary>
    Listen,

    /// <summary>UDP, bound.</summary>
    Datagram,

    /// <summary>TCP, connected.</summary>
    Connect,

    /// <summary>TCP, listening at every address and port that nobody else listens at; see <see cref="OutsideAnswers"/>.</summary>
    Every,

    /// <summary>Every frame of an interface that a filter lets through, packet(7).</summary>
    Frames,
}

/// <summary>One socket.</summary>
/// <param name="Address">To listen on or connect to; null for every address.</param>
/// <param name="Device">The interface, for <see cref="SocketKind.Frames"/>.</param>
/// <param name="Filter">Classic BPF, four numbers an instruction; empty for everything.</param>
internal sealed record SocketRequest(SocketKind Kind, IpAddress? Address, ushort Port, string? Device = null, IReadOnlyList<uint>? Filter = null);

/// <summary>Sockets of one namespace; their handles come back in the same order.</summary>
internal sealed record SocketsRequest(string Namespace, IReadOnlyList<SocketRequest> Sockets);

/// <summary>Which namespaces these names are now: a number for each, 0 where there is none.</summary>
internal sealed record NamespaceNames(IReadOnlyList<string> Names);

internal sealed record NamespaceNumbers(IReadOnlyList<ulong> Numbers);

/// <summary>A foreign network namespace that takes a machine's place; its handle comes with the request.</summary>
internal sealed record AdoptRequest(string Id, string Namespace);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, Converters = [typeof(IpAddressConverter)])]
[JsonSerializable(typeof(ProgramRequest))]
[JsonSerializable(typeof(MachineBoot))]
[JsonSerializable(typeof(MachineEnd))]
[JsonSerializable(typeof(MachineEnded))]
[JsonSerializable(typeof(SocketsRequest))]
[JsonSerializable(typeof(NamespaceNames))]
[JsonSerializable(typeof(NamespaceNumbers))]
[JsonSerializable(typeof(AdoptRequest))]
internal sealed partial class MachineJson : JsonSerializerContext;
