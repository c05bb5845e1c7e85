using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Trunkline.Cli;

/// <summary>What a command may touch of the process that it runs in, so that a test can put its own there.</summary>
internal sealed class CliContext
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader Input { get; init; }

    /// <summary>Whether a person can be asked something.</summary>
    public required bool Interactive { get; init; }

    /// <summary>Standard files as octets; opened where a command needs them.</summary>
    public Func<Machines.RawStreams> Raw { get; init; } = Machines.RawStreams.OfProcess;

    /// <summary>An environment variable, or null; an empty one counts as null.</summary>
    public required Func<string, string?> Environment { get; init; }

    public required Func<UpOptions, CancellationToken, Task<int>> Up { get; init; }

    public required Func<DownOptions, CancellationToken, Task<int>> Down { get; init; }

    /// <summary>A console over <see cref="Output"/>; wide when nobody's window limits it, so that pipes see whole lines.</summary>
    public IAnsiConsole Console()
    {
        bool redirected = !ReferenceEquals(Output, System.Console.Out) || System.Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Output),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = 1000;
        }

        return console;
    }

    public void WriteJson(object? value) => Output.WriteLine(JsonSerializer.Serialize(value, Json));
}
