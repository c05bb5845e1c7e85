using System.CommandLine;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline down</c>: ends a linux plane with everything in it, and its server; works without a server.</summary>
internal static class DownCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Option<string?> data = new("--data") { Description = "The data directory that `up` was given", HelpName = "DIR" };
        Command command = new("down", "End the machines, their networks and the server of a data directory; what it keeps stays") { data };
        command.SetAction((result, stop) =>
            context.Down(new DownOptions(UpCommand.DataDirectory(result.GetValue(data), context), result.GetValue(globals.Json)), stop));
        return command;
    }
}
