using System.Text;
using System.Text.Json;

namespace Trunkline.Control.Iam;

/// <summary>
/// Whether a policy document is one that IAM takes. Source: IAM User Guide, "Grammar of the IAM JSON policy language", "IAM object quotas".
/// Nothing here evaluates a policy: Trunkline authorises nothing.
/// </summary>
internal static class PolicyDocuments
{
    private const int DocumentMost = 131072;
    private const int ManagedMost = 6144;
    private const int TrustMost = 2048;
    private const int InlineMost = 10240;

    private static readonly string[] StatementKeys =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// <summary>The document of a managed policy.</summary>
    public static string Managed(string? document)
    {
        string text = Identity(document);
        return SizeOf(text) <= ManagedMost ? text : throw IamFaults.LimitExceeded($"Cannot exceed quota for PolicySize: {ManagedMost}");
    }

    /// <summary>The document of a role's inline policy.</summary>
    /// <param name="others">The role's other inline policies: the quota is for all of them together.</param>
    public static string Inline(string? document, string role, IEnumerable<string> others)
    {
        string text = Identity(document);
        return SizeOf(text) + others.Sum(SizeOf) <= InlineMost
            ? text
            : throw IamFaults.LimitExceeded($"Maximum policy size of {InlineMost} bytes exceeded for role {role}");
    }

    /// <summary>The document that says who may assume a role.</summary>
    public static string Trust(string? document)
    {
        string text = Checked(document, "assumeRolePolicyDocument");
        foreach (JsonElement statement in StatementsOf(text))
        {
            if (!statement.TryGetProperty("Principal", out _) && !statement.TryGetProperty("NotPrincipal", out _))
            {
                throw IamFaults.Malformed("Missing required field Principal");
            }

            if (statement.TryGetProperty("Resource", out _) || statement.TryGetProperty("NotResource", out _))
            {
                throw IamFaults.Malformed("Has prohibited field Resource");
            }

            if (statement.TryGetProperty("Action", out JsonElement actions)
                && StringsOf(actions).Any(a => a != "*" && !a.StartsWith("sts:", StringComparison.OrdinalIgnoreCase)))
            {
                throw IamFaults.Malformed("AssumeRole policy may only specify STS AssumeRole actions.");
            }
        }

        return SizeOf(text) <= TrustMost ? text : throw IamFaults.LimitExceeded($"Cannot exceed quota for ACLSizePerRole: {TrustMost}");
    }

    private static string Identity(string? document)
    {
        string text = Checked(document, "policyDocument");
        foreach (JsonElement statement in StatementsOf(text))
        {
            if (statement.TryGetProperty("Principal", out _) || statement.TryGetProperty("NotPrincipal", out _))
            {
                throw IamFaults.Malformed("Policy document should not specify a principal.");
            }

            if (!statement.TryGetProperty("Resource", out JsonElement resources) && !statement.TryGetProperty("NotResource", out resources))
            {
                throw IamFaults.Malformed("Policy statement must contain resources.");
            }

            if (StringsOf(resources).FirstOrDefault(r => r != "*" && !r.StartsWith("arn:", StringComparison.Ordinal)) is { } wrong)
            {
                throw IamFaults.Malformed($"Resource {wrong} must be in ARN format or \"*\".");
            }
        }

        return text;
    }

    /// <summary>A document in the grammar that all policies share.</summary>
    private static string Checked(string? document, string member)
    {
        string text = Door.Required(document, char.ToUpperInvariant(member[0]) + member[1..]);
        new Constraints().Length(text, member, 1, DocumentMost).Check();
        if (text.Any(c => c is not ('\t' or '\n' or '\r' or (>= ' ' and <= '\u00FF'))))
        {
            throw new Fault(
                "ValidationError",
                $"The specified value for {member} is invalid. It must contain only printable ASCII characters, tabs, line feeds and carriage returns");
        }

        JsonElement root = Parse(text);
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Syntax();
        }

        foreach (JsonProperty property in root.EnumerateObject())
        {
            bool known = property.Name switch
            {
                "Version" => property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() is "2012-10-17" or "2008-10-17",
                "Id" => property.Value.ValueKind == JsonValueKind.String,
                "Statement" => property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array,
                _ => false,
            };
            if (!known)
            {
                throw Syntax();
            }
        }

        CheckStatements(root);
        return text;
    }

    private static void CheckStatements(JsonElement root)
    {
        if (!root.TryGetProperty("Statement", out JsonElement statements)
            || (statements.ValueKind == JsonValueKind.Array && statements.GetArrayLength() == 0))
        {
            throw Syntax();
        }

        HashSet<string> sids = new(StringComparer.Ordinal);
        foreach (JsonElement statement in Each(statements))
        {
            if (statement.ValueKind != JsonValueKind.Object
                || statement.EnumerateObject().Any(p => !StatementKeys.Contains(p.Name))
                || !statement.TryGetProperty("Effect", out JsonElement effect)
                || effect.ValueKind != JsonValueKind.String || effect.GetString() is not ("Allow" or "Deny")
                || (statement.TryGetProperty("Condition", out JsonElement condition) && condition.ValueKind != JsonValueKind.Object))
            {
                throw Syntax();
            }

            if (statement.TryGetProperty("Sid", out JsonElement sid)
                && (sid.ValueKind != JsonValueKind.String || (sid.GetString() is { Length: > 0 } id && !sids.Add(id))))
            {
                throw IamFaults.Malformed("Statement IDs (SID) in a single policy must be unique.");
            }

            CheckActions(statement);
        }
    }

    private static void CheckActions(JsonElement statement)
    {
        bool has = statement.TryGetProperty("Action", out JsonElement actions);
        bool hasNot = statement.TryGetProperty("NotAction", out JsonElement notActions);
        if (!has && !hasNot)
        {
            throw IamFaults.Malformed("Policy statement must contain actions.");
        }

        if (has && hasNot)
        {
            throw Syntax();
        }

        foreach (string action in StringsOf(has ? actions : notActions))
        {
            if (action != "*" && !action.Contains(':', StringComparison.Ordinal))
            {
                throw IamFaults.Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
            }
        }
    }

    /// <summary>A string, or a list of strings.</summary>
    private static IEnumerable<string> StringsOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(v => v.GetString()!)],
        _ => throw Syntax(),
    };

    private static IEnumerable<JsonElement> StatementsOf(string text) => Each(Parse(text).GetProperty("Statement"));

    private static IEnumerable<JsonElement> Each(JsonElement statements) =>
        statements.ValueKind == JsonValueKind.Array ? statements.EnumerateArray() : [statements];

    private static JsonElement Parse(string text)
    {
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(text);
            Decode(text);
            return parsed.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw IamFaults.Malformed("This policy contains invalid Json");
        }
    }

    /// <summary>Reads every string once: half of a surrogate pair parses, and is no text.</summary>
    /// <exception cref="InvalidOperationException">There is such a half.</exception>
    private static void Decode(string text)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text));
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                _ = reader.GetString();
            }
        }
    }

    /// <summary>IAM does not count white space.</summary>
    private static int SizeOf(string text) => text.Count(c => !char.IsWhiteSpace(c));

    private static Fault Syntax() => IamFaults.Malformed("Syntax errors in policy.");
}
