using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tests.Layers;

/// <summary>A kind of resource is whole: its row is listed, and packets meet it or it is said why they do not.</summary>
public sealed class KindTests
{
    /// <summary>What reads rows and follows their changes.</summary>
    private static readonly Lazy<ImmutableArray<string>> Compile = new(() =>
    [
        .. ((string[])["Compile", "Routing"]).SelectMany(room => Directory.EnumerateFiles(Path.Combine(Root, "src/Forwarding", room), "*.cs"))
            .Select(File.ReadAllText),
    ]);

    public static TheoryData<string> Names => [.. Kinds.All.Select(k => k.Type.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_compiled_or_says_why_not(string name)
    {
        Kind kind = Kinds.All.Single(k => k.Type.Name == name);
        bool compiled = Compile.Value.Any(text => Regex.IsMatch(text, $@"\b{name}\b"));
        bool excused = NotForwarded.Kinds.ContainsKey(kind);
        Assert.True(
            compiled ^ excused,
            compiled ? $"{name} is compiled and is in NotForwarded too" : $"no file of Forwarding/Compile or Forwarding/Routing reads {name}, and NotForwarded has no line for it");
    }

    [Fact]
    public void Every_kind_of_the_cloud_is_listed()
    {
        IEnumerable<Type> rows = typeof(Vpc).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IResource).IsAssignableFrom(t));
        Assert.Equal(rows.Select(t => t.Name).Order(StringComparer.Ordinal), Kinds.All.Select(k => k.Type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_and_prefixes_are_told_apart()
    {
        Assert.Equal(Kinds.All.Length, Kinds.All.Select(k => k.Name).Distinct().Count());
        string[] prefixes = [.. Kinds.All.Select(k => k.IdPrefix).Where(p => p.Length > 0)];
        Assert.Equal(prefixes.Length, prefixes.Distinct().Count());
    }

    private static string Root
    {
        get
        {
            DirectoryInfo? at = new(AppContext.BaseDirectory);
            while (at is not null && !File.Exists(Path.Combine(at.FullName, "Trunkline.slnx")))
            {
                at = at.Parent;
            }

            return at?.FullName ?? throw new InvalidOperationException("Trunkline.slnx is not above the test's folder");
        }
    }
}
