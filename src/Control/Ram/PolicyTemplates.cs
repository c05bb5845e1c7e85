using System.Text.Json;

namespace Trunkline.Control.Ram;

/// <summary>
/// Policy templates of customer managed permissions: <c>Effect</c>, <c>Action</c> and <c>Condition</c>, no principal and no resource.
/// Source: RAM API, CreatePermission, policyTemplate.
/// </summary>
internal static class PolicyTemplates
{
    private const int LengthMax = 4096;

    /// <summary>The template, once it is known to be one.</summary>
    /// <exception cref="Fault">MalformedPolicyTemplateException; InvalidPolicyException for actions of another service.</exception>
    public static string Checked(string? text, ShareableType type)
    {
        string template = string.IsNullOrEmpty(text) ? throw RamFaults.Missing("policyTemplate") : text;
        if (template.Length > LengthMax)
        {
            throw Malformed($"it is longer than {LengthMax} characters");
        }

        using JsonDocument document = Parsed(template);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw Malformed("it is not a JSON object");
        }

        bool hasEffect = false;
        bool hasAction = false;
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            switch (member.Name)
            {
                case "Effect":
                    hasEffect = member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() == "Allow";
                    break;
                case "Action":
                    hasAction = true;
                    CheckActions(member.Value, type);
                    break;
                case "Condition" when member.Value.ValueKind == JsonValueKind.Object:
                    break;
                default:
                    throw Malformed($"the element {member.Name} is not allowed");
            }
        }

        return hasEffect && hasAction ? template : throw Malformed("it needs an Effect, which is Allow, and an Action");
    }

    private static JsonDocument Parsed(string template)
    {
        try
        {
            return JsonDocument.Parse(template, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException)
        {
            throw Malformed("it is not JSON");
        }
    }

    private static void CheckActions(JsonElement value, ShareableType type)
    {
        IReadOnlyList<JsonElement> actions = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        if (actions.Count == 0 || actions.Any(a => a.ValueKind != JsonValueKind.String))
        {
            throw Malformed("Action names no action");
        }

        foreach (string action in actions.Select(a => a.GetString()!))
        {
            if (!action.StartsWith(type.Service + ":", StringComparison.OrdinalIgnoreCase) || action.Length == type.Service.Length + 1)
            {
                throw new Fault("InvalidPolicyException", $"The action {action} is not supported for the resource type {type.Name}.");
            }
        }
    }

    private static Fault Malformed(string why) =>
        new("MalformedPolicyTemplateException", $"The policy template is malformed: {why}.");
}
