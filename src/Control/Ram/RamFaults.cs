namespace Trunkline.Control.Ram;

/// <summary>RAM's error codes. Source: the errors of each operation in the RAM API Reference.</summary>
internal static class RamFaults
{
    public static Fault Invalid(string message) => new("InvalidParameterException", message);

    public static Fault Missing(string parameter) =>
        new("MissingRequiredParameterException", $"The required parameter {parameter} is missing.");

    public static Fault MalformedArn(string arn) => new("MalformedArnException", $"The specified ARN {arn} is not valid.");

    public static Fault NotPermitted(string message) => new("OperationNotPermittedException", message);

    public static Fault UnknownShare(string arn) => new("UnknownResourceException", $"ResourceShare {arn} could not be found.");

    public static Fault UnknownPermission(string arn) => new("UnknownResourceException", $"Permission {arn} could not be found.");

    public static Fault UnknownResource(string arn) => new("UnknownResourceException", $"Resource {arn} could not be found.");

    public static Fault UnknownInvitation(string arn) => new(
        "ResourceShareInvitationArnNotFoundException", $"ResourceShareInvitation {arn} could not be found.");
}
