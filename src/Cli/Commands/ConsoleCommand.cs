using System.CommandLine;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline console INSTANCE</c>: what an instance's user data printed at its first boot.</summary>
internal static class ConsoleCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string> instance = new("INSTANCE") { Description = "Instance id, tag Name or address" };
        Command command = new("console", "What an instance's user data printed") { instance };
        command.SetAction(async (result, stop) =>
        {
            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode answer = await client.AskPlane("console", new JsonObject { ["machine"] = result.GetValue(instance) }, stop);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(answer);
            }
            else
            {
                await context.Output.WriteAsync(answer["text"]?.ToString());
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
