using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Trunkline.Wire.Generator;

/// <summary>
/// Turns <c>facts/*.facts</c> and <c>facts/operations.txt</c> into records with codecs, one interface and one dispatch table
/// per service. A service is made anew only when its facts or its own lines of operations.txt change.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class WireGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<(string Name, string Text)> facts = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".facts", StringComparison.Ordinal))
            .Select(static (file, cancel) => (Path.GetFileNameWithoutExtension(file.Path), file.GetText(cancel)?.ToString() ?? ""));
        IncrementalValueProvider<string> operations = context.AdditionalTextsProvider
            .Where(static file => Path.GetFileName(file.Path) == "operations.txt")
            .Select(static (file, cancel) => file.GetText(cancel)?.ToString() ?? "")
            .Collect()
            .Select(static (texts, _) => string.Join("\n", texts));
        IncrementalValuesProvider<(string Name, string Text, string Served)> services = facts
            .Combine(operations)
            .Select(static (pair, _) => (pair.Left.Name, pair.Left.Text, Served(pair.Left.Name, pair.Right)));
        context.RegisterSourceOutput(services, static (output, service) =>
        {
            string[] served = service.Served.Split([' '], StringSplitOptions.RemoveEmptyEntries);
            foreach ((string name, string text) in Generate(service.Text, served))
            {
                output.AddSource(name, text);
            }
        });
    }

    /// <summary>The sources for one service: hint name and text. A pure function of the facts and the served names.</summary>
    internal static IEnumerable<(string Name, string Text)> Generate(string factsText, IReadOnlyCollection<string> served)
    {
        ServiceFacts facts = FactsReader.Read(factsText);
        ServedModel model = ServedModel.Select(facts, served);
        string prefix = Names.Pascal(facts.Name);
        yield return ($"{prefix}.Service.g.cs", ServiceEmitter.Emit(model));
        yield return ($"{prefix}.Structures.g.cs", StructureEmitter.Emit(model));
        yield return ($"{prefix}.Collections.g.cs", CollectionEmitter.Emit(model));
    }

    /// <summary>The served names of one service, sorted and parted by blanks, so that order and comments change nothing.</summary>
    private static string Served(string service, string operations)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (string line in operations.Split('\n'))
        {
            string[] words = line.Trim().Split([' '], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2 && words[0] == service)
            {
                names.Add(words[1]);
            }
        }

        return string.Join(" ", names);
    }
}
