using System.Globalization;
using System.Text;

namespace Trunkline.Control.Logs;

/// <summary>
/// A filter pattern: terms that a line must or must not hold, or the fields of a line that is parted by spaces. Source: AWS, "Filter pattern
/// syntax for metric filters, subscription filters, filter log events, and Live Tail". Patterns of JSON lines and regular
/// expressions are refused by name.
/// </summary>
internal sealed class LogPattern
{
    private readonly Func<string, bool> test;

    private LogPattern(Func<string, bool> test) => this.test = test;

    /// <exception cref="Fault">InvalidParameterException: not a pattern; UnsupportedOperation: a pattern for JSON, a regular expression.</exception>
    public static LogPattern Parse(string? text)
    {
        string pattern = text?.Trim() ?? "";
        if (pattern.Length == 0)
        {
            return new LogPattern(_ => true);
        }

        if (pattern.StartsWith('{'))
        {
            throw Fault.Unsupported("filterPattern (patterns for JSON log events)");
        }

        if (pattern.Contains('%', StringComparison.Ordinal) && !pattern.Contains('"', StringComparison.Ordinal))
        {
            throw Fault.Unsupported("filterPattern (regular expressions)");
        }

        return pattern.StartsWith('[') ? OfFields(pattern) : OfTerms(pattern);
    }

    public bool Matches(string line) => test(line);

    private static Fault Wrong() => new("InvalidParameterException", "Invalid filter pattern");

    /// <summary>Terms are all required; those with <c>?</c> are alternatives, those with <c>-</c> must not be there.</summary>
    private static LogPattern OfTerms(string pattern)
    {
        List<string> all = [];
        List<string> any = [];
        List<string> none = [];
        int at = 0;
        while (at < pattern.Length)
        {
            if (pattern[at] == ' ')
            {
                at++;
                continue;
            }

            List<string> to = pattern[at] switch { '?' => any, '-' => none, _ => all };
            at += to == all ? 0 : 1;
            to.Add(Term(pattern, ref at));
        }

        // Alternatives are looked at only where nothing else is required (AWS, the same page).
        return new LogPattern(line =>
            all.TrueForAll(t => line.Contains(t, StringComparison.Ordinal))
            && none.TrueForAll(t => !line.Contains(t, StringComparison.Ordinal))
            && (any.Count == 0 || all.Count > 0 || any.Exists(t => line.Contains(t, StringComparison.Ordinal))));
    }

    private static string Term(string pattern, ref int at)
    {
        StringBuilder term = new();
        if (at < pattern.Length && pattern[at] == '"')
        {
            for (at++; at < pattern.Length && pattern[at] != '"'; at++)
            {
                at += pattern[at] == '\\' && at + 1 < pattern.Length ? 1 : 0;
                term.Append(pattern[at]);
            }

            if (at++ == pattern.Length)
            {
                throw Wrong();
            }

            return term.ToString();
        }

        while (at < pattern.Length && pattern[at] != ' ')
        {
            char c = pattern[at++];
            term.Append(char.IsLetterOrDigit(c) || c == '_' ? c : throw Wrong());
        }

        return term.Length > 0 ? term.ToString() : throw Wrong();
    }

    /// <summary>One element a field; <c>...</c> stands for any number of them.</summary>
    private static LogPattern OfFields(string pattern)
    {
        if (!pattern.EndsWith(']'))
        {
            throw Wrong();
        }

        List<Func<string, bool>?> wanted = [.. pattern[1..^1].Split(',').Select(part => part.Trim() == "..." ? null : Field(part))];
        int rest = wanted.IndexOf(null);
        if (rest >= 0 && wanted.LastIndexOf(null) != rest)
        {
            throw Wrong();
        }

        return new LogPattern(line =>
        {
            List<string> fields = FieldsOf(line);
            if (rest < 0 ? fields.Count != wanted.Count : fields.Count < wanted.Count - 1)
            {
                return false;
            }

            int head = rest < 0 ? wanted.Count : rest;
            for (int i = 0; i < head; i++)
            {
                if (!wanted[i]!(fields[i]))
                {
                    return false;
                }
            }

            for (int i = 1; rest >= 0 && i < wanted.Count - rest; i++)
            {
                if (!wanted[^i]!(fields[^i]))
                {
                    return false;
                }
            }

            return true;
        });
    }

    /// <summary>A name alone is any value; else conditions on it, joined by <c>&amp;&amp;</c> and <c>||</c>.</summary>
    private static Func<string, bool> Field(string text)
    {
        List<List<Func<string, bool>>> alternatives =
            [.. text.Split("||").Select(a => a.Split("&&").Select(c => Condition(c.Trim())).ToList())];
        return value => alternatives.Exists(all => all.TrueForAll(one => one(value)));
    }

    private static Func<string, bool> Condition(string text)
    {
        int at = text.IndexOfAny(['=', '!', '<', '>']);
        if (at < 0)
        {
            return text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '$') ? _ => true : throw Wrong();
        }

        int end = at + 1 < text.Length && text[at + 1] == '=' ? at + 2 : at + 1;
        string sign = text[at..end];
        string wanted = text[end..].Trim().Trim('"');
        if (sign is "=" or "!=")
        {
            bool number = IsNumber(wanted, out double value);
            bool Same(string field) => number && IsNumber(field, out double found)
                ? found == value
                : Wildcard.Matches(wanted.Replace("?", "\\?", StringComparison.Ordinal), field);
            return sign == "=" ? Same : field => !Same(field);
        }

        return (IsNumber(wanted, out double limit), sign) switch
        {
            (true, "<") => field => IsNumber(field, out double found) && found < limit,
            (true, "<=") => field => IsNumber(field, out double found) && found <= limit,
            (true, ">") => field => IsNumber(field, out double found) && found > limit,
            (true, ">=") => field => IsNumber(field, out double found) && found >= limit,
            _ => throw Wrong(),
        };
    }

    private static bool IsNumber(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>Parted by spaces; what stands in quotes or brackets is one field.</summary>
    private static List<string> FieldsOf(string line)
    {
        List<string> fields = [];
        int at = 0;
        while (at < line.Length)
        {
            if (line[at] == ' ')
            {
                at++;
                continue;
            }

            char close = line[at] switch { '"' => '"', '[' => ']', _ => ' ' };
            int start = close == ' ' ? at : at + 1;
            int end = line.IndexOf(close, start);
            end = end < 0 ? line.Length : end;
            fields.Add(line[start..end]);
            at = end + 1;
        }

        return fields;
    }
}
