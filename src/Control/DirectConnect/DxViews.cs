using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>Rows of Direct Connect as the API shows them.</summary>
internal static class DxViews
{
    public static string StateOf(CommandContext context, DxConnection row) => row.State switch
    {
        DxPortState.Ordering => "ordering",
        DxPortState.Rejected => "rejected",
        _ => PortFailures.IsDown(context, row) ? "down" : "available",
    };

    /// <param name="deleted">It is gone with this command.</param>
    public static AwsDx.Connection ToWire(CommandContext context, DxConnection row, bool deleted = false) => new()
    {
        OwnerAccount = row.OwnerId,
        ConnectionId = row.Key,
        ConnectionName = row.Name,
        ConnectionState = deleted ? "deleted" : StateOf(context, row),
        Region = row.Region,
        Location = row.Location,
        Bandwidth = row.Bandwidth,
        Vlan = row.Vlan,
        PartnerName = row.IsHosted ? row.ProviderName ?? row.ParentOwnerId : row.ProviderName,
        LoaIssueTime = row.IsHosted ? null : row.CreatedAt,
        LagId = row.LagId?.Value ?? (row.ParentId?.StartsWith(DxIds.LagPrefix, StringComparison.Ordinal) == true ? row.ParentId : null),
        AwsDevice = row.Device.Name,
        JumboFrameCapable = true,
        AwsDeviceV2 = row.Device.Name,
        AwsLogicalDeviceId = row.Device.LogicalId,
        HasLogicalRedundancy = "no",
        Tags = DxTags.ToWire(row.Tags),
        ProviderName = row.ProviderName,
        MacSecCapable = row.MacSec.Capable,
        PortEncryptionStatus = EncryptionStatus(row.MacSec),
        EncryptionMode = row.MacSec.EncryptionMode,
        MacSecKeys = ToWire(row.MacSec.Keys),
        PartnerInterconnectMacSecCapable = row.IsHosted ? ParentIsCapable(context, row) : null,
    };

    public static AwsDx.Interconnect ToInterconnect(CommandContext context, DxConnection row) => new()
    {
        InterconnectId = row.Key,
        InterconnectName = row.Name,
        InterconnectState = StateOf(context, row),
        Region = row.Region,
        Location = row.Location,
        Bandwidth = row.Bandwidth,
        LoaIssueTime = row.CreatedAt,
        LagId = row.LagId?.Value,
        AwsDevice = row.Device.Name,
        JumboFrameCapable = true,
        AwsDeviceV2 = row.Device.Name,
        AwsLogicalDeviceId = row.Device.LogicalId,
        HasLogicalRedundancy = "no",
        Tags = DxTags.ToWire(row.Tags),
        ProviderName = row.ProviderName,
        MacSecCapable = row.MacSec.Capable,
        PortEncryptionStatus = EncryptionStatus(row.MacSec),
        EncryptionMode = row.MacSec.EncryptionMode,
        MacSecKeys = ToWire(row.MacSec.Keys),
    };

    /// <param name="deleted">It is gone with this command.</param>
    public static AwsDx.Lag ToWire(CommandContext context, DxLag row, bool deleted = false)
    {
        DxConnection[] members = [.. DxRows.MembersOf(context.Here, row.Id)];
        return new AwsDx.Lag
        {
            ConnectionsBandwidth = row.Bandwidth,
            NumberOfConnections = members.Length,
            LagId = row.Key,
            OwnerAccount = row.OwnerId,
            LagName = row.Name,
            LagState = deleted ? "deleted" : PortFailures.IsDown(context, row, members) ? "down" : "available",
            Location = row.Location,
            Region = row.Region,
            MinimumLinks = row.MinimumLinks,
            AwsDevice = row.Device.Name,
            AwsDeviceV2 = row.Device.Name,
            AwsLogicalDeviceId = row.Device.LogicalId,
            Connections = [.. members.Select(m => ToWire(context, m))],
            AllowsHostedConnections = row.AllowsHostedConnections,
            JumboFrameCapable = true,
            HasLogicalRedundancy = "no",
            Tags = DxTags.ToWire(row.Tags),
            ProviderName = row.ProviderName,
            MacSecCapable = row.MacSec.Capable,
            EncryptionMode = row.MacSec.EncryptionMode,
            MacSecKeys = ToWire(row.MacSec.Keys),
        };
    }

    public static IReadOnlyList<AwsDx.MacSecKey> ToWire(ImmutableArray<DxMacSecKey> keys, string state = "associated") =>
    [
        .. keys.Select(k => new AwsDx.MacSecKey
        {
            SecretARN = k.SecretArn,
            Ckn = k.Ckn,
            State = state,
            StartOn = k.StartOn.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        }),
    ];

    /// <summary>Up with a key in use; AWS sees whether the other end has it too, and here it has.</summary>
    private static string? EncryptionStatus(DxMacSec macSec) => !macSec.Capable
        ? null
        : macSec.Keys.IsEmpty || macSec.EncryptionMode == "no_encrypt" ? "Encryption Down" : "Encryption Up";

    private static bool ParentIsCapable(CommandContext context, DxConnection row)
    {
        Partition provider = context.Draft.Partition(new PartitionKey(row.ParentOwnerId!, row.Region));
        return provider.Find(new Id<DxConnection>(row.ParentId!))?.MacSec.Capable
            ?? provider.Find(new Id<DxLag>(row.ParentId!))?.MacSec.Capable ?? false;
    }
}
