using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Trunkline.Tests.Tidy;

/// <summary>House rules that a machine can keep.</summary>
public sealed partial class TidyTests
{
    private const int FileLinesMax = 600;
    private const int FunctionLinesMax = 70;
    private const int LineLengthMax = 160;

    /// <summary>Tests and benchmarks hold data: a row of a table may be wide.</summary>
    private const int DataLineLengthMax = 200;

    [Fact]
    public void Files_are_short()
    {
        None(Repository.CSharp
            .Select(f => (File: f, Lines: Repository.Read(f).Count(c => c == '\n')))
            .Where(f => f.Lines > FileLinesMax)
            .Select(f => $"{f.File}: {f.Lines} lines, over {FileLinesMax}"));
    }

    [Fact]
    public void Lines_are_short()
    {
        None(Repository.CSharp.SelectMany(f => Repository.Read(f).Split('\n')
            .Select((line, i) => (line, i))
            .Where(l => l.line.Length > LengthMaxOf(f))
            .Select(l => $"{f}:{l.i + 1}: {l.line.Length} characters, over {LengthMaxOf(f)}")));
    }

    [Fact]
    public void Functions_are_short()
    {
        None(Repository.CSharp.SelectMany(LongFunctionsOf));
    }

    [Fact]
    public void No_left_over_notes_or_regions()
    {
        None(Repository.CSharp
            .Where(f => !f.StartsWith("tests/Tidy.Tests/", StringComparison.Ordinal))
            .SelectMany(f => LeftOver().Matches(Repository.Read(f)).Select(m => $"{f}: {m.Value}")));
    }

    [Fact]
    public void Errors_are_not_swallowed()
    {
        None(Repository.CSharp
            .Where(f => f.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(f => CSharpSyntaxTree.ParseText(Repository.Read(f)).GetRoot().DescendantNodes()
                .OfType<CatchClauseSyntax>()
                .Where(c => c.Block.Statements.Count == 0 && !c.Block.DescendantTrivia().Any(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia)))
                .Select(c => $"{f}:{c.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: an empty catch that does not say why")));
    }

    [Fact]
    public void Tests_poll_and_never_sleep()
    {
        string[] asleep =
        [
            .. Repository.CSharp
                .Where(f => f.StartsWith("tests/", StringComparison.Ordinal))
                .SelectMany(f => CSharpSyntaxTree.ParseText(Repository.Read(f)).GetRoot().DescendantNodes()
                    .OfType<InvocationExpressionSyntax>()
                    .Where(i => i.Expression.ToString() is "Thread.Sleep" or "Task.Delay")
                    .Where(i => !i.Ancestors().Any(a => a is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax))
                    .Select(i => $"{f}:{i.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: waits outside of a polling loop")),
        ];
        Assert.True(asleep.Length == 0, string.Join('\n', asleep));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("Trunkline.slnx");
        None(Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && !solution.Contains(f, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_package_version_is_used()
    {
        string projects = string.Concat(Repository.Files
            .Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) || f.EndsWith("Directory.Build.props", StringComparison.Ordinal))
            .Select(Repository.Read));
        None(PackageVersions().Matches(Repository.Read("Directory.Packages.props"))
            .Select(m => m.Groups[1].Value)
            .Where(name => !projects.Contains($"\"{name}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Markdown_has_one_title()
    {
        None(Repository.Files
            .Where(f => f.EndsWith(".md", StringComparison.Ordinal))
            .Where(f => TitlesOf(Repository.Read(f)) != 1)
            .Select(f => $"{f}: {TitlesOf(Repository.Read(f))} titles"));
    }

    [Fact]
    public void Text_ends_in_one_newline_without_trailing_blanks()
    {
        None(Repository.Files
            .Where(f => Path.GetExtension(f) is ".cs" or ".md" or ".tf" or ".yaml" or ".yml" or ".facts" or ".props" or ".csproj")
            .Where(f => Repository.Read(f) is { Length: > 0 } text
                && (!text.EndsWith('\n') || text.EndsWith("\n\n", StringComparison.Ordinal) || TrailingBlank().IsMatch(text))));
    }

    private static int LengthMaxOf(string file) =>
        file.StartsWith("src/", StringComparison.Ordinal) ? LineLengthMax : DataLineLengthMax;

    private static void None(IEnumerable<string> faults)
    {
        string[] found = [.. faults];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    private static int TitlesOf(string markdown)
    {
        bool code = false;
        int titles = 0;
        foreach (string line in markdown.Split('\n'))
        {
            code ^= line.StartsWith("```", StringComparison.Ordinal);
            titles += !code && line.StartsWith("# ", StringComparison.Ordinal) ? 1 : 0;
        }

        return titles;
    }

    private static IEnumerable<string> LongFunctionsOf(string file)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(Repository.Read(file)).GetRoot();
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            string? name = node switch
            {
                MethodDeclarationSyntax m => m.Identifier.Text,
                ConstructorDeclarationSyntax c => c.Identifier.Text,
                LocalFunctionStatementSyntax l => l.Identifier.Text,
                AccessorDeclarationSyntax a => a.Keyword.Text,
                _ => null,
            };
            FileLinePositionSpan span = node.GetLocation().GetLineSpan();
            int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
            if (name is not null && lines > FunctionLinesMax)
            {
                yield return $"{file}:{span.StartLinePosition.Line + 1}: {name} has {lines} lines, over {FunctionLinesMax}";
            }
        }
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|#region|NotImplementedException")]
    private static partial Regex LeftOver();

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex PackageVersions();

    [GeneratedRegex(@"[ \t]+\r?$", RegexOptions.Multiline)]
    private static partial Regex TrailingBlank();
}
