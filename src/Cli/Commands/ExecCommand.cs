using System.CommandLine;
using System.Text.Json.Nodes;
using Trunkline.Cli.Machines;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline exec INSTANCE -- COMMAND</c>: a program in an instance, on this terminal or between pipes.</summary>
internal static class ExecCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string> instance = new("INSTANCE") { Description = "Instance id, tag Name or address" };
        Argument<string[]> program = new("COMMAND")
        {
            Description = "Program and its arguments, after `--`; a shell when not given",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string[]> variables = new("--env", "-e") { Description = "A variable for the program, as NAME=VALUE", HelpName = "NAME=VALUE" };
        Option<bool> pipes = new("--no-terminal", "-T") { Description = "No terminal, also where there is one here" };
        Command command = new("exec", "Run a program in an instance") { instance, program, variables, pipes };
        command.SetAction(async (result, stop) =>
        {
            bool terminal = context.Interactive && !result.GetValue(pipes) && !Console.IsOutputRedirected && !OperatingSystem.IsWindows();
            JsonObject arguments = new()
            {
                ["machine"] = result.GetValue(instance),
                ["command"] = Texts(result.GetValue(program) ?? []),
                ["environment"] = Texts([.. Variables(context, terminal), .. Checked(result.GetValue(variables) ?? [])]),
                ["terminal"] = terminal,
            };
            if (terminal)
            {
                (ushort columns, ushort rows) = RawTerminal.Size();
                (arguments["columns"], arguments["rows"]) = (columns, rows);
            }

            using EndpointClient client = new(globals.Resolve(result, context));
            await using Stream machine = await client.OpenPlane("exec", arguments, stop);
            return await new ProgramSession(machine, context.Raw(), context.Error).Run(terminal, stop);
        });
        return command;
    }

    private static IEnumerable<string> Variables(CliContext context, bool terminal)
    {
        foreach (string name in terminal ? (string[])["TERM", "LANG", "COLORTERM"] : ["LANG"])
        {
            if (context.Environment(name) is { } value)
            {
                yield return $"{name}={value}";
            }
        }
    }

    private static string[] Checked(string[] variables) =>
        variables.FirstOrDefault(v => v.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong
            ? throw CliException.Usage($"--env is '{wrong}': write it as NAME=VALUE")
            : variables;

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)JsonValue.Create(t))];
}
