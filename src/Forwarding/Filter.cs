using System.Diagnostics.CodeAnalysis;

namespace Trunkline.Forwarding;

/// <summary>Protocols for which a direction of a filter admits every address and port: such flows need no tracking.</summary>
[Flags]
public enum FilterOpenness : byte
{
    None = 0,
    TcpInV4 = 1,
    UdpInV4 = 2,
    TcpOutV4 = 4,
    UdpOutV4 = 8,
    TcpInV6 = 16,
    UdpInV6 = 32,
    TcpOutV6 = 64,
    UdpOutV6 = 128,
}

/// <summary>A stateful filter at an interface: the union of its groups' allow rules, one <see cref="FilterBlock"/> a direction and family.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "a table's entry; never compared")]
public struct Filter
{
    public uint[] In4 { get; internal set; }

    public uint[] Out4 { get; internal set; }

    public uint[] In6 { get; internal set; }

    public uint[] Out6 { get; internal set; }

    /// <summary>Handles of the groups it is the union of, ascending: also the identity of its interfaces in others' rules.</summary>
    public int[] Groups { get; internal set; }

    public FilterOpenness Open { get; internal set; }
}

/// <summary>A group of interfaces with allow rules, as filters name it.</summary>
/// <param name="Row">The reason: the cloud's security group; the row need not exist.</param>
/// <param name="Filters">Handles of the filters that are a union with this group.</param>
public sealed record Group(RowKey Row, int[] Filters);
