using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Trunkline.Control.Ec2;

/// <summary>What a family of instance types has in common.</summary>
internal sealed record InstanceFamily(
    string Name, string Architecture, string Maker, string VolumeLimit, string Hypervisor, string Ena, string EbsOptimized, string EbsNvme,
    ImmutableArray<string> BootModes, ImmutableArray<string> Virtualization, ImmutableArray<string> RootDevices);

/// <summary>Disks of the instance itself.</summary>
internal sealed record InstanceDisks(int Count, long SizeInGb, string Kind);

/// <summary>One instance type. Source: AWS, "Amazon EC2 instance types", DescribeInstanceTypes.</summary>
internal sealed record InstanceTypeFacts
{
    private static readonly Lazy<FrozenDictionary<string, InstanceTypeFacts>> Table = new(Load);

    public required string Name { get; init; }

    public required InstanceFamily Family { get; init; }

    public required int Vcpus { get; init; }

    public required int Cores { get; init; }

    public required int ThreadsPerCore { get; init; }

    public required ImmutableArray<int> ValidCores { get; init; }

    public required ImmutableArray<int> ValidThreads { get; init; }

    public required long MemoryMib { get; init; }

    public required int Interfaces { get; init; }

    public required int Ipv4PerInterface { get; init; }

    public required int Ipv6PerInterface { get; init; }

    public required string NetworkPerformance { get; init; }

    public required double? BaseGbps { get; init; }

    public required double? PeakGbps { get; init; }

    /// <summary>Megabits per second, base and peak; null where the type is not EBS optimised.</summary>
    public required (int Base, int Peak)? EbsMbps { get; init; }

    public required (int Base, int Peak)? EbsIops { get; init; }

    public required int? Volumes { get; init; }

    public required InstanceDisks? Disks { get; init; }

    public required double? Ghz { get; init; }

    /// <summary>The table's letters.</summary>
    public required string Letters { get; init; }

    public bool Burstable => Has('B');

    public bool IsNitro => Family.Hypervisor == "nitro";

    /// <summary><c>standard</c> for T2, <c>unlimited</c> for later ones, null where there are no credits.</summary>
    public string? DefaultCredits => !Burstable ? null : Family.Name == "t2" ? "standard" : "unlimited";

    public bool Has(char letter) => Letters.Contains(letter);

    /// <summary>Every type, in the table's order.</summary>
    public static IEnumerable<InstanceTypeFacts> All => Table.Value.Values.OrderBy(t => t.Name, StringComparer.Ordinal);

    public static InstanceTypeFacts? Find(string name) => Table.Value.GetValueOrDefault(name);

    /// <summary>The type an instance of the cloud has; it was checked when it was launched.</summary>
    public static InstanceTypeFacts Of(string name) =>
        Find(name) ?? throw new InvalidOperationException($"the instance type {name} is not in the table");

    private static FrozenDictionary<string, InstanceTypeFacts> Load()
    {
        Dictionary<string, InstanceFamily> families = new(StringComparer.Ordinal);
        foreach (string line in Lines(InstanceTypeTable.Families))
        {
            string[] c = line.Split(' ');
            families[c[0]] = new InstanceFamily(
                c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], [.. c[8].Split(',')], [.. c[9].Split(',')], [.. c[10].Split(',')]);
        }

        Dictionary<string, InstanceTypeFacts> types = new(StringComparer.Ordinal);
        foreach (string line in Lines(InstanceTypeTable.Sizes))
        {
            InstanceTypeFacts type = Read(line.Split(' '), families);
            types.Add(type.Name, type);
        }

        return types.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static InstanceTypeFacts Read(string[] c, Dictionary<string, InstanceFamily> families) => new()
    {
        Name = c[0],
        Family = families[c[0][..c[0].IndexOf('.')]],
        Vcpus = Int(c[1]),
        Cores = Int(c[2]),
        ThreadsPerCore = Int(c[3]),
        ValidCores = Series(c[4]),
        ValidThreads = Series(c[5]),
        MemoryMib = Int(c[6]),
        Interfaces = Int(c[7]),
        Ipv4PerInterface = Int(c[8]),
        Ipv6PerInterface = Int(c[9]),
        NetworkPerformance = Performance(c[10]),
        BaseGbps = Number(c[11]),
        PeakGbps = Number(c[12]),
        EbsMbps = Range(c[13]),
        EbsIops = Range(c[14]),
        Volumes = c[15] == "-" ? null : Int(c[15]),
        Disks = DisksOf(c[16]),
        Ghz = Number(c[17]),
        Letters = c.Length > 18 ? c[18] : "",
    };

    private static IEnumerable<string> Lines(string table) =>
        table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double? Number(string text) => text == "-" ? null : double.Parse(text, CultureInfo.InvariantCulture);

    private static (int Base, int Peak)? Range(string text) =>
        text.Split('-') is [{ Length: > 0 } low, var high] && high.Length > 0 ? (Int(low), Int(high)) : null;

    /// <summary><c>2-16/2</c> or <c>1,2</c>.</summary>
    private static ImmutableArray<int> Series(string text)
    {
        if (text == "-")
        {
            return [];
        }

        if (!text.Contains('/'))
        {
            return [.. text.Split(',').Select(Int)];
        }

        string[] parts = text.Split('-', '/');
        int last = Int(parts[1]);
        int step = Int(parts[2]);
        ImmutableArray<int>.Builder numbers = ImmutableArray.CreateBuilder<int>();
        for (int n = Int(parts[0]); n <= last; n += step)
        {
            numbers.Add(n);
        }

        return numbers.ToImmutable();
    }

    private static string Performance(string text)
    {
        string plain = text.Replace('_', ' ').TrimStart('~');
        string unit = char.IsAsciiDigit(plain[0]) && !plain.Contains("igabit", StringComparison.Ordinal) ? " Gigabit" : "";
        return (text[0] == '~' ? "Up to " : "") + plain + unit;
    }

    private static InstanceDisks? DisksOf(string text)
    {
        if (text == "-")
        {
            return null;
        }

        int times = text.IndexOf('x');
        return new InstanceDisks(Int(text[..times]), Int(text[(times + 1)..^3]), text[^3..]);
    }
}
