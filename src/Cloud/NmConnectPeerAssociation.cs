namespace Trunkline.Cloud;

/// <summary>A Connect peer of a transit gateway is a device of the inventory. Source: Network Manager API, TransitGatewayConnectPeerAssociation.</summary>
public sealed record NmConnectPeerAssociation : IResource<NmConnectPeerAssociation>
{
    public static string Kind => "nm-connect-peer-association";

    public static string IdPrefix => "";

    /// <summary>A Connect peer has one association at most.</summary>
    public required string ConnectPeerArn { get; init; }

    public required string GlobalNetworkKey { get; init; }

    public required string DeviceKey { get; init; }

    /// <summary>The link that the peer is reached by; null where none was named.</summary>
    public string? LinkKey { get; init; }

    public string Key => ConnectPeerArn;

    public IEnumerable<string> Keys =>
    [
        GlobalNetwork.Word(GlobalNetworkKey), NmDevice.Word(DeviceKey), .. LinkKey is null ? [] : new[] { NmLink.Word(LinkKey) },
    ];
}
