namespace Trunkline.Control.Ram;

/// <summary>RAM's ARNs: <c>arn:aws:ram:REGION:ACCOUNT:TYPE/KEY</c>.</summary>
internal static class RamArns
{
    private const string ShareType = "resource-share";
    private const string InvitationType = "resource-share-invitation";
    private const string PermissionType = "permission";

    public static string Share(string account, string region, string key) => $"arn:aws:ram:{region}:{account}:{ShareType}/{key}";

    public static string Invitation(CommandContext context, string key) => context.Arn($"{InvitationType}/{key}", "ram");

    public static string Permission(CommandContext context, string name) => context.Arn($"{PermissionType}/{name}", "ram");

    /// <summary>The owner and the key of a share of this region.</summary>
    /// <exception cref="Fault">MalformedArnException.</exception>
    public static (string Account, string Key) ParseShare(CommandContext context, string? arn) =>
        Parse(context, arn, ShareType, "resourceShareArn");

    /// <exception cref="Fault">MalformedArnException.</exception>
    public static (string Account, string Key) ParseInvitation(CommandContext context, string? arn) =>
        Parse(context, arn, InvitationType, "resourceShareInvitationArn");

    /// <summary>Whether an ARN is a permission's, of AWS or of an account.</summary>
    public static bool IsPermission(string arn) => Fields(arn, PermissionType) is not null;

    /// <summary>The owner (<c>aws</c> for those that AWS manages) and the name of a permission.</summary>
    /// <exception cref="Fault">MalformedArnException.</exception>
    public static (string Account, string Name) ParsePermission(string? arn)
    {
        string text = string.IsNullOrEmpty(arn) ? throw RamFaults.Missing("permissionArn") : arn;
        string[] fields = Fields(text, PermissionType) ?? throw RamFaults.MalformedArn(text);
        return (fields[4], fields[5][(PermissionType.Length + 1)..]);
    }

    private static (string Account, string Key) Parse(CommandContext context, string? arn, string type, string parameter)
    {
        string text = string.IsNullOrEmpty(arn) ? throw RamFaults.Missing(parameter) : arn;
        string[] fields = Fields(text, type) ?? throw RamFaults.MalformedArn(text);
        return fields[3] == context.Region ? (fields[4], fields[5][(type.Length + 1)..]) : throw RamFaults.UnknownResource(text);
    }

    private static string[]? Fields(string arn, string type)
    {
        string[] fields = arn.Split(':', 6);
        bool fits = fields.Length == 6 && fields[0] == "arn" && fields[2] == "ram" && fields[4].Length > 0
            && fields[5].Length > type.Length + 1 && fields[5].StartsWith(type + "/", StringComparison.Ordinal);
        return fits ? fields : null;
    }
}
