using System.Globalization;

namespace Trunkline.Control.Own;

/// <summary>How far the cloud's clock is ahead, as the world's document says it: <c>90s</c>, <c>30m</c>, <c>12h</c>, <c>8d</c>.</summary>
internal static class AheadText
{
    private static readonly TimeSpan Most = TimeSpan.FromDays(3650);

    private static readonly (char Letter, long Seconds)[] Units = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

    /// <returns>Null for none, and for nothing at all: the machine's own time.</returns>
    /// <exception cref="Fault">It is no such time, or more than ten years.</exception>
    public static TimeSpan? Read(string? text)
    {
        if (text is null or "0")
        {
            return null;
        }

        (char _, long unit) = Units.FirstOrDefault(u => text.EndsWith(u.Letter));
        bool isNumber = uint.TryParse(text.AsSpan(0, Math.Max(text.Length - 1, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        return unit == 0 || !isNumber || number > Most.TotalSeconds / unit
            ? throw new Fault("InvalidWorld", $"ahead is '{text}', and must be a whole number with s, m, h or d, as 8d, and at most 3650d")
            : number == 0 ? null : TimeSpan.FromSeconds(number * unit);
    }

    /// <summary>In the largest unit of which it is a whole number.</summary>
    public static string? Of(TimeSpan? ahead)
    {
        if (ahead is not { } time)
        {
            return null;
        }

        long seconds = (long)time.TotalSeconds;
        (char letter, long unit) = Units.First(u => seconds % u.Seconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / unit}{letter}");
    }
}
