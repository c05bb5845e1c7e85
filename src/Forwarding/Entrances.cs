using System.Collections.Immutable;

namespace Trunkline.Forwarding;

/// <summary>How packets come to an entrance.</summary>
public enum EntranceKind : byte
{
    /// <summary>To the address of one of its doors.</summary>
    Addressed,

    /// <summary>By a route, to a service's public addresses; sources stay as they are.</summary>
    Gateway,

    /// <summary>By a route, whatever their destination: they go to a middlebox and come back to go on.</summary>
    Tunnel,
}

/// <summary>A way from a domain to a service that stands elsewhere: a public one, or another domain's balancers.</summary>
/// <param name="Row">The reason: the cloud's VPC endpoint.</param>
/// <param name="Domain">Handle of the domain it is in; -1 where that is unknown.</param>
/// <param name="Works">False: packets sent to it are lost.</param>
public sealed record Entrance(RowKey Row, EntranceKind Kind, int Domain, bool Works)
{
    /// <summary>Handle of the offer it leads to; -1 where it leads to a public service.</summary>
    public int Offer { get; init; } = -1;

    /// <summary>The public service it leads to; null where it leads to an offer, or to nothing that is known.</summary>
    public OutsideHost? Service { get; init; }

    /// <summary>A tunnel's interface: its handle; -1 where it has none, and for other kinds.</summary>
    public int Door { get; init; } = -1;
}

/// <summary>What one domain offers to others: they see an entrance, and never the domain.</summary>
/// <param name="Row">The reason: the cloud's endpoint service; the row need not exist.</param>
/// <param name="Balancers">Handles of the balancers that stand behind it.</param>
public sealed record Offer(RowKey Row, ImmutableArray<int> Balancers);

/// <summary>What block public access leaves of a segment's way to the internet.</summary>
public enum OutsideAccess : byte
{
    /// <summary>Both ways.</summary>
    Open,

    /// <summary>Only over what lets nothing in: port-sharing translators and one-way borders.</summary>
    OutwardOnly,

    Closed,
}
