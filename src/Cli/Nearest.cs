namespace Trunkline.Cli;

/// <summary>The word that a mistyped one was most likely meant to be.</summary>
internal static class Nearest
{
    /// <returns>"; did you mean 'x'?" when one is near, otherwise the list of all that are known.</returns>
    public static string Hint(string word, IEnumerable<string> known)
    {
        List<string> all = [.. known];
        string? best = Of(word, all);
        return best is not null ? $"; did you mean '{best}'?"
            : all.Count == 0 ? ""
            : $"; known here: {string.Join(", ", all)}";
    }

    /// <returns>The nearest known word if at most a third of it (and at least two letters) differs, otherwise null.</returns>
    public static string? Of(string word, IEnumerable<string> known) =>
        known.Select(k => (Word: k, Distance: Distance(word.ToLowerInvariant(), k.ToLowerInvariant())))
            .Where(c => c.Distance <= Math.Max(2, c.Word.Length / 3) && c.Distance < c.Word.Length)
            .OrderBy(c => c.Distance)
            .Select(c => c.Word)
            .FirstOrDefault();

    // Edit distance by insertion, deletion, substitution and swap of neighbours (optimal string alignment).
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (int j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
