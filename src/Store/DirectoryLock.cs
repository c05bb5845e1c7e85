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
            return new DirectoryLock(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error)
        {
            throw StoreException.About(
                file, "another Trunkline uses this data directory", "stop it, or name another data directory", error);
        }
    }

    public void Dispose() => stream.Dispose();
}
