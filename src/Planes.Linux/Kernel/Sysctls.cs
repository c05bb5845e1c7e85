using System.Text;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Switches below /proc/sys, of the namespace that the calling thread is in.</summary>
internal static unsafe class Sysctls
{
    private const string Root = "/proc/sys/";

    /// <summary>
    /// What every namespace of ours begins with: IPv6 gives itself no address and asks nobody for one, and the first address of a block
    /// may go without taking the others along.
    /// </summary>
    public static readonly IReadOnlyList<(string Path, string Value)> AtBirth =
    [
        ("net/ipv6/conf/default/addr_gen_mode", "1"),
        ("net/ipv6/conf/default/accept_dad", "0"),
        ("net/ipv6/conf/default/accept_ra", "0"),
        ("net/ipv6/conf/default/autoconf", "0"),
        ("net/ipv4/conf/all/promote_secondaries", "1"),
        ("net/ipv4/conf/default/promote_secondaries", "1"),
    ];

    /// <summary>The value with single blanks between its words; null where there is no such switch, or it may not be read.</summary>
    public static string? Read(string path)
    {
        int file = Libc.Open(Full(path), Libc.OpenReadOnlyCloseOnExec, 0);
        if (file < 0)
        {
            return null;
        }

        const int most = 4096;
        byte* text = stackalloc byte[most];
        nint length = Libc.Read(file, text, most);
        _ = Libc.Close(file);
        return length < 0 ? null : Normal(Encoding.ASCII.GetString(text, (int)length));
    }

    /// <summary>Writes where it differs.</summary>
    /// <returns>True where it was written.</returns>
    /// <exception cref="KernelException">There is no such switch, or it may not be written, or it does not take the value.</exception>
    public static bool Write(string path, string value)
    {
        if (Read(path) == Normal(value))
        {
            return false;
        }

        Put(path, value);
        return true;
    }

    /// <summary>Writes without a look at what is there: for a namespace that was just made.</summary>
    /// <exception cref="KernelException">As <see cref="Write"/>.</exception>
    public static void Put(string path, string value)
    {
        const int writeOnlyCloseOnExec = 1 | Libc.OpenReadOnlyCloseOnExec;
        int file = Libc.Open(Full(path), writeOnlyCloseOnExec, 0);
        if (file < 0)
        {
            KernelException refused = Libc.Failure(path);
            throw refused.Error == Libc.NotThere ? new KernelException($"{path}: this kernel has no such switch", Libc.NotThere) : refused;
        }

        byte[] text = Encoding.ASCII.GetBytes(value);
        fixed (byte* octets = text)
        {
            nint written = Libc.Write(file, octets, text.Length);
            KernelException? failure = written == text.Length ? null : Libc.Failure($"{path} = {value}");
            _ = Libc.Close(file);
            if (failure is not null)
            {
                throw failure;
            }
        }
    }

    /// <summary>True where the values differ in blanks alone.</summary>
    public static bool AreSame(string one, string other) => Normal(one) == Normal(other);

    private static string Full(string path) =>
        path.Contains("..", StringComparison.Ordinal) || path.StartsWith('/') ? throw new ArgumentException($"'{path}' is not a switch's path.") : Root + path;

    private static string Normal(string value) => string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
