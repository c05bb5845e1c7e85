using System.CommandLine;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline resolve NAME --from i-…</c>: what a name stands for there, and who says so.</summary>
internal static class ResolveCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string> name = new("NAME") { Description = "Domain name" };
        Option<string?> from = new("--from") { Description = "Who asks: an instance, or a VPC's id; outside AWS when not given", HelpName = "INSTANCE" };
        Option<string?> type = new("--type") { Description = "Type of record, as A or TXT; A and AAAA when not given", HelpName = "TYPE" };
        Command command = new("resolve", "What a name stands for, and who says so") { name, from, type };
        command.SetAction(async (result, stop) =>
        {
            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode answer = await client.Resolve(result.GetValue(name)!, result.GetValue(from), result.GetValue(type), stop);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(answer);
            }
            else
            {
                Print(context.Output, answer);
            }

            return answer["records"] is JsonArray { Count: > 0 } ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    private static void Print(TextWriter to, JsonNode answer)
    {
        foreach (JsonNode? record in answer["records"]!.AsArray())
        {
            to.WriteLine($"{record!["name"]}  {record["type"]}  {record["value"]}  ttl {record["ttl"]}");
        }

        if (answer["records"]!.AsArray().Count == 0)
        {
            to.WriteLine($"{answer["name"]}: {(answer["status"]!.ToString() == "NoError" ? "no record of that type" : answer["status"])}");
        }

        to.WriteLine($"  {answer["reason"]}");
    }
}
