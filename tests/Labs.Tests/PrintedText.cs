using System.Text.RegularExpressions;

namespace Trunkline.Tests.Labs;

/// <summary>What a page shows of a program's output, held against what it printed: whatever is another at every run may differ, and nothing else.</summary>
internal static partial class PrintedText
{
    /// <summary>The lines of a page that the output has not. A line may be shown without its end; <c>...</c> stands for any lines, and
    /// <c>…</c> for any part of one.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<string> shown, string output)
    {
        string[] lines = [.. output.Split('\n').Select(Neutral)];
        return
        [
            .. shown.Where(s => s.Trim() is not "" and not "..." && !lines.Any(l => Begins(l, Neutral(s)))),
        ];
    }

    private static bool Begins(string line, string shown)
    {
        string[] parts = shown.Split('…');
        int at = line.StartsWith(parts[0], StringComparison.Ordinal) ? parts[0].Length : -1;
        foreach (string part in parts[1..])
        {
            int found = at < 0 ? -1 : line.IndexOf(part, at, StringComparison.Ordinal);
            at = found < 0 ? -1 : found + part.Length;
        }

        return at >= 0;
    }

    /// <summary>The indented blocks of a page that follow a sentence about what is printed.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Blocks(string page)
    {
        List<IReadOnlyList<string>> blocks = [];
        List<string>? block = null;
        string before = "";
        foreach (string line in page.Split('\n'))
        {
            if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                if (block is null && before.EndsWith(':') && before.Contains("print", StringComparison.Ordinal))
                {
                    blocks.Add(block = []);
                }

                block?.Add(line);
            }
            else if (line.Trim().Length > 0)
            {
                block = null;
                before = line.Trim();
            }
        }

        return blocks;
    }

    // Ids, ports, addresses given at random, accounts, the hexadecimal ends of load balancers' names, and how wide a column becomes for them.
    private static string Neutral(string line)
    {
        string text = RandomId().Replace(line.TrimEnd(), "$1-ID");
        text = DirectConnectId().Replace(text, "$1-ID");
        text = Hexadecimal().Replace(text, "/HEX");
        text = AccountNumber().Replace(text, "ACCOUNT");
        text = Address().Replace(text, a => a.Value is "198.51.100.80" or "198.51.100.9" or "8.8.8.8" ? a.Value : "ADDRESS");
        text = Port().Replace(text, "ADDRESS:PORT");
        text = text.Replace("https://", "http://", StringComparison.Ordinal);
        return Spaces().Replace(text, " ").Trim();
    }

    [GeneratedRegex(@"\b([a-z]+)-[0-9a-f]{17}\b")]
    private static partial Regex RandomId();

    [GeneratedRegex(@"\b(dx[a-z]+)-[0-9a-z]{8}\b")]
    private static partial Regex DirectConnectId();

    [GeneratedRegex(@"/[0-9a-f]{16}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"\b\d{12}\b")]
    private static partial Regex AccountNumber();

    [GeneratedRegex(@"\b\d{1,3}(\.\d{1,3}){3}\b(?!/)")]
    private static partial Regex Address();

    [GeneratedRegex(@"ADDRESS:\d+(-\d+)?\b")]
    private static partial Regex Port();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
