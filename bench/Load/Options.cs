using System.Globalization;

namespace Trunkline.Load;

/// <param name="Connections">Connections, each with one request under way.</param>
/// <param name="Seconds">Measured seconds of each scenario, after a warm-up of 4 seconds.</param>
/// <param name="Only">A part of the names of the scenarios to run; empty for all.</param>
internal sealed record Options(int Connections, double Seconds, string Only, IReadOnlyList<string> Trunkline, IReadOnlyList<string> Peer)
{
    public static Options? Parse(string[] args)
    {
        Dictionary<string, List<string>> given = [];
        List<string>? words = null;
        foreach (string arg in args)
        {
            if (arg is "--connections" or "--seconds" or "--only" or "--trunkline" or "--peer")
            {
                given[arg] = words = [];
            }
            else if (words is not null)
            {
                words.Add(arg);
            }
            else
            {
                return null;
            }
        }

        string One(string name, string otherwise) => given.TryGetValue(name, out List<string>? found) && found.Count == 1 ? found[0] : otherwise;
        return given.TryGetValue("--trunkline", out List<string>? ours) && given.TryGetValue("--peer", out List<string>? theirs)
            && int.TryParse(One("--connections", "64"), out int connections) && connections > 0
            && double.TryParse(One("--seconds", "5"), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds > 0
            ? new Options(connections, seconds, One("--only", ""), ours, theirs)
            : null;
    }
}
