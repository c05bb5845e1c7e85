using System.CommandLine;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline env</c>: the variables that point AWS's clients at the endpoint, for a shell to evaluate.</summary>
internal static class EnvCommand
{
    /// <summary>The variables, in the order in which they are printed.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Variables(Target target) =>
    [
        new("AWS_ENDPOINT_URL", target.Endpoint.ToString().TrimEnd('/')),
        new("AWS_ACCESS_KEY_ID", target.Account),
        new("AWS_SECRET_ACCESS_KEY", "trunkline"),
        new("AWS_REGION", target.Region),
        new("AWS_DEFAULT_REGION", target.Region),
        new("AWS_EC2_METADATA_DISABLED", "true"),
    ];

    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Option<string> shell = new("--shell") { Description = "How to write them", DefaultValueFactory = _ => "bash" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");
        Command command = new("env", "Print the variables that point AWS clients here: eval \"$(trunkline env)\"") { shell };
        command.SetAction(result =>
        {
            IReadOnlyList<KeyValuePair<string, string>> variables = Variables(globals.Resolve(result, context));
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(variables.ToDictionary(v => v.Key, v => v.Value));
                return ExitCodes.Ok;
            }

            foreach ((string name, string value) in variables)
            {
                context.Output.WriteLine(result.GetValue(shell) switch
                {
                    "fish" => $"set -gx {name} '{value}'",
                    "powershell" => $"$Env:{name} = '{value}'",
                    _ => $"export {name}='{value}'",
                });
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
