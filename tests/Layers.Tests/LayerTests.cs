using System.Reflection;

namespace Trunkline.Tests.Layers;

/// <summary>The house's boundaries: which room may use which. Each forbidden edge is one line with its reason.</summary>
public sealed class LayerTests
{
    private static readonly string[] Rooms =
        ["Addressing", "Cloud", "Forwarding", "Tracing", "Wire", "Store", "Planes", "Planes.Linux", "Control", "Api", "Cli"];

    public static TheoryData<string, string, string> Forbidden => new()
    {
        { "Addressing", "*", "the ground floor: the base library only" },
        { "Wire", "*", "shapes and protocols know no resource, so that wire records never become the model" },
        { "Cloud", "Wire", "the model is never the wire's records" },
        { "Cloud", "Forwarding", "what is wanted does not know how it is compiled" },
        { "Forwarding", "Wire", "the compiled state is neutral" },
        { "Forwarding", "Tracing", "the state does not know its questions" },
        { "Tracing", "Wire", "answers are values; Control puts them into AWS's form" },
        { "Tracing", "Store", "a trace reads nothing but the forwarding state" },
        { "Forwarding", "Store", "a compile reads nothing but the cloud" },
        { "Store", "Forwarding", "rows only: what they mean is not the store's" },
        { "Store", "Wire", "rows are the model's, never the wire's" },
        { "Store", "Control", "the store is told, it does not ask" },
        { "Control", "Api", "the state machine does not know HTTP" },
        { "Planes", "Cloud", "planes know the forwarding state only" },
        { "Planes", "Wire", "planes know no AWS word" },
        { "Planes", "Tracing", "planes carry packets, they do not judge them" },
        { "Planes.Linux", "Cloud", "planes know the forwarding state only" },
        { "Planes.Linux", "Wire", "planes know no AWS word" },
        { "Planes.Linux", "Tracing", "planes carry packets, they do not judge them" },
        { "Planes.Linux", "Store", "what is there is read back from the kernel, never kept" },
        { "Api", "Planes", "requests reach planes through Control only" },
        { "Api", "Store", "requests reach rows through Control only" },
        { "Cli", "*", "the command line is a client like any other: it speaks HTTP" },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void Room_does_not_use(string room, string other, string reason)
    {
        string[] used = UsedBy(room);
        string[] wrong = other == "*" ? used : [.. used.Where(u => u == other)];
        Assert.True(wrong.Length == 0, $"{room} uses {string.Join(", ", wrong)}: forbidden, since {reason}");
    }

    [Fact]
    public void Every_room_is_looked_at()
    {
        string[] found = [.. Directory.GetDirectories(Path.Combine(RepositoryRoot(), "src")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];
        Assert.Equal([.. Rooms.Append("Host").Append("Wire.Generator").Order(StringComparer.Ordinal)], found);
    }

    private static string[] UsedBy(string room) =>
    [
        .. Assembly.Load($"Trunkline.{room}").GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(name => name.StartsWith("Trunkline.", StringComparison.Ordinal))
            .Select(name => name["Trunkline.".Length..]),
    ];

    private static string RepositoryRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Trunkline.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("Trunkline.slnx is not above the test's folder");
    }
}
