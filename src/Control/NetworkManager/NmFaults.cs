using System.Globalization;
using Trunkline.Wire;

namespace Trunkline.Control.NetworkManager;

/// <summary>Network Manager's errors, with the members that its clients read. Source: Network Manager API Reference, common errors.</summary>
internal static class NmFaults
{
    private const string FieldValidationFailed = "FieldValidationFailed";

    /// <summary>A parameter is wrong in itself.</summary>
    public static Fault Field(string name, string message) => new("ValidationException", $"{name}: {message}")
    {
        Details =
        [
            new FaultDetail("Reason", FieldValidationFailed),
            new FaultDetail("Fields", null) { Fields = [new(name, message)] },
        ],
    };

    public static Fault Missing(string name) => Field(name, "Required field is missing.");

    /// <summary>The parent of what is asked for: AWS refuses it as a wrong field.</summary>
    public static Fault NoGlobalNetwork() => Field("globalNetworkId", "Global network not found.");

    public static Fault NotFound(string type, string id) => new("ResourceNotFoundException", $"{type} {id} not found.", 404)
    {
        Details = [new FaultDetail("ResourceId", id), new FaultDetail("ResourceType", type)],
    };

    public static Fault Conflict(string type, string id, string message) => new("ConflictException", message, 409)
    {
        Details = [new FaultDetail("ResourceId", id), new FaultDetail("ResourceType", type)],
    };

    /// <summary>An adjustable quota is reached.</summary>
    public static void CheckQuota(CommandContext context, Quota quota, int wanted)
    {
        if (!context.Quotas.Allows(quota, wanted))
        {
            string message = string.Format(CultureInfo.InvariantCulture, quota.Message, context.Quotas.LimitOf(quota));
            throw new Fault(quota.FaultCode, message, quota.Status)
            {
                Details = [new FaultDetail("LimitCode", quota.Name), new FaultDetail("ServiceCode", "networkmanager")],
            };
        }
    }
}
