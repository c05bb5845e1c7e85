using System.Runtime.InteropServices;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>The calls of libnftables that are used. Source: libnftables(3).</summary>
internal static unsafe partial class NftLibrary
{
    public const string Name = "libnftables.so.1";

    /// <summary>Whether the library is there.</summary>
    public static bool IsInstalled
    {
        get
        {
            if (!NativeLibrary.TryLoad(Name, out nint handle))
            {
                return false;
            }

            NativeLibrary.Free(handle);
            return true;
        }
    }

    /// <summary>A context in the calling thread's namespace, whose errors and output are kept for asking.</summary>
    /// <exception cref="KernelException">No library, or no context.</exception>
    public static nint Open()
    {
        nint context;
        try
        {
            context = NewContext(0);
        }
        catch (DllNotFoundException)
        {
            throw new KernelException($"{Name} is not installed", 0);
        }

        if (context == 0)
        {
            throw new KernelException("libnftables gives no context", 0);
        }

        _ = BufferOutput(context);
        _ = BufferError(context);
        return context;
    }

    /// <summary>Runs commands as one transaction: all or nothing. Null, or the library's own words.</summary>
    public static string? Run(nint context, ReadOnlySpan<byte> zeroTerminated)
    {
        fixed (byte* text = zeroTerminated)
        {
            if (RunCommands(context, text) == 0)
            {
                return null;
            }
        }

        string words = Marshal.PtrToStringUTF8(ErrorText(context)) ?? "";
        return words.Length > 0 ? words.Trim() : "nft failed without a word";
    }

    /// <summary>What the last run wrote.</summary>
    public static string OutputOf(nint context) => Marshal.PtrToStringUTF8(OutputText(context)) ?? "";

    [LibraryImport(Name, EntryPoint = "nft_ctx_free")]
    public static partial void Free(nint context);

    [LibraryImport(Name, EntryPoint = "nft_ctx_new")]
    private static partial nint NewContext(uint flags);

    [LibraryImport(Name, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Name, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferError(nint context);

    [LibraryImport(Name, EntryPoint = "nft_ctx_get_output_buffer")]
    private static partial nint OutputText(nint context);

    [LibraryImport(Name, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint ErrorText(nint context);

    [LibraryImport(Name, EntryPoint = "nft_run_cmd_from_buffer")]
    private static partial int RunCommands(nint context, byte* text);
}
