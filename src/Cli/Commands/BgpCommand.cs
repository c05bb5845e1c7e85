using System.CommandLine;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline bgp</c>: what routers and gateways have told each other, and why each best path won.</summary>
internal static class BgpCommand
{
    /// <summary>Longer tables are cut here in text.</summary>
    private const int RoutesMax = 40;

    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string?> of = new("OF")
        {
            Description = "A VPN connection, tunnel (vpn-…/1), virtual interface, gateway, route table, router:SITE/NAME or site:NAME; else all",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Command command = new("bgp", "The routes that routers and gateways have told each other, and why the best are best") { of };
        command.SetAction(async (result, stop) =>
        {
            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode answer = await client.Bgp(result.GetValue(of), stop);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(answer);
                return ExitCodes.Ok;
            }

            Print(context, answer);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(CliContext context, JsonNode answer)
    {
        JsonArray lines = answer["lines"] as JsonArray ?? [];
        foreach (JsonNode? line in lines)
        {
            bool up = line?["up"]?.GetValue<bool>() ?? false;
            string state = up ? $"up, {line?["accepted"]} routes accepted" : $"down: {line?["words"]}";
            context.Output.WriteLine($"{line?["id"]}  {line?["near"]} (AS {line?["nearAsn"]}) - {Named(line?["far"])} (AS {line?["farAsn"]})  {state}");
        }

        if (lines.Count == 0)
        {
            context.Output.WriteLine("no line: neither a VPN connection, a virtual interface nor a Connect peer");
        }

        foreach (JsonNode? speaker in answer["speakers"] as JsonArray ?? [])
        {
            PrintSpeaker(context, speaker);
        }
    }

    private static string Named(JsonNode? speaker) => speaker?.ToString() is { Length: > 0 } name ? name : "nobody";

    private static void PrintSpeaker(CliContext context, JsonNode? speaker)
    {
        JsonArray routes = speaker?["routes"] as JsonArray ?? [];
        string asn = speaker?["asn"] is { } number ? $" (AS {number})" : "";
        context.Output.WriteLine($"\n{speaker?["id"]}{asn}: {routes.Count} {(routes.Count == 1 ? "prefix" : "prefixes")}");
        foreach (JsonNode? route in routes.Take(RoutesMax))
        {
            int used = route?["used"]?.GetValue<int>() ?? 0;
            JsonArray ways = route?["ways"] as JsonArray ?? [];
            for (int i = 0; i < ways.Count; i++)
            {
                JsonNode? way = ways[i];
                string by = way?["blackhole"]?.GetValue<bool>() == true ? "black hole" : way?["line"]?.ToString() ?? way?["spoke"]?.ToString() ?? "its own";
                string path = way?["path"]?.ToString() is { Length: > 0 } numbers ? $"  path {numbers}" : "";
                string med = way?["med"]?.ToString() is not (null or "0") and string value ? $"  med {value}" : "";
                string step = way?["step"]?.ToString() ?? "";
                string why = step == "Only" ? $"{way?["source"]}" : $"{way?["source"]}, {(i < used ? "best" : "not best")} by {step}";
                context.Output.WriteLine($"  {(i < used ? '>' : ' ')} {(i == 0 ? route?["prefix"]?.ToString() ?? "" : ""),-18} {by}{path}{med}  ({why})");
            }
        }

        if (routes.Count > RoutesMax)
        {
            context.Output.WriteLine($"    and {routes.Count - RoutesMax} more; --json shows them all");
        }
    }
}
