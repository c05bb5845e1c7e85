namespace Trunkline.Cli;

/// <summary>A command cannot go on. The message is one line that names the thing and the mend.</summary>
internal sealed class CliException(int exitCode, string code, string message) : Exception(message)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>A word for programs, in the error object of <c>--json</c>.</summary>
    public string Code { get; } = code;

    public static CliException Usage(string message) => new(ExitCodes.Usage, "Usage", message);
}
