using System.Diagnostics;

namespace Trunkline.Packets;

/// <summary>Namespaces of our own for the whole program: nothing of the host's network is touched, and all ends with it.</summary>
internal static class Inside
{
    private const string Mark = "TRUNKLINE_PACKETS_INSIDE";

    public static bool IsHere => Environment.GetEnvironmentVariable(Mark) is not null;

    public static int Start(string[] args)
    {
        string folder = Directory.CreateTempSubdirectory("trunkline-packets-").FullName;
        try
        {
            ProcessStartInfo start = new("unshare");
            string[] how = Environment.IsPrivilegedProcess ? ["-n", "-m"] : ["-U", "-r", "-n", "-m"];
            string[] command = [.. how, "-p", "-f", "--kill-child", "--mount-proc", Environment.ProcessPath!];
            string self = Environment.GetCommandLineArgs()[0];
            foreach (string word in (string[])[.. command, .. self.EndsWith(".dll", StringComparison.Ordinal) ? new[] { self } : [], .. args])
            {
                start.ArgumentList.Add(word);
            }

            start.Environment[Mark] = folder;
            using Process process = Process.Start(start) ?? throw new InvalidOperationException("unshare did not start");
            process.WaitForExit();
            return process.ExitCode;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A folder for the namespaces' names, gone with the program.</summary>
    public static string Folder => Environment.GetEnvironmentVariable(Mark)!;
}
