using System.Text.RegularExpressions;
using Trunkline.Cloud;
using AwsNm = Trunkline.Wire.Networkmanager;

namespace Trunkline.Control.NetworkManager;

/// <summary>Devices, what connects them, and the links they use. Source: Network Manager API, CreateDevice, CreateConnection, AssociateLink.</summary>
public sealed partial class NetworkManagerService
{
    private const string DeviceType = "device";
    private const string ConnectionType = "connection";
    private const string LinkAssociationType = "link-association";

    [GeneratedRegex(@"\Aarn:[^:]{1,63}:ec2:[^:]{0,63}:[^:]{0,63}:subnet/subnet-[0-9a-f]{8,17}\z")]
    private static partial Regex SubnetArn { get; }

    public AwsNm.CreateDeviceResponse CreateDevice(CommandContext context, AwsNm.CreateDeviceRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        NmFaults.CheckQuota(context, NmQuotas.Devices, In<NmDevice>(context, network).Count() + 1);
        NmDevice device = context.Global.Put(new NmDevice
        {
            Key = context.NewId(DeviceType),
            GlobalNetworkKey = network.Key,
            SiteKey = SiteKey(context, network, request.SiteId),
            Description = Text(request.Description, "description"),
            Type = Text(request.Type, "type", 128),
            Vendor = Text(request.Vendor, "vendor", 128),
            Model = Text(request.Model, "model", 128),
            SerialNumber = Text(request.SerialNumber, "serialNumber", 128),
            Location = Location(request.Location),
            AwsZone = Text(request.AWSLocation?.Zone, "zone"),
            AwsSubnetArn = CheckedSubnetArn(request.AWSLocation?.SubnetArn),
            CreatedAt = context.Now,
            Tags = NmTags.Added(Tags.None, request.Tags),
        });
        return new AwsNm.CreateDeviceResponse { Device = ToWire(context, device) };
    }

    /// <summary>A device that uses links stays at its site.</summary>
    public AwsNm.UpdateDeviceResponse UpdateDevice(CommandContext context, AwsNm.UpdateDeviceRequest request)
    {
        NmDevice device = Get<NmDevice>(context, request.GlobalNetworkId, request.DeviceId, DeviceType);
        string? site = request.SiteId is null ? device.SiteKey : SiteKey(context, Network(context, request.GlobalNetworkId), request.SiteId);
        if (site != device.SiteKey && context.Global.Here.By<NmLinkAssociation>(NmDevice.Word(device.Key)).Any())
        {
            throw NmFaults.Conflict(DeviceType, device.Key, $"The device {device.Key} is associated with links of its site.");
        }

        NmDevice next = context.Global.Put(device with
        {
            SiteKey = site,
            Description = Changed(device.Description, request.Description, "description"),
            Type = Changed(device.Type, request.Type, "type"),
            Vendor = Changed(device.Vendor, request.Vendor, "vendor"),
            Model = Changed(device.Model, request.Model, "model"),
            SerialNumber = Changed(device.SerialNumber, request.SerialNumber, "serialNumber"),
            Location = request.Location is null ? device.Location : Location(request.Location),
            AwsZone = request.AWSLocation is null ? device.AwsZone : Text(request.AWSLocation.Zone, "zone"),
            AwsSubnetArn = request.AWSLocation is null ? device.AwsSubnetArn : CheckedSubnetArn(request.AWSLocation.SubnetArn),
        });
        return new AwsNm.UpdateDeviceResponse { Device = ToWire(context, next) };
    }

    /// <summary>Refused while it has connections or associations.</summary>
    public AwsNm.DeleteDeviceResponse DeleteDevice(CommandContext context, AwsNm.DeleteDeviceRequest request)
    {
        NmDevice device = Get<NmDevice>(context, request.GlobalNetworkId, request.DeviceId, DeviceType);
        RefuseUsed(IsUsed(context, NmDevice.Word(device.Key)), DeviceType, device.Key, "associations or connections");
        context.Global.Remove(new Id<NmDevice>(device.Key));
        return new AwsNm.DeleteDeviceResponse { Device = ToWire(context, device) with { State = Deleting } };
    }

    public AwsNm.GetDevicesResponse GetDevices(CommandContext context, AwsNm.GetDevicesRequest request)
    {
        IEnumerable<NmDevice> rows = Named(In<NmDevice>(context, Network(context, request.GlobalNetworkId)), request.DeviceIds)
            .Where(d => request.SiteId is null || d.SiteKey == request.SiteId);
        Page<NmDevice> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.GetDevicesResponse { Devices = [.. page.Rows.Select(d => ToWire(context, d))], NextToken = page.NextToken };
    }

    public AwsNm.CreateConnectionResponse CreateConnection(CommandContext context, AwsNm.CreateConnectionRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        NmDevice first = Get<NmDevice>(context, network.Key, request.DeviceId, DeviceType);
        NmDevice second = Get<NmDevice>(context, network.Key, request.ConnectedDeviceId, DeviceType);
        if (first.Key == second.Key)
        {
            throw NmFaults.Field("connectedDeviceId", "A device cannot be connected to itself.");
        }

        NmFaults.CheckQuota(context, NmQuotas.Connections, In<NmConnection>(context, network).Count() + 1);
        NmConnection connection = context.Global.Put(new NmConnection
        {
            Key = context.NewId(ConnectionType),
            GlobalNetworkKey = network.Key,
            DeviceKey = first.Key,
            ConnectedDeviceKey = second.Key,
            LinkKey = LinkOf(context, first, request.LinkId, "linkId"),
            ConnectedLinkKey = LinkOf(context, second, request.ConnectedLinkId, "connectedLinkId"),
            Description = Text(request.Description, "description"),
            CreatedAt = context.Now,
            Tags = NmTags.Added(Tags.None, request.Tags),
        });
        return new AwsNm.CreateConnectionResponse { Connection = ToWire(context, connection) };
    }

    public AwsNm.UpdateConnectionResponse UpdateConnection(CommandContext context, AwsNm.UpdateConnectionRequest request)
    {
        NmConnection connection = Get<NmConnection>(context, request.GlobalNetworkId, request.ConnectionId, ConnectionType);
        NmDevice first = context.Global.Here.Get(new Id<NmDevice>(connection.DeviceKey));
        NmDevice second = context.Global.Here.Get(new Id<NmDevice>(connection.ConnectedDeviceKey));
        NmConnection next = context.Global.Put(connection with
        {
            LinkKey = request.LinkId is null ? connection.LinkKey : LinkOf(context, first, request.LinkId, "linkId"),
            ConnectedLinkKey = request.ConnectedLinkId is null
                ? connection.ConnectedLinkKey
                : LinkOf(context, second, request.ConnectedLinkId, "connectedLinkId"),
            Description = Changed(connection.Description, request.Description, "description"),
        });
        return new AwsNm.UpdateConnectionResponse { Connection = ToWire(context, next) };
    }

    public AwsNm.DeleteConnectionResponse DeleteConnection(CommandContext context, AwsNm.DeleteConnectionRequest request)
    {
        NmConnection connection = Get<NmConnection>(context, request.GlobalNetworkId, request.ConnectionId, ConnectionType);
        context.Global.Remove(new Id<NmConnection>(connection.Key));
        return new AwsNm.DeleteConnectionResponse { Connection = ToWire(context, connection) with { State = Deleting } };
    }

    public AwsNm.GetConnectionsResponse GetConnections(CommandContext context, AwsNm.GetConnectionsRequest request)
    {
        IEnumerable<NmConnection> rows = Named(In<NmConnection>(context, Network(context, request.GlobalNetworkId)), request.ConnectionIds)
            .Where(c => request.DeviceId is null || c.DeviceKey == request.DeviceId || c.ConnectedDeviceKey == request.DeviceId);
        Page<NmConnection> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.GetConnectionsResponse
        {
            Connections = [.. page.Rows.Select(c => ToWire(context, c))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Both must be at one site.</summary>
    public AwsNm.AssociateLinkResponse AssociateLink(CommandContext context, AwsNm.AssociateLinkRequest request)
    {
        NmDevice device = Get<NmDevice>(context, request.GlobalNetworkId, request.DeviceId, DeviceType);
        NmLink link = Get<NmLink>(context, request.GlobalNetworkId, request.LinkId, LinkType);
        if (device.SiteKey != link.SiteKey)
        {
            throw NmFaults.Field("linkId", "The device and the link must be at the same site.");
        }

        string key = NmLinkAssociation.KeyOf(device.Key, link.Key);
        if (context.Global.Here.Table<NmLinkAssociation>().Find(key) is not null)
        {
            throw NmFaults.Conflict(LinkAssociationType, key, $"The link {link.Key} is associated with the device {device.Key} already.");
        }

        NmLinkAssociation association = context.Global.Put(new NmLinkAssociation
        {
            GlobalNetworkKey = device.GlobalNetworkKey,
            DeviceKey = device.Key,
            LinkKey = link.Key,
        });
        return new AwsNm.AssociateLinkResponse { LinkAssociation = ToWire(association) };
    }

    /// <summary>Refused while a connection or a customer gateway uses the link at the device.</summary>
    public AwsNm.DisassociateLinkResponse DisassociateLink(CommandContext context, AwsNm.DisassociateLinkRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        string key = NmLinkAssociation.KeyOf(request.DeviceId ?? "", request.LinkId ?? "");
        Partition rows = context.Global.Here;
        NmLinkAssociation association = rows.Table<NmLinkAssociation>().Find(key) is { } found && found.GlobalNetworkKey == network.Key
            ? found
            : throw NmFaults.NotFound(LinkAssociationType, key);
        bool isUsed = rows.By<NmCustomerGatewayAssociation>(NmDevice.Word(association.DeviceKey)).Any(a => a.LinkKey == association.LinkKey)
            || rows.By<NmConnectPeerAssociation>(NmDevice.Word(association.DeviceKey)).Any(a => a.LinkKey == association.LinkKey)
            || rows.By<NmConnection>(NmDevice.Word(association.DeviceKey)).Any(c => UsesAt(c, association));
        RefuseUsed(isUsed, LinkAssociationType, key, "a customer gateway or a connection");
        context.Global.Remove(new Id<NmLinkAssociation>(key));
        return new AwsNm.DisassociateLinkResponse { LinkAssociation = ToWire(association) with { LinkAssociationState = Deleting } };
    }

    public AwsNm.GetLinkAssociationsResponse GetLinkAssociations(CommandContext context, AwsNm.GetLinkAssociationsRequest request)
    {
        IEnumerable<NmLinkAssociation> rows = In<NmLinkAssociation>(context, Network(context, request.GlobalNetworkId))
            .Where(a => (request.DeviceId is null || a.DeviceKey == request.DeviceId) && (request.LinkId is null || a.LinkKey == request.LinkId));
        Page<NmLinkAssociation> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.GetLinkAssociationsResponse { LinkAssociations = [.. page.Rows.Select(ToWire)], NextToken = page.NextToken };
    }

    private static bool UsesAt(NmConnection connection, NmLinkAssociation association) =>
        (connection.DeviceKey == association.DeviceKey && connection.LinkKey == association.LinkKey)
        || (connection.ConnectedDeviceKey == association.DeviceKey && connection.ConnectedLinkKey == association.LinkKey);

    /// <summary>A link that a device is associated with; null where none is named.</summary>
    private static string? LinkOf(CommandContext context, NmDevice device, string? linkId, string name)
    {
        if (string.IsNullOrEmpty(linkId))
        {
            return null;
        }

        NmLink link = Get<NmLink>(context, device.GlobalNetworkKey, linkId, LinkType);
        return context.Global.Here.Table<NmLinkAssociation>().Find(NmLinkAssociation.KeyOf(device.Key, link.Key)) is not null
            ? link.Key
            : throw NmFaults.Field(name, $"The link must be associated with the device {device.Key}.");
    }

    private static string? SiteKey(CommandContext context, GlobalNetwork network, string? siteId) =>
        string.IsNullOrEmpty(siteId) ? null : Get<NmSite>(context, network.Key, siteId, SiteType).Key;

    private static string? CheckedSubnetArn(string? arn) => Text(arn, "subnetArn", 500) is not { } text
        ? null
        : SubnetArn.IsMatch(text) ? text : throw NmFaults.Field("subnetArn", "Invalid subnet ARN.");

    private static AwsNm.Device ToWire(CommandContext context, NmDevice device) => new()
    {
        DeviceId = device.Key,
        DeviceArn = ArnOf(context, device),
        GlobalNetworkId = device.GlobalNetworkKey,
        AWSLocation = device.AwsZone is null && device.AwsSubnetArn is null
            ? null
            : new AwsNm.AWSLocation { Zone = device.AwsZone, SubnetArn = device.AwsSubnetArn },
        Description = device.Description,
        Type = device.Type,
        Vendor = device.Vendor,
        Model = device.Model,
        SerialNumber = device.SerialNumber,
        Location = ToWire(device.Location),
        SiteId = device.SiteKey,
        CreatedAt = device.CreatedAt,
        State = Available,
        Tags = NmTags.ToWire(device.Tags),
    };

    private static AwsNm.Connection ToWire(CommandContext context, NmConnection connection) => new()
    {
        ConnectionId = connection.Key,
        ConnectionArn = ArnOf(context, connection),
        GlobalNetworkId = connection.GlobalNetworkKey,
        DeviceId = connection.DeviceKey,
        ConnectedDeviceId = connection.ConnectedDeviceKey,
        LinkId = connection.LinkKey,
        ConnectedLinkId = connection.ConnectedLinkKey,
        Description = connection.Description,
        CreatedAt = connection.CreatedAt,
        State = Available,
        Tags = NmTags.ToWire(connection.Tags),
    };

    private static AwsNm.LinkAssociation ToWire(NmLinkAssociation association) => new()
    {
        GlobalNetworkId = association.GlobalNetworkKey,
        DeviceId = association.DeviceKey,
        LinkId = association.LinkKey,
        LinkAssociationState = Available,
    };
}
