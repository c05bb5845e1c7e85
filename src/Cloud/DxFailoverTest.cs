using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>
/// A BGP fail-over test of a virtual interface: holds sessions down for a time. In the partition of the virtual interface's owner.
/// Source: Direct Connect API, VirtualInterfaceTestHistory; AWS, "Direct Connect Failover Test".
/// </summary>
public sealed record DxFailoverTest : IResource<DxFailoverTest>
{
    public static string Kind => "dx-failover-test";

    public static string IdPrefix => "";

    /// <summary>A UUID.</summary>
    public required Id<DxFailoverTest> Id { get; init; }

    public required string OwnerId { get; init; }

    public required Id<DxVirtualInterface> VirtualInterfaceId { get; init; }

    /// <summary>The peers that are held down: <c>dxpeer-…</c>.</summary>
    public ImmutableArray<string> BgpPeers { get; init; } = [];

    /// <summary>1 to 4320.</summary>
    public required int DurationInMinutes { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    /// <summary>When it was stopped or is over by itself.</summary>
    public required DateTimeOffset EndTime { get; init; }

    /// <summary>Its sessions have been let up again.</summary>
    public bool Ended { get; init; }

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [DxWords.Interface(VirtualInterfaceId.Value)];
}
