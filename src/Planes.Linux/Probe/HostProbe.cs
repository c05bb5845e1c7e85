using System.Globalization;

namespace Trunkline.Planes.Linux.Probe;

/// <summary>What is looked at before any namespace is made: tools, and whether this user may make namespaces.</summary>
internal static class HostProbe
{
    private static readonly (string Tool, string Package)[] Tools =
        [("unshare", "util-linux"), ("nsenter", "util-linux"), ("setsid", "util-linux"), ("mount", "util-linux"), ("sh", "a shell")];

    /// <summary>Why nothing can be started here, in one line with the consequence; null where nothing is known to be in the way.</summary>
    public static string? Missing(bool rootless)
    {
        foreach ((string tool, string package) in Tools)
        {
            if (!IsOnPath(tool))
            {
                return $"`{tool}` is not installed ({package}): no namespace can be made, so no real packets";
            }
        }

        if (!rootless)
        {
            return Environment.IsPrivilegedProcess ? null : "not root, and --rootless was not chosen: no namespace can be made";
        }

        if (NumberIn("/proc/sys/user/max_user_namespaces") == 0)
        {
            return "this kernel gives no user namespaces (user.max_user_namespaces = 0): only root gets real packets";
        }

        if (NumberIn("/proc/sys/kernel/unprivileged_userns_clone") == 0 && !Environment.IsPrivilegedProcess)
        {
            return "this kernel gives user namespaces to root only (kernel.unprivileged_userns_clone = 0): only root gets real packets";
        }

        return null;
    }

    /// <summary>A line more where a refusal has a known cause that the kernel does not tell.</summary>
    public static string Explain(string refusal) =>
        NumberIn("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1 && !Environment.IsPrivilegedProcess
            ? $"{refusal} (kernel.apparmor_restrict_unprivileged_userns = 1: AppArmor keeps user namespaces from programs without a profile)"
            : refusal;

    /// <summary>Whether a program is found where root's and other users' programs are.</summary>
    internal static bool IsOnPath(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, tool)));

    private static long? NumberIn(string file)
    {
        try
        {
            return long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // This kernel has no such switch: nothing is forbidden by it.
            return null;
        }
    }
}
