namespace Trunkline.Load;

/// <summary>Prints two reports side by side, with the wanted limits.</summary>
internal static class Table
{
    private const double RateWanted = 20;
    private const double SlownessWanted = 1.0 / 20;
    private const double HalfWanted = 0.5;

    /// <returns>Whether every limit holds.</returns>
    public static bool Print(Report ours, Report theirs)
    {
        Console.WriteLine();
        Console.WriteLine($"{"",-52} {ours.Name,12} {theirs.Name,12} {"ratio",9}  {"wanted",-9}");
        bool all = true;
        foreach ((string name, Measured mine) in ours.Scenarios)
        {
            Measured other = theirs.Scenarios[name];
            all &= Line($"{name}, requests/s", mine.Rate, other.Rate, ">=", RateWanted);
            all &= Line($"{name}, p99 ms", mine.P99, other.P99, "<=", SlownessWanted);
        }

        all &= Line("process start to first answered call, ms", ours.Start, theirs.Start, "<=", HalfWanted);
        all &= Line("memory at rest, MiB", ours.Memory, theirs.Memory, "<=", HalfWanted);
        return all;
    }

    private static bool Line(string what, double mine, double other, string sign, double wanted)
    {
        double ratio = mine / other;
        bool holds = sign == ">=" ? ratio >= wanted : ratio <= wanted;
        Console.WriteLine($"{what,-52} {mine,12:N2} {other,12:N2} {ratio,9:F3}  {sign} {wanted,-5:0.###}  {(holds ? "pass" : "FAIL")}");
        return holds;
    }
}
