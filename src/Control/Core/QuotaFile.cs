using System.Collections.Immutable;
using System.Text.Json;

namespace Trunkline.Control;

/// <summary>Reads a quota file: one JSON object of quota names and whole numbers; a quota that it leaves out is off.</summary>
public static class QuotaFile
{
    /// <exception cref="FormatException">One line that names what is wrong.</exception>
    public static Quotas Parse(string json)
    {
        Dictionary<string, int> limits;
        try
        {
            limits = JsonSerializer.Deserialize<Dictionary<string, int>>(json) ?? [];
        }
        catch (JsonException e)
        {
            throw new FormatException($"not a JSON object of names and whole numbers: {e.Message}", e);
        }

        HashSet<string> known = [.. Quotas.All.Select(q => q.Name)];
        foreach ((string name, int limit) in limits)
        {
            if (!known.Contains(name))
            {
                throw new FormatException($"'{name}' is not a quota; the quotas are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
            }

            if (limit < 0)
            {
                throw new FormatException($"'{name}' is {limit}; a quota is 0 or more");
            }
        }

        return new Quotas(limits.ToImmutableDictionary());
    }
}
