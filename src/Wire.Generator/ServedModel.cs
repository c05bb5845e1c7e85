using System;
using System.Collections.Generic;
using System.Linq;

namespace Trunkline.Wire.Generator;

/// <summary>One served operation with the records that its handler takes and gives.</summary>
internal sealed record ServedOperation(OperationFact Fact, string Input, string Output);

/// <summary>What is to be generated for one service: the served operations and every shape that they reach.</summary>
internal sealed class ServedModel
{
    private ServedModel(ServiceFacts facts) => Facts = facts;

    /// <summary>All facts of the service, served or not.</summary>
    public ServiceFacts Facts { get; }

    /// <summary>The served operations by name.</summary>
    public List<ServedOperation> Operations { get; } = [];

    /// <summary>Structures to make by name; those that the facts lack are the empty inputs and outputs.</summary>
    public SortedDictionary<string, StructureFact> Structures { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of structures and collections that requests reach.</summary>
    public SortedSet<string> Read { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of structures and collections that replies reach.</summary>
    public SortedSet<string> Written { get; } = new(StringComparer.Ordinal);

    /// <summary>Outputs that the model does not have; EC2 answers them with <c>return true</c>.</summary>
    public HashSet<string> EmptyOutputs { get; } = [];

    /// <summary>Enumerations that requests reach.</summary>
    public SortedSet<string> Enums { get; } = new(StringComparer.Ordinal);

    /// <summary>The shapes that the served names need.</summary>
    /// <exception cref="FormatException">A served name is not in the facts.</exception>
    public static ServedModel Select(ServiceFacts facts, IReadOnlyCollection<string> served)
    {
        ServedModel model = new(facts);
        Dictionary<string, OperationFact> known = facts.Operations.ToDictionary(operation => operation.Name);
        foreach (string name in served)
        {
            if (!known.TryGetValue(name, out OperationFact? fact))
            {
                throw new FormatException($"operations.txt names {facts.Name} {name}, which the facts do not have");
            }

            string input = fact.Input ?? model.Empty(name + "Request", model.Read);
            string output = fact.Output ?? model.Empty(name + "Result", model.Written);
            if (fact.Output is null)
            {
                model.EmptyOutputs.Add(output);
            }

            model.Operations.Add(new ServedOperation(fact, input, output));
            model.Reach(input, model.Read);
            model.Reach(output, model.Written);
        }

        return model;
    }

    private string Empty(string name, SortedSet<string> reached)
    {
        if (Facts.Structures.ContainsKey(name))
        {
            name += "Empty";
        }

        Structures[name] = new StructureFact(name, []);
        reached.Add(name);
        return name;
    }

    private void Reach(string shape, SortedSet<string> reached)
    {
        string? inner = Shapes.Inner(shape);
        if (inner is not null)
        {
            reached.Add(shape);
            Reach(inner, reached);
            return;
        }

        if (Facts.Enums.ContainsKey(shape))
        {
            if (ReferenceEquals(reached, Read))
            {
                Enums.Add(shape);
            }

            return;
        }

        if (Facts.Collections.TryGetValue(shape, out CollectionFact? collection))
        {
            if (reached.Add(shape))
            {
                Reach(collection.Item, reached);
            }
        }
        else if (Facts.Structures.TryGetValue(shape, out StructureFact? structure) && reached.Add(shape))
        {
            Structures[shape] = structure;
            foreach (MemberFact member in structure.Members)
            {
                Reach(member.Shape, reached);
            }
        }
    }
}
