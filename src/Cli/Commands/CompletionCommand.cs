using System.CommandLine;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline completion SHELL</c>: a script that asks this program, by its [suggest] directive, what may follow.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _trunkline() {
          local IFS=$'\n' found
          found="$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)"
          COMPREPLY=($(compgen -W "${found}" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _trunkline trunkline ./trunkline
        """;

    private const string Zsh = """
        #compdef trunkline
        _trunkline() {
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a found
          _files
        }
        compdef _trunkline trunkline ./trunkline
        """;

    private const string Fish = """
        complete -c trunkline -a '(trunkline "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Build(CliContext context)
    {
        Argument<string> shell = new("SHELL");
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command command = new("completion", "Print a completion script: source <(trunkline completion bash)") { shell };
        command.SetAction(result =>
        {
            context.Output.WriteLine(result.GetValue(shell) switch { "zsh" => Zsh, "fish" => Fish, _ => Bash });
            return ExitCodes.Ok;
        });
        return command;
    }
}
