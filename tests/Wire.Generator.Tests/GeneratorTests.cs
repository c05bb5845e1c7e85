using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Trunkline.Wire.Generator;

namespace Trunkline.Tests.Wire.Generator;

/// <summary>What the generator promises to those who write handlers, and to the compiler that runs it on every key press.</summary>
public sealed class GeneratorTests
{
    private const string Facts =
        """
        # A service of our own.
        service shop ec2 2016-11-15 http://example.com/ - shop
        operation Buy BuyRequest BuyResult
        operation Sell SellRequest -
        operation Steal - -
        list Names string item=item
        enum Colour red|blue
        structure BuyRequest
          Colour Colour required
          Names Names xml=Name
        structure BuyResult
          Names Names xml=nameSet
          Inner Inner xml=inner
        structure Inner
          Inner string
        structure SellRequest
          Count long
        """;

    private const string Handlers =
        """
        using Trunkline.Wire.Shop;
        public sealed class Handlers : IShop<int>
        {
            public BuyResult Buy(int context, BuyRequest request) =>
                new() { Names = request.Names, Inner = new Inner { InnerValue = request.Colour } };
        }
        """;

    [Fact]
    public void What_is_served_compiles_with_its_handler() =>
        Assert.Empty(Errors(Compile(Handlers, "shop Buy", Facts)));

    [Fact]
    public void A_served_operation_without_a_handler_does_not_compile()
    {
        Diagnostic error = Assert.Single(Errors(Compile(Handlers, "shop Buy\nshop Sell", Facts)));
        Assert.Equal("CS0535", error.Id);
        Assert.Contains("Sell", error.GetMessage());
    }

    [Fact]
    public void Only_shapes_of_served_operations_are_made()
    {
        Compilation compilation = Compile("", "shop Sell", Facts);
        Assert.Empty(Errors(compilation));
        Assert.NotNull(compilation.GetTypeByMetadataName("Trunkline.Wire.Shop.SellRequest"));
        Assert.NotNull(compilation.GetTypeByMetadataName("Trunkline.Wire.Shop.SellResult"));
        Assert.Null(compilation.GetTypeByMetadataName("Trunkline.Wire.Shop.BuyRequest"));
    }

    [Fact]
    public void Inputs_are_read_and_outputs_are_written_and_neither_is_both()
    {
        Compilation compilation = Compile("", "shop Buy", Facts);
        ImmutableArray<ISymbol> input = compilation.GetTypeByMetadataName("Trunkline.Wire.Shop.BuyRequest")!.GetMembers();
        ImmutableArray<ISymbol> output = compilation.GetTypeByMetadataName("Trunkline.Wire.Shop.BuyResult")!.GetMembers();
        Assert.Contains(input, member => member.Name == "Read");
        Assert.DoesNotContain(input, member => member.Name == "Write");
        Assert.Contains(output, member => member.Name == "Write");
        Assert.DoesNotContain(output, member => member.Name == "Read");
    }

    [Fact]
    public void All_names_are_known_served_or_not()
    {
        string source = Sources(Driver("shop Buy", Facts)).Single(text => text.Contains("OperationNames"));
        Assert.Contains("\"Buy Sell Steal\"", source);
    }

    [Fact]
    public void Members_are_nullable_and_have_the_types_of_their_shapes()
    {
        Compilation compilation = Compile("", "shop Buy\nshop Sell", Facts);
        Assert.Equal("long?", Type("SellRequest", "Count"));
        Assert.Equal("string?", Type("BuyRequest", "Colour"));
        Assert.Equal("System.Collections.Generic.IReadOnlyList<string>?", Type("BuyResult", "Names"));
        Assert.Equal("Trunkline.Wire.Shop.Inner?", Type("BuyResult", "Inner"));

        string Type(string structure, string member) => ((IPropertySymbol)compilation
            .GetTypeByMetadataName("Trunkline.Wire.Shop." + structure)!.GetMembers(member).Single()).Type.ToDisplayString();
    }

    [Theory]
    [InlineData("shop Borrow", Facts)]
    [InlineData("shop Buy", "nonsense here")]
    [InlineData("shop Buy", "service shop telepathy 1 - - shop")]
    public void A_mistake_in_the_lists_is_told(string operations, string facts)
    {
        ImmutableArray<Diagnostic> told = Driver(operations, facts).GetRunResult().Diagnostics;
        Assert.Contains(told, diagnostic => diagnostic.Id is "CS8784" or "CS8785");
    }

    [Fact]
    public void The_order_of_the_list_does_not_matter() =>
        Assert.Equal(
            Sources(Driver("shop Buy\nshop Sell", Facts)),
            Sources(Driver("# a comment\n\n  shop Sell\nother Thing\nshop Buy\nshop Buy", Facts)));

    [Fact]
    public void A_service_is_made_anew_only_when_its_own_lines_change()
    {
        GeneratorDriver first = Driver("shop Buy", Facts);
        GeneratorDriver again = first
            .ReplaceAdditionalTexts([Text("shop.facts", Facts), Text("operations.txt", "# why\nshop Buy\nother Thing")])
            .RunGenerators(Empty(""), TestContext.Current.CancellationToken);
        Assert.All(
            Reasons(again),
            reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString()));
        GeneratorDriver changed = again.ReplaceAdditionalTexts([Text("shop.facts", Facts), Text("operations.txt", "shop Buy\nshop Sell")])
            .RunGenerators(Empty(""), TestContext.Current.CancellationToken);
        Assert.Contains(IncrementalStepRunReason.Modified, Reasons(changed));
    }

    [Fact]
    public void The_list_of_served_operations_is_sorted_without_repeats()
    {
        string[] lines =
        [
            .. File.ReadLines(Path.Combine(Root(), "facts", "operations.txt")).Where(line => line.Length > 0 && line[0] != '#'),
        ];
        Assert.NotEmpty(lines);
        Assert.Equal(lines.Distinct().Order(StringComparer.Ordinal), lines);
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorDriver driver) =>
        driver.GetRunResult().Results.Single().TrackedOutputSteps
            .SelectMany(step => step.Value)
            .SelectMany(run => run.Outputs)
            .Select(output => output.Reason);

    private static List<Diagnostic> Errors(Compilation compilation) =>
        [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];

    private static Compilation Compile(string source, string operations, string facts)
    {
        GeneratorDriver driver = Driver(operations, facts);
        return Empty(source).AddSyntaxTrees(driver.GetRunResult().GeneratedTrees);
    }

    private static string[] Sources(GeneratorDriver driver) =>
        [.. driver.GetRunResult().GeneratedTrees.Select(tree => tree.GetText().ToString())];

    private static GeneratorDriver Driver(string operations, string facts) =>
        CSharpGeneratorDriver.Create(
            [new WireGenerator().AsSourceGenerator()],
            [Text("shop.facts", facts), Text("operations.txt", operations)],
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true))
        .RunGenerators(Empty(""));

    private static CSharpCompilation Empty(string source)
    {
        string[] references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return CSharpCompilation.Create(
            "made",
            [CSharpSyntaxTree.ParseText(source)],
            references.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static InMemoryText Text(string path, string text) => new(path, text);

    private sealed class InMemoryText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text, Encoding.UTF8);
    }
}
