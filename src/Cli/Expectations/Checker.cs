using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Expectations;

/// <summary>What became of one expectation.</summary>
/// <param name="Answer">Null when the endpoint refused the question.</param>
/// <param name="Problems">Empty when all is as expected; otherwise one line for each thing that is not.</param>
internal sealed record FlowResult(Expectation Flow, TraceAnswer? Answer, IReadOnlyList<string> Problems, TimeSpan Took)
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
    public static async Task<IReadOnlyList<FlowResult>> Run(EndpointClient client, ExpectationFile file, CancellationToken stop)
    {
        if (file.World is not null)
        {
            await client.PutWorld(file.World.DeepClone(), stop);
        }

        List<FlowResult> results = [];
        foreach (Expectation flow in file.Flows)
        {
            long start = Stopwatch.GetTimestamp();
            TraceQuestion question = new(flow.From, flow.To, flow.Protocol, flow.Port, flow.SourcePort, flow.Account, flow.Region);
            (JsonNode? json, EndpointFault? fault) = await client.Trace(question, stop);
            TraceAnswer? answer = json is null ? null : new TraceAnswer(json);
            IReadOnlyList<string> problems = answer is null ? [fault!.Line] : Compare(flow, answer);
            results.Add(new FlowResult(flow, answer, problems, Stopwatch.GetElapsedTime(start)));
        }

        return results;
    }

    /// <returns>One line for each way in which the answer is not as expected.</returns>
    public static IReadOnlyList<string> Compare(Expectation flow, TraceAnswer answer)
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
        }

        problems.AddRange(flow.NotVia.Where(answer.Passed).Select(v => $"expected not to pass {v}, and did"));
        problems.AddRange(flow.Via.Where(v => !answer.Passed(v)).Select(v => $"expected to pass {v}, and did not"));
        return problems;
    }

    private static bool Within(string? address, string wanted) =>
        IPAddress.TryParse(address, out IPAddress? seen) && Blocks.Parse(wanted)!.Value.Contains(seen);
}
