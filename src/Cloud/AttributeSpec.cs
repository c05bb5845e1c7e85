using System.Collections.Immutable;
using System.Globalization;

namespace Trunkline.Cloud;

/// <summary>One attribute that a service lets one set by name: its default and the values it takes.</summary>
/// <param name="Name">AWS's key, such as <c>idle_timeout.timeout_seconds</c>.</param>
/// <param name="Default">The value while none was set.</param>
/// <param name="Words">The values it takes; empty where it takes a number or any text.</param>
/// <param name="Least">The least number it takes; null where it takes no number.</param>
/// <param name="Most">The greatest number it takes.</param>
public sealed record AttributeSpec(string Name, string Default, ImmutableArray<string> Words, int? Least = null, int Most = int.MaxValue)
{
    public static AttributeSpec Switch(string name, string usual = "false") => new(name, usual, ["true", "false"]);

    public static AttributeSpec Choice(string name, string usual, params ImmutableArray<string> words) => new(name, usual, words);

    public static AttributeSpec Number(string name, string usual, int least, int most, params ImmutableArray<string> words) =>
        new(name, usual, words, least, most);

    public static AttributeSpec Text(string name, string usual = "") => new(name, usual, []);

    /// <summary>Whether AWS would take the value.</summary>
    public bool Takes(string value)
    {
        if (Words.IsEmpty && Least is null)
        {
            return true;
        }

        return Words.Contains(value)
            || (Least is { } least && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number >= least && number <= Most);
    }

    /// <summary>The values it takes, for a message.</summary>
    public string Range()
    {
        string words = string.Join(", ", Words);
        string numbers = Least is { } least ? string.Create(CultureInfo.InvariantCulture, $"{least}-{Most}") : "";
        return words.Length > 0 && numbers.Length > 0 ? $"{words}, {numbers}" : words + numbers;
    }
}
