using System.Globalization;

namespace Trunkline.Host;

/// <summary>Where a server that keeps nothing has its plane: a directory that bears its process id, swept away by the next one when it is gone.</summary>
internal static class ScratchDirectory
{
    private const string Prefix = "trunkline-up-";

    public static string Make()
    {
        Sweep();
        string path = Of(Environment.ProcessId);
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Removes this process' directory, where it made one.</summary>
    public static void Remove()
    {
        string path = Of(Environment.ProcessId);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static string Of(int pid) => Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"{Prefix}{pid}"));

    private static void Sweep()
    {
        foreach (string path in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            string pid = Path.GetFileName(path)[Prefix.Length..];
            if (!Directory.Exists($"/proc/{pid}") || pid == $"{Environment.ProcessId}")
            {
                try
                {
                    Directory.Delete(path, recursive: true);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Another user's: it is not ours to remove.
                }
            }
        }
    }
}
