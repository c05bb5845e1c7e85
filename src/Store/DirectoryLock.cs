using System.Globalization;

namespace Trunkline.Store;

/// <summary>Holds a data directory for one process: a lock of the system on a file, which ends with the process however it ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream stream;

    private DirectoryLock(FileStream stream) => this.stream = stream;

    /// <exception cref="StoreException">Another process holds it.</exception>
    public static DirectoryLock Take(string file)
    {
        try
        {
            FileStream stream = new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            stream.SetLength(0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            stream.Flush();
            return new DirectoryLock(stream);
        }
        catch (IOException error)
        {
            throw StoreException.About(
                file, $"another Trunkline uses this data directory{Holder(file)}", "stop it, or name another data directory", error);
        }
    }

    public void Dispose() => stream.Dispose();

    private static string Holder(string file)
    {
        try
        {
            using FileStream look = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(look);
            return int.TryParse(reader.ReadToEnd(), CultureInfo.InvariantCulture, out int process) ? $" (process {process})" : "";
        }
        catch (IOException)
        {
            // Only the number is missing then; that the directory is held is already known.
            return "";
        }
    }
}
