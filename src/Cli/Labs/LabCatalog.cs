namespace Trunkline.Cli.Labs;

/// <summary>One lab: a folder with a network, an expectation file and a page.</summary>
/// <param name="Number">Two digits: the folder's name begins with them.</param>
internal sealed record Lab(string Number, string Name, string Folder)
{
    /// <summary>The page's heading.</summary>
    public string Title => File.ReadLines(Page).FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim() ?? Name;

    public string Page => Path.Combine(Folder, "README.md");

    public bool IsTerraform => File.Exists(Path.Combine(Folder, "network.tf"));

    /// <summary>An account that nothing else uses, so that labs meet neither each other nor the user's own networks.</summary>
    public string Account => Number.PadLeft(12, '0');

    /// <summary>The expectation file after the build, then one for each step in its order.</summary>
    public IReadOnlyList<LabStep> Steps =>
    [
        .. Directory.GetFiles(Folder, "step-*.*")
            .Where(f => Path.GetExtension(f) is ".sh" or ".tfvars")
            .Order(StringComparer.Ordinal)
            .Select(f => new LabStep(f, Path.Combine(Folder, Path.GetFileNameWithoutExtension(f).Replace("step-", "expect-") + ".yaml"))),
    ];

    public string Expectations => Path.Combine(Folder, "expect.yaml");
}

/// <summary>A change to a built lab, and what is expected then.</summary>
/// <param name="Change">A shell script, or variables for another <c>terraform apply</c>.</param>
internal sealed record LabStep(string Change, string Expectations)
{
    /// <summary>The change's first comment says what it does.</summary>
    public string Title => File.ReadLines(Change)
        .FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim() ?? Path.GetFileName(Change);
}

/// <summary>The labs beside the program, or those that TRUNKLINE_LABS names.</summary>
internal static class LabCatalog
{
    public static IReadOnlyList<Lab> All(CliContext context) =>
    [
        .. Directory.GetDirectories(Folder(context))
            .Where(d => IsLab(Path.GetFileName(d)))
            .Order(StringComparer.Ordinal)
            .Select(d => new Lab(Path.GetFileName(d)[..2], Path.GetFileName(d), d)),
    ];

    /// <summary>A lab by number ("7", "07") or name ("07-nat-gateway", "nat-gateway").</summary>
    public static Lab Find(CliContext context, string wanted)
    {
        IReadOnlyList<Lab> all = All(context);
        return all.FirstOrDefault(l => l.Number == wanted.PadLeft(2, '0') || l.Name == wanted || l.Name[3..] == wanted)
            ?? throw CliException.Usage($"no lab '{wanted}'{Nearest.Hint(wanted, all.Select(l => l.Name))}");
    }

    private static bool IsLab(string name) =>
        name.Length > 3 && char.IsAsciiDigit(name[0]) && char.IsAsciiDigit(name[1]) && name[2] == '-';

    private static string Folder(CliContext context)
    {
        if (context.Environment("TRUNKLINE_LABS") is { } named)
        {
            return Directory.Exists(named) ? named : throw CliException.Usage($"TRUNKLINE_LABS is '{named}': no such directory");
        }

        // The program lies somewhere under the repository (src/Host/bin/...) or beside its labs.
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string labs = Path.Combine(at.FullName, "labs");
            if (Directory.Exists(labs))
            {
                return labs;
            }
        }

        throw CliException.Usage("no folder 'labs' above the program: name it with TRUNKLINE_LABS=DIR");
    }
}
