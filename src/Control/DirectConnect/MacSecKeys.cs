using System.Text.RegularExpressions;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// MACsec keys of dedicated ports and LAGs. AWS keeps the pair as a secret; here the key's name is kept, the key itself is not.
/// Source: Direct Connect API, AssociateMacSecKey, DisassociateMacSecKey; AWS, "MAC Security in AWS Direct Connect".
/// </summary>
public sealed partial class DirectConnectService
{
    private const int HexLength = 64;

    public AwsDx.AssociateMacSecKeyResponse AssociateMacSecKey(CommandContext context, AwsDx.AssociateMacSecKeyRequest request)
    {
        string id = Required(request.ConnectionId, "connectionId");
        DxMacSec macSec = MacSecOf(context, id);
        if (!macSec.Capable)
        {
            throw DxFaults.Client($"{id} is not MACsec capable.");
        }

        DxMacSecKey key = request.SecretARN is { } arn ? KnownKey(context, request, arn) : NewKey(context, request);
        if (macSec.Keys.Any(k => k.SecretArn == key.SecretArn || k.Ckn.Equals(key.Ckn, StringComparison.OrdinalIgnoreCase)))
        {
            throw DxFaults.Client($"The MACsec key {key.SecretArn} is already associated with {id}.");
        }

        DxMacSec next = macSec with { Keys = macSec.Keys.Add(key) };
        PutMacSec(context, id, next);
        return new AwsDx.AssociateMacSecKeyResponse { ConnectionId = id, MacSecKeys = DxViews.ToWire(next.Keys) };
    }

    public AwsDx.DisassociateMacSecKeyResponse DisassociateMacSecKey(CommandContext context, AwsDx.DisassociateMacSecKeyRequest request)
    {
        string id = Required(request.ConnectionId, "connectionId");
        string arn = Required(request.SecretARN, "secretARN");
        DxMacSec macSec = MacSecOf(context, id);
        DxMacSecKey key = macSec.Keys.FirstOrDefault(k => k.SecretArn == arn)
            ?? throw DxFaults.Client($"The MACsec key {arn} is not associated with {id}.");
        PutMacSec(context, id, macSec with { Keys = macSec.Keys.Remove(key) });
        return new AwsDx.DisassociateMacSecKeyResponse { ConnectionId = id, MacSecKeys = DxViews.ToWire([key], "disassociated") };
    }

    private static DxMacSecKey NewKey(CommandContext context, AwsDx.AssociateMacSecKeyRequest request)
    {
        string ckn = Hex(request.Ckn, "ckn").ToLowerInvariant();
        Hex(request.Cak, "cak");
        string arn = $"arn:aws:secretsmanager:{context.Region}:{context.Account}:secret:directconnect!prod/{context.Region}/directconnect/{ckn}"
            + DxIds.AuthKey(context)[..6].Insert(0, "-");
        return new DxMacSecKey(arn, ckn, context.Now);
    }

    /// <summary>A secret that an earlier pair was kept in: its name is known from the port that it was given to.</summary>
    private static DxMacSecKey KnownKey(CommandContext context, AwsDx.AssociateMacSecKeyRequest request, string arn)
    {
        if (request.Ckn is not null || request.Cak is not null)
        {
            throw DxFaults.Client("Specify either secretARN, or ckn and cak, but not both.");
        }

        DxMacSecKey? known = context.Here.All<DxConnection>().Select(c => c.MacSec).Concat(context.Here.All<DxLag>().Select(l => l.MacSec))
            .SelectMany(m => m.Keys).FirstOrDefault(k => k.SecretArn == arn);
        return known is null
            ? throw DxFaults.Client($"The secret {arn} does not exist or holds no MACsec key.")
            : known with { StartOn = context.Now };
    }

    private static string Hex(string? text, string parameter)
    {
        string given = Required(text, parameter);
        return given.Length == HexLength && HexDigits().IsMatch(given)
            ? given
            : throw DxFaults.Client($"The value for {parameter} is not valid. The valid values are {HexLength} hexadecimal characters.");
    }

    private static DxMacSec MacSecOf(CommandContext context, string id) => id.StartsWith(DxIds.LagPrefix, StringComparison.Ordinal)
        ? DxRows.Lag(context, id).MacSec
        : OwnPort(context, id).MacSec;

    private static void PutMacSec(CommandContext context, string id, DxMacSec macSec)
    {
        if (id.StartsWith(DxIds.LagPrefix, StringComparison.Ordinal))
        {
            context.Put(DxRows.Lag(context, id) with { MacSec = macSec });
        }
        else
        {
            context.Put(OwnPort(context, id) with { MacSec = macSec });
        }
    }

    [GeneratedRegex(@"^[0-9a-fA-F]+\z")]
    private static partial Regex HexDigits();
}
