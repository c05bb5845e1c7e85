using System.CommandLine;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline reset</c>: forgets every account's resources and the world; asks first.</summary>
internal static class ResetCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };
        Command command = new("reset", "Forget every account's resources and the world") { yes };
        command.SetAction(async (result, stop) =>
        {
            Target target = globals.Resolve(result, context);
            if (!result.GetValue(yes) && !Confirmed(context, target))
            {
                return ExitCodes.Usage;
            }

            using EndpointClient client = new(target);
            JsonNode answer = await client.Reset(stop);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(answer);
            }
            else
            {
                context.Output.WriteLine($"{target.Endpoint} is as new");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static bool Confirmed(CliContext context, Target target)
    {
        if (!context.Interactive)
        {
            throw CliException.Usage("reset forgets everything at the endpoint and nobody is here to be asked: add --yes");
        }

        context.Error.Write($"Forget everything at {target.Endpoint}, in every account and region? [y/N] ");
        return context.Input.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
