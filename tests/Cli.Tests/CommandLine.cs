using Trunkline.Cli;

namespace Trunkline.Tests.Cli;

/// <summary>Runs the program in this process with an environment, input and output of the test's own.</summary>
internal sealed class CommandLine
{
    public Dictionary<string, string> Environment { get; } = [];

    public string Input { get; set; } = "";

    public bool Interactive { get; set; }

    public UpOptions? Started { get; private set; }

    public DownOptions? Ended { get; private set; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public async Task<int> Run(params string[] args)
    {
        StringWriter output = new();
        StringWriter error = new();
        CliContext context = new()
        {
            Output = output,
            Error = error,
            Input = new StringReader(Input),
            Interactive = Interactive,
            Environment = name => Environment.GetValueOrDefault(name),
            Up = (options, _) =>
            {
                Started = options;
                return Task.FromResult(0);
            },
            Down = (options, _) =>
            {
                Ended = options;
                return Task.FromResult(0);
            },
        };
        int code = await CliProgram.Run(args, context, TestContext.Current.CancellationToken);
        Output = output.ToString();
        Error = error.ToString();
        return code;
    }
}
