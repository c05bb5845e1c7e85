using System.Runtime.CompilerServices;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>A test that writes into the kernel: it only runs in namespaces of its own, which <see cref="InsideTests"/> makes.</summary>
public sealed class InsideFactAttribute : FactAttribute
{
    public const string Variable = "TRUNKLINE_TEST_INSIDE";

    public InsideFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (!IsInside)
        {
            Skip = "InsideTests runs it in namespaces of its own";
        }
    }

    public static bool IsInside => Environment.GetEnvironmentVariable(Variable) is not null;
}
