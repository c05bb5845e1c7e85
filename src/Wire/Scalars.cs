using System.Globalization;

namespace Trunkline.Wire;

/// <summary>Scalars as text. Nothing here depends on the machine's culture or zone.</summary>
internal static class Scalars
{
    /// <summary>What EC2 prints: milliseconds always, Z for the zone.</summary>
    public const string DateTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>A whole number; no blanks, no separators.</summary>
    public static bool TryLong(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>A fraction; the words for no number and infinity are the model's.</summary>
    public static bool TryDouble(string text, out double number)
    {
        switch (text)
        {
            case "NaN":
                number = double.NaN;
                return true;
            case "Infinity":
                number = double.PositiveInfinity;
                return true;
            case "-Infinity":
                number = double.NegativeInfinity;
                return true;
            default:
                return double.TryParse(
                    text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                    CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
        }
    }

    /// <summary>A point in time in the form that the model wants; epoch seconds are taken where a date is, as AWS does.</summary>
    public static bool TryTimestamp(string text, TimestampForm form, out DateTimeOffset time)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (form == TimestampForm.HttpDate
            && DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, Utc, out time))
        {
            return true;
        }

        if (TryDouble(text, out double seconds))
        {
            return TryEpoch(seconds, out time);
        }

        time = default;
        return text.Length >= 10 && char.IsAsciiDigit(text[0]) && text[4] == '-' && form != TimestampForm.EpochSeconds
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out time);
    }

    /// <summary>Seconds since 1970 as a point in time, in milliseconds.</summary>
    public static bool TryEpoch(double seconds, out DateTimeOffset time)
    {
        // The years 1 to 9999.
        bool fits = seconds is >= -62135596800 and <= 253402300799;
        time = fits ? DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000)) : default;
        return fits;
    }

    /// <summary>Base64 with its padding.</summary>
    public static bool TryBase64(string text, out byte[] bytes)
    {
        byte[] buffer = new byte[(text.Length / 4 * 3) + 3];
        bool valid = Convert.TryFromBase64String(text, buffer, out int length);
        bytes = valid ? buffer[..length] : [];
        return valid;
    }

    /// <summary>A fraction as AWS prints it.</summary>
    public static string Print(double number) =>
        double.IsNaN(number) ? "NaN"
        : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity")
        : number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A point in time in a form of text.</summary>
    public static string Print(DateTimeOffset time, TimestampForm form) => form switch
    {
        TimestampForm.HttpDate => time.ToUniversalTime().ToString("r", CultureInfo.InvariantCulture),
        TimestampForm.EpochSeconds => (time.ToUnixTimeMilliseconds() / 1000m).ToString("0.###", CultureInfo.InvariantCulture),
        _ => time.UtcDateTime.ToString(DateTimeFormat, CultureInfo.InvariantCulture),
    };
}
