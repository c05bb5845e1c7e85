using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Finds rows of Direct Connect and writes those that two accounts see: each such row stands in both accounts' partitions under one key, and
/// always goes there together. Each side's tags are its own.
/// </summary>
internal static class DxRows
{
    /// <summary>A port, own or hosted for or by the caller.</summary>
    public static DxConnection? FindConnection(CommandContext context, string id) => context.Here.Find(new Id<DxConnection>(id));

    /// <summary>A connection of the caller's own: no interconnect, and nothing that it hosts for others.</summary>
    public static DxConnection Connection(CommandContext context, string? id)
    {
        string given = id ?? throw DxFaults.Missing("connectionId");
        return FindConnection(context, given) is { IsInterconnect: false } found && found.OwnerId == context.Account
            ? found
            : throw DxFaults.NoConnection(given);
    }

    public static DxConnection Interconnect(CommandContext context, string? id)
    {
        string given = id ?? throw DxFaults.Missing("interconnectId");
        return FindConnection(context, given) is { IsInterconnect: true } found ? found : throw DxFaults.NoInterconnect(given);
    }

    public static DxLag Lag(CommandContext context, string? id)
    {
        string given = id ?? throw DxFaults.Missing("lagId");
        return context.Here.Find(new Id<DxLag>(given)) ?? throw DxFaults.NoLag(given);
    }

    /// <summary>A virtual interface that the caller sees and that is not gone.</summary>
    public static DxVirtualInterface Interface(CommandContext context, string? id)
    {
        string given = id ?? throw DxFaults.Missing("virtualInterfaceId");
        return context.Here.Find(new Id<DxVirtualInterface>(given)) is { State: not DxInterfaceState.Deleted } found
            ? found
            : throw DxFaults.NoInterface(given);
    }

    public static DxGateway Gateway(CommandContext context, string? id)
    {
        string given = id ?? throw DxFaults.Missing("directConnectGatewayId");
        return context.Global.Here.Find(new Id<DxGateway>(given)) ?? throw DxFaults.NoGateway(given);
    }

    /// <summary>The ports of a bundle, in order of their ids.</summary>
    public static IEnumerable<DxConnection> MembersOf(Partition here, Id<DxLag> lag) => here.By<DxConnection>(DxWords.Lag(lag.Value));

    /// <summary>Connections that a port or bundle hosts for other accounts and that they have not declined.</summary>
    public static IEnumerable<DxConnection> HostedOn(Partition here, string parentId) =>
        here.By<DxConnection>(DxWords.Parent(parentId)).Where(c => c.State != DxPortState.Rejected);

    /// <summary>Connections that the other account declined are shown to their provider until what would have hosted them goes.</summary>
    public static void ForgetDeclined(CommandContext context, string parentId)
    {
        foreach (DxConnection declined in
            context.Here.By<DxConnection>(DxWords.Parent(parentId)).Where(c => c.State == DxPortState.Rejected).ToList())
        {
            context.Remove(declined.Id);
        }
    }

    /// <summary>Virtual interfaces on a connection or bundle of this partition's account.</summary>
    public static IEnumerable<DxVirtualInterface> InterfacesOn(Partition here, string connectionId) =>
        here.By<DxVirtualInterface>(DxWords.Port(connectionId)).Where(v => v.State != DxInterfaceState.Rejected);

    /// <summary>The virtual interfaces on a Direct Connect gateway, of all regions: their owner is the gateway's.</summary>
    public static IEnumerable<DxVirtualInterface> InterfacesOf(CommandContext context, DxGateway gateway) =>
        context.Draft.Next.Partitions.Values.Where(p => p.Account == gateway.OwnerId)
            .SelectMany(p => p.By<DxVirtualInterface>(DxWords.Gateway(gateway.Id.Value)).Where(v => v.IsHome(p.Key)))
            .Where(v => v.State == DxInterfaceState.InUse)
            .OrderBy(v => v.Key, StringComparer.Ordinal);

    public static IEnumerable<DxGatewayAssociation> AssociationsOf(CommandContext context, DxGateway gateway) =>
        new GlobalRows(context.Draft, gateway.OwnerId).Here.By<DxGatewayAssociation>(DxWords.Gateway(gateway.Id.Value));

    /// <summary>Writes a connection to its owner's partition and, where it is hosted, its provider's.</summary>
    public static DxConnection Put(CommandContext context, DxConnection row)
    {
        foreach (PartitionKey at in PlacesOf(row.Region, row.OwnerId, row.ParentOwnerId ?? row.OwnerId))
        {
            Write(context, at, row, (r, tags) => r with { Tags = tags });
        }

        return row;
    }

    public static void Remove(CommandContext context, DxConnection row)
    {
        foreach (PartitionKey at in PlacesOf(row.Region, row.OwnerId, row.ParentOwnerId ?? row.OwnerId))
        {
            context.Draft.Remove(at, row.Id);
        }
    }

    /// <summary>Writes a virtual interface to its owner's partition and the connection's owner's.</summary>
    public static DxVirtualInterface Put(CommandContext context, DxVirtualInterface row)
    {
        foreach (PartitionKey at in PlacesOf(row.Region, row.OwnerId, row.ConnectionOwnerId))
        {
            Write(context, at, row, (r, tags) => r with { Tags = tags });
        }

        return row;
    }

    /// <summary>Moves a virtual interface to another connection; where that is another account's, the earlier one's does not see it any more.</summary>
    public static DxVirtualInterface Move(CommandContext context, DxVirtualInterface before, DxVirtualInterface after)
    {
        if (before.ConnectionOwnerId != after.ConnectionOwnerId && before.ConnectionOwnerId != after.OwnerId)
        {
            context.Draft.Remove(new PartitionKey(before.ConnectionOwnerId, before.Region), before.Id);
        }

        return Put(context, after);
    }

    public static DxGatewayAssociation Put(CommandContext context, DxGatewayAssociation row)
    {
        foreach (PartitionKey at in PlacesOf(GlobalRows.HomeRegion, row.GatewayOwnerId, row.Associated.OwnerId))
        {
            context.Draft.Put(at, row);
        }

        return row;
    }

    public static void Remove(CommandContext context, DxGatewayAssociation row)
    {
        foreach (PartitionKey at in PlacesOf(GlobalRows.HomeRegion, row.GatewayOwnerId, row.Associated.OwnerId))
        {
            context.Draft.Remove(at, row.Id);
        }
    }

    public static DxGatewayProposal Put(CommandContext context, DxGatewayProposal row)
    {
        foreach (PartitionKey at in PlacesOf(GlobalRows.HomeRegion, row.GatewayOwnerId, row.Associated.OwnerId))
        {
            context.Draft.Put(at, row);
        }

        return row;
    }

    public static void Remove(CommandContext context, DxGatewayProposal row)
    {
        foreach (PartitionKey at in PlacesOf(GlobalRows.HomeRegion, row.GatewayOwnerId, row.Associated.OwnerId))
        {
            context.Draft.Remove(at, row.Id);
        }
    }

    private static IEnumerable<PartitionKey> PlacesOf(string region, string one, string other) =>
        one == other ? [new(one, region)] : [new(one, region), new(other, region)];

    /// <summary>The caller's copy has the tags of the row as it is given; the other side's keeps its own.</summary>
    private static void Write<T>(
        CommandContext context, PartitionKey at, T row, Func<T, System.Collections.Immutable.ImmutableSortedDictionary<string, string>, T> tagged)
        where T : class, IResource<T>, ITagged
    {
        context.Draft.Put(
            at, at.Account == context.Account ? row : tagged(row, context.Draft.Partition(at).Find(new Id<T>(row.Key))?.Tags ?? Tags.None));
    }
}
