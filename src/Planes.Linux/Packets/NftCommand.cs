using System.Runtime.InteropServices;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>Runs nft's commands in the calling thread's network namespace, in this process.</summary>
internal static partial class NftCommand
{
    private const string Library = "libnftables.so.1";

    public static void Run(string commands)
    {
        nint context = New(0);
        try
        {
            _ = BufferError(context);
            _ = BufferOutput(context);
            if (RunBuffer(context, commands) != 0)
            {
                throw new IOException($"nft: {Marshal.PtrToStringUTF8(ErrorText(context))?.Trim()}");
            }
        }
        finally
        {
            Free(context);
        }
    }

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    private static partial nint New(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    private static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferError(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint ErrorText(nint context);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RunBuffer(nint context, string commands);
}
