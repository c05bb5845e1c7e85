using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using Trunkline.Cli.Commands;

namespace Trunkline.Cli;

/// <summary>The <c>trunkline</c> command. It knows the server by HTTP only; its caller passes the ways to start and to end one.</summary>
public static class CliProgram
{
    /// <summary>Parses and runs one command line.</summary>
    /// <param name="up">Runs the server until it is told to stop; returns the exit code.</param>
    /// <param name="down">Ends what a server made on this host; returns the exit code.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static Task<int> Run(
        string[] args, Func<UpOptions, CancellationToken, Task<int>> up, Func<DownOptions, CancellationToken, Task<int>> down)
    {
        CliContext context = new()
        {
            Output = Console.Out,
            Error = Console.Error,
            Input = Console.In,
            Interactive = !Console.IsInputRedirected,
            Environment = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
            Up = up,
            Down = down,
        };
        return Run(args, context, CancellationToken.None);
    }

    internal static async Task<int> Run(string[] args, CliContext context, CancellationToken stop)
    {
        RootCommand root = Build(context);
        ParseResult result = root.Parse(args);
        bool json = args.Contains("--json");
        try
        {
            if (result.Action is ParseErrorAction)
            {
                string path = string.Join(' ', PathOf(result).Reverse());
                string wrong = string.Join(' ', result.Errors[0].Message.TrimEnd('.').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                throw CliException.Usage($"{wrong}; see `{path} --help`");
            }

            InvocationConfiguration configuration = new()
            {
                Output = context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
            };
            return await result.InvokeAsync(configuration, stop);
        }
        catch (CliException failure)
        {
            Report(context, failure, json);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Report(context, new CliException(ExitCodes.Usage, "File", failure.Message), json);
            return ExitCodes.Usage;
        }
    }

    internal static RootCommand Build(CliContext context)
    {
        GlobalOptions globals = new();
        RootCommand root = new("The AWS network on your own machine: the same API, and packets that obey it.")
        {
            UpCommand.Build(context, globals),
            DownCommand.Build(context, globals),
            StatusCommand.Build(context, globals),
            TraceCommand.Build(context, globals),
            CheckCommand.Build(context, globals),
            ResolveCommand.Build(context, globals),
            InsideCommand.Build(context, globals),
            ExecCommand.Build(context, globals),
            CaptureCommand.Build(context, globals),
            ForwardCommand.Build(context, globals),
            AttachCommand.Build(context, globals),
            ConsoleCommand.Build(context, globals),
            WorldCommand.Build(context, globals),
            SiteCommand.Build(context, globals),
            BgpCommand.Build(context, globals),
            FailCommand.BuildFail(context, globals),
            FailCommand.BuildHeal(context, globals),
            LabCommand.Build(context, globals),
            EnvCommand.Build(context, globals),
            ResetCommand.Build(context, globals),
            CompletionCommand.Build(context),
        };
        globals.AddTo(root);
        return root;
    }

    private static IEnumerable<string> PathOf(ParseResult result)
    {
        for (System.CommandLine.Parsing.SymbolResult? at = result.CommandResult; at is not null; at = at.Parent)
        {
            if (at is System.CommandLine.Parsing.CommandResult { Command: var command })
            {
                yield return command is RootCommand ? "trunkline" : command.Name;
            }
        }
    }

    private static void Report(CliContext context, CliException failure, bool json)
    {
        if (json)
        {
            var body = new { error = new { code = failure.Code, message = failure.Message } };
            context.Error.WriteLine(JsonSerializer.Serialize(body, CliContext.Json));
        }
        else
        {
            context.Error.WriteLine("trunkline: " + failure.Message);
        }
    }
}
