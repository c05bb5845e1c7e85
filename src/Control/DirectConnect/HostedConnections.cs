using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Parts of a partner's port for other accounts: a VLAN and a bandwidth. The other account confirms before it uses one.
/// Source: Direct Connect API, AllocateHostedConnection, ConfirmConnection, AssociateHostedConnection, DescribeHostedConnections.
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.Connection AllocateHostedConnection(CommandContext context, AwsDx.AllocateHostedConnectionRequest request)
    {
        HostParent parent = HostParent.Find(context, request.ConnectionId, "connectionId");
        return Allocate(context, parent, request.OwnerAccount, request.Bandwidth, request.ConnectionName, request.Vlan, request.Tags);
    }

    public AwsDx.Connection AllocateConnectionOnInterconnect(
        CommandContext context, AwsDx.AllocateConnectionOnInterconnectRequest request)
    {
        HostParent parent = HostParent.Of(DxRows.Interconnect(context, request.InterconnectId));
        return Allocate(context, parent, request.OwnerAccount, request.Bandwidth, request.ConnectionName, request.Vlan, null);
    }

    public AwsDx.ConfirmConnectionResponse ConfirmConnection(CommandContext context, AwsDx.ConfirmConnectionRequest request)
    {
        DxConnection row = DxRows.Connection(context, request.ConnectionId);
        if (!row.IsHosted || row.State != DxPortState.Ordering)
        {
            throw DxFaults.Client($"Connection {row.Id} is not in the ordering state.");
        }

        return new AwsDx.ConfirmConnectionResponse
        {
            ConnectionState = DxViews.StateOf(context, DxRows.Put(context, row with { State = DxPortState.Available })),
        };
    }

    /// <summary>With the id of a hosted connection instead of its parent's: that one alone.</summary>
    public AwsDx.Connections DescribeHostedConnections(CommandContext context, AwsDx.DescribeHostedConnectionsRequest request)
    {
        string id = Required(request.ConnectionId, "connectionId");
        IEnumerable<DxConnection> rows =
            DxRows.FindConnection(context, id) is { IsHosted: true } hosted && hosted.ParentOwnerId == context.Account ? [hosted]
            : DxRows.FindConnection(context, id) is not null || context.Here.Find(new Id<DxLag>(id)) is not null
                ? context.Here.By<DxConnection>(DxWords.Parent(id))
            : throw (id.StartsWith(DxIds.LagPrefix, StringComparison.Ordinal) ? DxFaults.NoLag(id) : DxFaults.NoConnection(id));
        return PageOfConnections(context, rows, request.MaxResults, request.NextToken);
    }

    public AwsDx.Connections DescribeConnectionsOnInterconnect(
        CommandContext context, AwsDx.DescribeConnectionsOnInterconnectRequest request)
    {
        DxConnection parent = DxRows.Interconnect(context, request.InterconnectId);
        return PageOfConnections(context, context.Here.By<DxConnection>(DxWords.Parent(parent.Key)), null, null);
    }

    /// <summary>Moves a hosted connection, with its virtual interface, to another port or bundle of the same partner.</summary>
    public AwsDx.Connection AssociateHostedConnection(CommandContext context, AwsDx.AssociateHostedConnectionRequest request)
    {
        string id = Required(request.ConnectionId, "connectionId");
        DxConnection row = DxRows.FindConnection(context, id) is { IsHosted: true } found && found.ParentOwnerId == context.Account
            ? found
            : throw DxFaults.NoConnection(id);
        if (row.State == DxPortState.Rejected)
        {
            throw DxFaults.Client($"Connection {row.Id} was declined by {row.OwnerId}. Allocate another one.");
        }

        HostParent parent = HostParent.Find(context, request.ParentConnectionId, "parentConnectionId");
        if (parent.Id != row.ParentId)
        {
            RefuseTakenVlan(context, parent.Id, row.Vlan!.Value);
        }

        DxConnection moved = row with { ParentId = parent.Id, Location = parent.Location, Device = parent.Device };
        Partition owner = context.Draft.Partition(new PartitionKey(row.OwnerId, row.Region));
        foreach (DxVirtualInterface vif in DxRows.InterfacesOn(owner, id).ToList())
        {
            DxRows.Put(context, vif with { Location = parent.Location, Device = parent.Device });
        }

        return DxViews.ToWire(context, DxRows.Put(context, moved));
    }

    private static AwsDx.Connection Allocate(
        CommandContext context, HostParent parent, string? owner, string? bandwidth, string? name, int? vlan, IReadOnlyList<AwsDx.Tag>? tags)
    {
        string account = CheckedAccount(owner, "ownerAccount");
        int checkedVlan = PortRules.Vlan(vlan, "vlan");
        RefuseTakenVlan(context, parent.Id, checkedVlan);
        DxConnection row = new()
        {
            Id = DxIds.Connection(context),
            OwnerId = account,
            Region = context.Region,
            Name = CheckedName(name, "connectionName"),
            Location = parent.Location,
            Bandwidth = PortRules.HostedBandwidth(bandwidth),
            State = DxPortState.Ordering,
            Vlan = checkedVlan,
            ParentId = parent.Id,
            ParentOwnerId = context.Account,
            ProviderName = parent.ProviderName,
            Device = parent.Device,
            CreatedAt = context.Now,
            Tags = DxTags.New(tags),
        };
        return DxViews.ToWire(context, DxRows.Put(context, row));
    }

    private static void RefuseTakenVlan(CommandContext context, string parentId, int vlan)
    {
        if (DxRows.HostedOn(context.Here, parentId).Any(c => c.Vlan == vlan))
        {
            throw DxFaults.Client($"VLAN {vlan} is already in use on {parentId}.");
        }
    }

    /// <summary>What hosts connections of other accounts: an interconnect, or a LAG of interconnects.</summary>
    private sealed record HostParent(string Id, string Location, DxDevice Device, string? ProviderName)
    {
        public static HostParent Of(DxConnection interconnect) => interconnect.LagId is { } lag
            ? throw DxFaults.Client($"Interconnect {interconnect.Id} is part of {lag}. Allocate the connection on the LAG.")
            : new(interconnect.Key, interconnect.Location, interconnect.Device, interconnect.ProviderName);

        public static HostParent Find(CommandContext context, string? text, string parameter)
        {
            string id = Required(text, parameter);
            if (id.StartsWith(DxIds.LagPrefix, StringComparison.Ordinal))
            {
                DxLag lag = DxRows.Lag(context, id);
                return lag.AllowsHostedConnections
                    ? new HostParent(lag.Key, lag.Location, lag.Device, lag.ProviderName)
                    : throw DxFaults.Client($"LAG {id} does not allow hosted connections.");
            }

            return DxRows.FindConnection(context, id) switch
            {
                { IsInterconnect: true } interconnect => Of(interconnect),
                { } => throw DxFaults.Client($"Connection {id} is not an interconnect and cannot host connections."),
                null => throw DxFaults.NoConnection(id),
            };
        }
    }
}
