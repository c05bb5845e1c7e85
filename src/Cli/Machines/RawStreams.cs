using Microsoft.Win32.SafeHandles;

namespace Trunkline.Cli.Machines;

/// <summary>The process' standard files as octets, without a line editor or an encoding between; a test gives its own.</summary>
internal sealed record RawStreams(Stream Input, Stream Output, Stream Error)
{
    public static RawStreams OfProcess() => new(Open(0, FileAccess.Read), Open(1, FileAccess.Write), Open(2, FileAccess.Write));

    private static FileStream Open(int file, FileAccess access) => new(new SafeFileHandle(file, ownsHandle: false), access, bufferSize: 0);
}
