using Trunkline.Planes.Linux.Probe;

namespace Trunkline.Tests.Planes.Linux;

/// <summary>Programs of the host that tests run in machines.</summary>
internal static class Needs
{
    /// <summary>Skips the test, loudly, where a program is missing.</summary>
    /// <param name="package">Debian's package of it.</param>
    public static void Program(string name, string package) =>
        Assert.SkipUnless(HostProbe.IsOnPath(name), $"{name} is not installed (apt-get install {package})");
}
