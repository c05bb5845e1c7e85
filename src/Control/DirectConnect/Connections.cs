using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Dedicated connections. AWS waits for the cross connect; here it is there at once, and what stands at its other end is the world's to say.
/// Source: Direct Connect API, CreateConnection, DescribeConnections, UpdateConnection, DeleteConnection, DescribeLocations.
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.Locations DescribeLocations(CommandContext context, AwsDx.DescribeLocationsRequest request) => new()
    {
        LocationsValue =
        [
            .. DxLocations.Of(context.Region).Select(l => new AwsDx.Location
            {
                LocationCode = l.Code,
                LocationName = l.Name,
                Region = l.Region,
                AvailablePortSpeeds = DxLocation.PortSpeeds,
                AvailableProviders = DxLocation.Providers,
                AvailableMacSecPortSpeeds = DxLocation.MacSecPortSpeeds,
            }),
        ],
    };

    public AwsDx.Connection CreateConnection(CommandContext context, AwsDx.CreateConnectionRequest request)
    {
        string bandwidth = PortRules.DedicatedBandwidth(request.Bandwidth, "bandwidth");
        DxConnection made = NewPort(
            context, request.Location, bandwidth, CheckedName(request.ConnectionName, "connectionName"), request.ProviderName, request.RequestMACSec) with
        {
            Tags = DxTags.New(request.Tags),
        };
        return DxViews.ToWire(context, context.Put(IntoLag(context, made, request.LagId)));
    }

    public AwsDx.Connections DescribeConnections(CommandContext context, AwsDx.DescribeConnectionsRequest request)
    {
        IEnumerable<DxConnection> rows = request.ConnectionId is { } id
            ? [DxRows.Connection(context, id)]
            : context.Here.All<DxConnection>().Where(c => !c.IsInterconnect && c.OwnerId == context.Account);
        return PageOfConnections(context, rows, request.MaxResults, request.NextToken);
    }

    public AwsDx.Connection UpdateConnection(CommandContext context, AwsDx.UpdateConnectionRequest request)
    {
        DxConnection before = OwnPort(context, request.ConnectionId);
        DxConnection after = before with
        {
            Name = request.ConnectionName is null ? before.Name : CheckedName(request.ConnectionName, "connectionName"),
            MacSec = request.EncryptionMode is null ? before.MacSec : PortRules.WithMode(before.MacSec, request.EncryptionMode, before.Key),
        };
        return DxViews.ToWire(context, DxRows.Put(context, after));
    }

    /// <summary>Also a hosted connection, by its owner or its provider: one that its owner never confirmed is declined by that.</summary>
    public AwsDx.Connection DeleteConnection(CommandContext context, AwsDx.DeleteConnectionRequest request)
    {
        string id = Required(request.ConnectionId, "connectionId");
        DxConnection row = DxRows.FindConnection(context, id) is { IsInterconnect: false } found ? found : throw DxFaults.NoConnection(id);
        if (row.State == DxPortState.Ordering && row.OwnerId == context.Account && row.ParentOwnerId != context.Account)
        {
            DxConnection declined = row with { State = DxPortState.Rejected };
            context.Draft.Remove(context.Caller.Partition, row.Id);
            CommandContext provider = context.At(new PartitionKey(row.ParentOwnerId!, row.Region));
            provider.Put(declined with { Tags = provider.Here.Find(row.Id)?.Tags ?? Tags.None });
            return DxViews.ToWire(context, declined);
        }

        Partition owner = context.Draft.Partition(new PartitionKey(row.OwnerId, row.Region));
        if (DxRows.InterfacesOn(owner, id).Any())
        {
            throw DxFaults.Client($"Connection {id} has virtual interfaces. Delete them before you delete the connection.");
        }

        if (DxRows.HostedOn(owner, id).Any())
        {
            throw DxFaults.Client($"Connection {id} has hosted connections. Delete them before you delete the connection.");
        }

        RefuseBelowMinimum(context, row);
        DxRows.Remove(context, row);
        return DxViews.ToWire(context, row, deleted: true);
    }

    /// <summary>A port of the caller's own, connection or interconnect.</summary>
    private static DxConnection OwnPort(CommandContext context, string? id)
    {
        string given = Required(id, "connectionId");
        return DxRows.FindConnection(context, given) is { } found && found.OwnerId == context.Account
            ? found
            : throw DxFaults.NoConnection(given);
    }

    private static DxConnection NewPort(
        CommandContext context, string? locationCode, string bandwidth, string name, string? provider, bool? macSec)
    {
        DxLocation location = DxLocations.Get(context.Region, locationCode);
        PortRules.CheckRoom(context, location.Code, 1);
        return new DxConnection
        {
            Id = DxIds.Connection(context),
            OwnerId = context.Account,
            Region = context.Region,
            Name = name,
            Location = location.Code,
            Bandwidth = bandwidth,
            ProviderName = PortRules.Provider(location, provider),
            Device = DxIds.Device(location.Code),
            MacSec = PortRules.MacSec(macSec, bandwidth),
            CreatedAt = context.Now,
        };
    }

    private static AwsDx.Connections PageOfConnections(
        CommandContext context, IEnumerable<DxConnection> rows, int? maxResults, string? nextToken)
    {
        Page<DxConnection> page = PageOf(rows, maxResults, nextToken);
        return new AwsDx.Connections
        {
            ConnectionsValue = [.. page.Rows.Select(c => DxViews.ToWire(context, c))],
            NextToken = page.NextToken,
        };
    }
}
