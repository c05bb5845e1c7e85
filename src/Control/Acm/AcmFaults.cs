namespace Trunkline.Control.Acm;

/// <summary>ACM's error codes. Source: the errors of each operation in the ACM API reference.</summary>
internal static class AcmFaults
{
    /// <summary>Certificates, keys and chains that are not what they should be.</summary>
    public static Fault Validation(string message) => new("ValidationException", message);

    public static Fault InvalidParameter(string message) => new("InvalidParameterException", message);

    public static Fault InvalidArn(string arn) => new("InvalidArnException", $"The ARN '{arn}' is not valid");

    public static Fault NotFound(CommandContext context, string arn) =>
        new("ResourceNotFoundException", $"Could not find certificate {arn} in account {context.Account}.");
}
