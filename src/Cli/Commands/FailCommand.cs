using System.CommandLine;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline fail</c> and <c>trunkline heal</c>: what does not work although its configuration is right.</summary>
internal static class FailCommand
{
    private const string Words =
        "An instance (id or tag Name), a network interface, a zone such as us-east-1a, target:GROUP/ID:PORT for one target of a target group, "
        + "a tunnel (tunnel VPN 1, or VPN/1), vif NAME or connection NAME of Direct Connect, location CODE, or router SITE/NAME";

    /// <summary>Kinds that may stand as a word of their own before what they name.</summary>
    private static readonly string[] Kinds = ["router", "vif", "connection", "location"];

    public static Command BuildFail(CliContext context, GlobalOptions globals)
    {
        Argument<string[]> what = new("WHAT") { Description = Words, Arity = ArgumentArity.OneOrMore };
        Command command = new("fail", "Let something fail: packets to it are lost, and health checks find it out") { what };
        command.SetAction(async (result, stop) =>
        {
            JsonObject request = new() { ["fail"] = Texts(Joined(result.GetValue(what) ?? [])) };
            using EndpointClient client = new(globals.Resolve(result, context));
            Print(context, result.GetValue(globals.Json), await client.Failures(request, stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    public static Command BuildHeal(CliContext context, GlobalOptions globals)
    {
        Argument<string[]> what = new("WHAT") { Description = Words, Arity = ArgumentArity.ZeroOrMore };
        Option<bool> all = new("--all") { Description = "Everything works again" };
        Command command = new("heal", "Let what failed work again") { what, all };
        command.SetAction(async (result, stop) =>
        {
            string[] words = Joined(result.GetValue(what) ?? []);
            if (result.GetValue(all) == (words.Length > 0))
            {
                throw CliException.Usage("heal needs what is to work again, or --all");
            }

            JsonObject request = new() { ["heal"] = Texts(words), ["healAll"] = result.GetValue(all) };
            using EndpointClient client = new(globals.Resolve(result, context));
            Print(context, result.GetValue(globals.Json), await client.Failures(request, stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>What has failed, one a line.</summary>
    public static void Lines(CliContext context, JsonNode world)
    {
        foreach (JsonNode? failure in world["failures"] as JsonArray ?? [])
        {
            context.Output.WriteLine($"failed: {failure}");
        }
    }

    /// <summary><c>tunnel VPN 1</c> is one thing, though three words; so is <c>update VPN 1</c>, and <c>location EqDC2</c>, which is two.</summary>
    private static string[] Joined(string[] words)
    {
        List<string> joined = [];
        for (int i = 0; i < words.Length; i++)
        {
            bool isLine = words[i] is "tunnel" or "update" && i + 2 < words.Length && words[i + 2] is "1" or "2";
            bool isPair = Array.IndexOf(Kinds, words[i]) >= 0 && i + 1 < words.Length;
            joined.Add(isLine ? $"{words[i]}:{words[i + 1]}/{words[i + 2]}" : isPair ? $"{words[i]}:{words[i + 1]}" : words[i]);
            i += isLine ? 2 : isPair ? 1 : 0;
        }

        return [.. joined];
    }

    private static JsonArray Texts(string[]? words) => [.. (words ?? []).Select(w => (JsonNode)w)];

    private static void Print(CliContext context, bool json, JsonNode world)
    {
        if (json)
        {
            context.WriteJson(world);
            return;
        }

        foreach (JsonNode? step in world["steps"] as JsonArray ?? [])
        {
            context.Output.WriteLine($"{step?["round"]}. {step?["words"]}");
        }

        Lines(context, world);
        if (world["failures"] is not JsonArray { Count: > 0 })
        {
            context.Output.WriteLine("nothing has failed");
        }
    }
}
