namespace Trunkline.Cli;

/// <summary>What the process hands back; docs/cli.md promises these to scripts.</summary>
public static class ExitCodes
{
    /// <summary>Done as asked; for <c>check</c>: every flow was as expected.</summary>
    public const int Ok = 0;

    /// <summary>An expectation was not met, or a lab's tool failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a file it names is wrong; nothing was changed.</summary>
    public const int Usage = 2;

    /// <summary>No Trunkline answers at the endpoint.</summary>
    public const int Unreachable = 3;

    /// <summary>Ctrl-C, or a signal to end, came before the end; as a shell says it.</summary>
    public const int Interrupted = 130;
}
