namespace Trunkline.Cli.Machines;

/// <summary>The process' standard files as octets, without a line editor or an encoding between; a test gives its own.</summary>
/// <remarks>
/// Not a <see cref="FileStream"/>: it writes to a regular file at places that it counts itself, and what others write there (a shell's next
/// command) would overwrite it.
/// </remarks>
internal sealed record RawStreams(Stream Input, Stream Output, Stream Error)
{
    public static RawStreams OfProcess() => new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError());
}
