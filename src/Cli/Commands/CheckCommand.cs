using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trunkline.Cli.Expectations;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline check FILE</c>: asks every flow of an expectation file and says which are not as expected.</summary>
internal static class CheckCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string> file = new("FILE") { Description = "Expectation file; docs/expectations.md has the format" };
        Option<string?> junit = new("--junit") { Description = "Also write JUnit XML", HelpName = "FILE" };
        Option<string[]> variables = new("--var") { Description = "Value for ${NAME} in the file", HelpName = "NAME=VALUE" };
        Option<string?> variableFile = new("--vars")
        {
            Description = "JSON object of values, or the output of `terraform output -json`",
            HelpName = "FILE",
        };
        Option<string> plane = Plane();
        Command command = new("check", "Hold a network against a file of expected flows") { file, junit, variables, variableFile, plane };
        command.SetAction(async (result, stop) =>
        {
            Dictionary<string, string> values = result.GetValue(variableFile) is { } path ? ReadVariables(path) : [];
            foreach (string pair in result.GetValue(variables) ?? [])
            {
                int at = pair.IndexOf('=');
                if (at <= 0)
                {
                    throw CliException.Usage($"--var is '{pair}': write NAME=VALUE");
                }

                values[pair[..at]] = pair[(at + 1)..];
            }

            ExpectationFile expectations = ExpectationParser.Read(result.GetValue(file)!, values);
            using EndpointClient client = new(globals.Resolve(result, context));
            IReadOnlyList<FlowResult> results = await Checker.Run(client, expectations, IsLive(result.GetValue(plane)), stop);
            if (result.GetValue(junit) is { } report)
            {
                await File.WriteAllTextAsync(report, Reports.JUnit(expectations.Path, results), stop);
            }

            Print(context, result.GetValue(globals.Json), expectations.Path, results);
            return results.All(r => r.Passed) ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    /// <summary>Who says what becomes of a flow.</summary>
    public static Option<string> Plane()
    {
        Option<string> plane = new("--plane")
        {
            Description = "model: ask the model; linux: send every packet for real, and show where the model says otherwise",
            DefaultValueFactory = _ => "model",
            HelpName = "model|linux",
        };
        plane.AcceptOnlyFromAmong("model", "linux");
        return plane;
    }

    public static bool IsLive(string? plane) => plane == "linux";

    public static void Print(CliContext context, bool json, string path, IReadOnlyList<FlowResult> results)
    {
        if (json)
        {
            context.WriteJson(Reports.Json(path, results));
            return;
        }

        Reports.Table(context, results);
        Reports.Details(context, path, results);
    }

    /// <summary>Values by name from a JSON object; Terraform's outputs are objects with a <c>value</c>.</summary>
    public static Dictionary<string, string> ReadVariables(string path)
    {
        if (!File.Exists(path))
        {
            throw CliException.Usage($"--vars {path}: no such file");
        }

        return ParseVariables(path, File.ReadAllText(path));
    }

    public static Dictionary<string, string> ParseVariables(string source, string text)
    {
        try
        {
            JsonObject values = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("it is no object");
            return values.ToDictionary(
                v => v.Key,
                v => (v.Value is JsonObject output && output.ContainsKey("value") ? output["value"] : v.Value)?.ToString() ?? "");
        }
        catch (JsonException wrong)
        {
            throw CliException.Usage($"--vars {source}: not a JSON object of values ({wrong.Message})");
        }
    }
}
