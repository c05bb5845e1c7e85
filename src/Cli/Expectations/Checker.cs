using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Expectations;

/// <summary>What became of one expectation.</summary>
/// <param name="Answer">Null when the endpoint refused the question.</param>
/// <param name="Problems">Empty when all is as expected; otherwise one line for each thing that is not.</param>
/// <param name="Model">What the model says, where <paramref name="Answer"/> is a real packet's; null otherwise.</param>
/// <param name="Differences">In what the two differ, one line each; empty where they agree, or where nothing was sent.</param>
internal sealed record FlowResult(
    Expectation Flow, TraceAnswer? Answer, TraceAnswer? Model, IReadOnlyList<string> Differences, IReadOnlyList<string> Problems, TimeSpan Took)
{
    public bool Passed => Problems.Count == 0;

    /// <summary>What happened, in the words that <see cref="Expectation.Wanted"/> uses for what was wanted.</summary>
    public string Happened =>
        Answer is null ? "no trace"
        : Answer.Delivered ? "delivered"
        : $"dropped {Answer.Code} ({Answer.DropDirection})";
}

/// <summary>Asks the endpoint for every flow of a file and compares.</summary>
internal static class Checker
{
    /// <summary>How many flows tell a share, and how far from even it may be: a hash spreads no better by chance.</summary>
    private const int ManyFlows = 10_000;
    private const double Tolerance = 0.1;

    /// <param name="live">Send every packet for real.</param>
    public static async Task<IReadOnlyList<FlowResult>> Run(EndpointClient client, ExpectationFile file, bool live, CancellationToken stop)
    {
        if (file.World is not null)
        {
            await client.PutWorld(file.World.DeepClone(), stop);
        }

        List<FlowResult> results = [];
        foreach (Expectation flow in file.Flows)
        {
            results.Add(await One(client, flow, live, stop));
        }

        return results;
    }

    private static async Task<FlowResult> One(EndpointClient client, Expectation flow, bool live, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        TraceQuestion question = new(flow.From, flow.To, flow.Protocol, flow.Port, flow.SourcePort, flow.Account, flow.Region)
        {
            Http = flow.Http,
            Headers = flow.Headers,
        };
        (JsonNode? json, EndpointFault? fault) = live ? await client.Live(question, stop) : await client.Trace(question, stop);
        if (json is null)
        {
            return new FlowResult(flow, null, null, [], [fault!.Line], Stopwatch.GetElapsedTime(start));
        }

        (IReadOnlyList<string> shared, EndpointFault? refused) = flow.CarriedBy.Count == 0 ? ([], null) : await Shared(client, flow, question, stop);
        TraceAnswer answer = new((live ? json["real"] : json)!);
        TraceAnswer? model = live ? new TraceAnswer(json["model"]!) : null;
        string[] differences = live ? [.. json["differences"]!.AsArray().Select(d => d!.ToString())] : [];
        string[] problems =
        [
            .. Compare(flow, answer, model), .. shared, .. refused is null ? [] : new[] { refused.Line },
            .. differences.Select(d => "model and kernel differ: " + d),
        ];
        return new FlowResult(flow, answer, model, differences, problems, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Sends many flows of the kind, and says which line does not carry its part of them.</summary>
    private static async Task<(IReadOnlyList<string> Problems, EndpointFault? Fault)> Shared(
        EndpointClient client, Expectation flow, TraceQuestion question, CancellationToken stop)
    {
        (JsonNode? json, EndpointFault? fault) = await client.Spread(question, ManyFlows, stop);
        return json is null ? ([], fault) : ([.. CompareShares(flow.CarriedBy, json)], null);
    }

    /// <returns>One line for each line whose part of the flows is more than a tenth from even, and one where flows are lost or go elsewhere.</returns>
    public static IReadOnlyList<string> CompareShares(IReadOnlyList<string> carriers, JsonNode spread)
    {
        List<string> problems = [];
        int flows = (int)spread["flows"]!;
        int delivered = (int)spread["delivered"]!;
        if (delivered < flows)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"of {flows} flows {delivered} were delivered"));
        }

        double even = (double)flows / carriers.Count;
        int carried = 0;
        foreach (string carrier in carriers)
        {
            int by = spread["lines"]!.AsArray()
                .Where(l => TraceAnswer.NamesOf(l!["line"]!.ToString(), l["of"]).Contains(carrier))
                .Sum(l => (int)l!["flows"]!);
            carried += by;
            if (Math.Abs(by - even) > even * Tolerance)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"expected {carrier} to carry {even:0} of {flows} flows, and it carried {by}"));
            }
        }

        if (carried < flows)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{flows - carried} of {flows} flows went another way"));
        }

        return problems;
    }

    /// <returns>One line for each way in which the answer is not as expected.</returns>
    /// <param name="model">Of a real packet: the model's answer, for what packets meet unseen.</param>
    public static IReadOnlyList<string> Compare(Expectation flow, TraceAnswer answer, TraceAnswer? model = null)
    {
        List<string> problems = [];
        if (flow.Delivered != answer.Delivered)
        {
            string reason = answer.Delivered ? "" : $": {answer.Code} ({answer.DropDirection})";
            problems.Add($"expected {(flow.Delivered ? "delivered" : "dropped")}, and it was "
                + (answer.Delivered ? "delivered" : "dropped") + reason);
        }
        else
        {
            if (flow.Code is not null && flow.Code != answer.Code)
            {
                problems.Add($"expected the code {flow.Code}, and it was {answer.Code}");
            }

            if (flow.Direction is not null && flow.Direction != answer.DropDirection)
            {
                problems.Add($"expected the drop on the {flow.Direction} way, and it was on the {answer.DropDirection} way");
            }

            if (flow.SeenAs is not null && !Within(answer.SeenAs, flow.SeenAs))
            {
                problems.Add($"expected to be seen as {flow.SeenAs}, and was seen as {answer.SeenAs ?? "nothing"}");
            }

            // A real packet bears no note: the model's trace of it does.
            problems.AddRange(CompareNotes(flow.Notes, (model ?? answer).Notes));
        }

        problems.AddRange(flow.NotVia.Where(answer.Passed).Select(v => $"expected not to pass {v}, and did"));
        problems.AddRange(flow.Via.Where(v => !answer.Passed(v) && model?.PassedUnseen(v) != true).Select(v => $"expected to pass {v}, and did not"));
        return problems;
    }

    /// <returns>One line for each text that no note contains.</returns>
    private static IEnumerable<string> CompareNotes(IReadOnlyList<string> wanted, IReadOnlyList<string> notes)
    {
        string noted = notes.Count == 0 ? "nothing" : string.Join(", ", notes.Select(n => $"'{n}'"));
        return wanted.Where(w => !notes.Any(n => Contains(n, w))).Select(w => $"expected the note '{w}', and the trace notes {noted}");
    }

    /// <summary>Whether a note contains a text, which is not cut out of a longer word or number.</summary>
    /// <remarks>'MTU 850' is not in 'MTU 8500', nor '25 Gbps' in '1.25 Gbps'.</remarks>
    private static bool Contains(string note, string text)
    {
        for (int at = note.IndexOf(text, StringComparison.Ordinal); at >= 0; at = note.IndexOf(text, at + 1, StringComparison.Ordinal))
        {
            int end = at + text.Length;
            if (!IsOneWord(note, at) && !IsOneWord(note, end))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the characters before and after a place belong together: letters and digits, or the two sides of a decimal point.</summary>
    private static bool IsOneWord(string note, int place)
    {
        if (place == 0 || place == note.Length)
        {
            return false;
        }

        char before = note[place - 1];
        char after = note[place];
        return (char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after))
            || (before is '.' or ',' && char.IsDigit(after) && place > 1 && char.IsDigit(note[place - 2]))
            || (after is '.' or ',' && char.IsDigit(before) && place + 1 < note.Length && char.IsDigit(note[place + 1]));
    }

    private static bool Within(string? address, string wanted) =>
        IPAddress.TryParse(address, out IPAddress? seen) && Blocks.Parse(wanted)!.Value.Contains(seen);
}
