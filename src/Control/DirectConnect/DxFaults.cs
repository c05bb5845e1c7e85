namespace Trunkline.Control.DirectConnect;

/// <summary>Direct Connect's error codes: one for all that a client did wrong. Source: the errors of each operation in the API reference.</summary>
internal static class DxFaults
{
    public const string ClientCode = "DirectConnectClientException";

    public static Fault Client(string message) => new(ClientCode, message);

    public static Fault Missing(string parameter) => Client($"Field {parameter} is required");

    public static Fault NoConnection(string id) => Client($"Could not find Connection with ID {id}");

    public static Fault NoInterconnect(string id) => Client($"Could not find Interconnect with ID {id}");

    public static Fault NoLag(string id) => Client($"Could not find Lag with ID {id}");

    public static Fault NoInterface(string id) => Client($"Virtual Interface {id} does not exist.");

    public static Fault NoGateway(string id) => Client($"Direct Connect Gateway {id} does not exist.");

    public static Fault NoAssociation(string id) => Client($"Direct Connect Gateway Association {id} does not exist.");

    public static Fault NoProposal(string id) => Client($"Direct Connect Gateway Association Proposal {id} is not found.");

    public static Fault Limit(string message) => Client(message);

    public static Fault TooManyTags(int most) =>
        new("TooManyTagsException", $"You have reached the limit on the number of tags that can be assigned: {most}.");

    public static Fault DuplicateTagKeys() => new("DuplicateTagKeysException", "A tag key was specified more than once.");
}
