namespace Trunkline.Control.Iam;

/// <summary>The refusals of IAM. Source: IAM API Reference, "Errors" of each action.</summary>
internal static class IamFaults
{
    public static Fault NoSuchEntity(string message) => new("NoSuchEntity", message, 404);

    public static Fault NoSuchRole(string name) => NoSuchEntity($"The role with name {name} cannot be found.");

    public static Fault NoSuchProfile(string name) => NoSuchEntity($"Instance Profile {name} cannot be found.");

    public static Fault NoSuchPolicy(string arn) => NoSuchEntity($"Policy {arn} was not found.");

    public static Fault NoSuchCertificate(string name) => NoSuchEntity($"The Server Certificate with name {name} cannot be found.");

    public static Fault AlreadyExists(string message) => new("EntityAlreadyExists", message, 409);

    public static Fault DeleteConflict(string message) => new("DeleteConflict", message, 409);

    public static Fault LimitExceeded(string message) => new("LimitExceeded", message, 409);

    public static Fault InvalidInput(string message) => new("InvalidInput", message);

    public static Fault Malformed(string message) => new("MalformedPolicyDocument", message);

    /// <summary>Roles that are linked to a service are the service's.</summary>
    public static Fault Protected(string role) => new(
        "UnmodifiableEntity",
        $"Cannot perform the operation on the protected role '{role}' - this role is only modifiable by AWS");
}
