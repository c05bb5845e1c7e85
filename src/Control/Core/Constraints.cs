using System.Globalization;
using System.Text.RegularExpressions;

namespace Trunkline.Control;

/// <summary>
/// The limits that a service's model puts on its parameters (lengths, ranges, patterns), in the words in which AWS's services of the query
/// protocol refuse: every violation at once, <c>ValidationError</c>.
/// </summary>
public sealed class Constraints
{
    private readonly List<string> violations = [];

    /// <param name="member">The parameter in the model's camel case: <c>roleName</c>.</param>
    public Constraints Length(string? value, string member, int least, int most)
    {
        if (value is not null && value.Length < least)
        {
            Add(value, member, $"Member must have length greater than or equal to {least}");
        }
        else if (value is not null && value.Length > most)
        {
            Add(value, member, $"Member must have length less than or equal to {most}");
        }

        return this;
    }

    public Constraints Range(int? value, string member, int least, int most)
    {
        if (value < least)
        {
            Add(Text(value.Value), member, $"Member must have value greater than or equal to {least}");
        }
        else if (value > most)
        {
            Add(Text(value.Value), member, $"Member must have value less than or equal to {most}");
        }

        return this;
    }

    /// <param name="pattern">Matches whole values; anchored.</param>
    /// <param name="shown">The pattern as AWS's message writes it.</param>
    public Constraints Pattern(string? value, string member, Regex pattern, string shown)
    {
        if (value is not null && !pattern.IsMatch(value))
        {
            Add(value, member, $"Member must satisfy regular expression pattern: {shown}");
        }

        return this;
    }

    public Constraints Count<T>(IReadOnlyList<T>? values, string member, int least, int most)
    {
        if (values is not null && (values.Count < least || values.Count > most))
        {
            Add(
                $"[{values.Count} items]",
                member,
                values.Count < least
                    ? $"Member must have length greater than or equal to {least}"
                    : $"Member must have length less than or equal to {most}");
        }

        return this;
    }

    /// <summary>Refuses where any constraint is violated.</summary>
    public void Check()
    {
        if (violations.Count > 0)
        {
            throw new Fault(
                "ValidationError",
                $"{violations.Count} validation error{(violations.Count == 1 ? "" : "s")} detected: {string.Join("; ", violations)}");
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private void Add(string value, string member, string constraint) =>
        violations.Add($"Value '{value}' at '{member}' failed to satisfy constraint: {constraint}");
}
