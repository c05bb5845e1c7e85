using System.Collections.Generic;
using System.Linq;

namespace Trunkline.Wire.Generator;

/// <summary>Writes one record per structure, with <c>Read</c> where requests reach it and <c>Write</c> where replies do.</summary>
internal static class StructureEmitter
{
    private const string Reader = "global::Trunkline.Wire.ShapeReader";
    private const string Writer = "global::Trunkline.Wire.ShapeWriter";
    private const string Node = "global::Trunkline.Wire.ParamNode";

    /// <summary>The source text.</summary>
    public static string Emit(ServedModel model)
    {
        CodeText code = CodeText.File(Names.Pascal(model.Facts.Name));
        foreach (StructureFact structure in model.Structures.Values)
        {
            bool written = model.Written.Contains(structure.Name);
            code.Line();
            code.Line($"/// <summary>The shape {structure.Name} of {model.Facts.Name}; null is absent.</summary>");
            code.Open($"public sealed partial record {structure.Name}" + (written ? " : global::Trunkline.Wire.IShape" : ""));
            foreach (MemberFact member in structure.Members)
            {
                code.Line($"public {Shapes.Type(model.Facts, member.Shape)}? {Names.Property(structure, member)} {{ get; init; }}");
            }

            if (model.Read.Contains(structure.Name))
            {
                Read(code, model, structure);
            }

            if (written)
            {
                Write(code, model, structure);
            }

            code.Close();
        }

        return code.ToString();
    }

    private static void Read(CodeText code, ServedModel model, StructureFact structure)
    {
        code.Line();
        code.Line("/// <summary>Reads the shape; the first fault is thrown.</summary>");
        code.Open($"public static {structure.Name} Read({Reader} reader, {Node} node)");
        for (int i = 0; i < structure.Members.Count; i++)
        {
            code.Line($"{Shapes.Type(model.Facts, structure.Members[i].Shape)}? m{i} = null;");
        }

        code.Open($"foreach ({Node} child in reader.Members(node))");
        code.Open("switch (child.Name)");
        HashSet<string> seen = [];
        for (int i = 0; i < structure.Members.Count; i++)
        {
            MemberFact member = structure.Members[i];
            if (seen.Add(WireNames.In(model.Facts, member)))
            {
                code.Line($"case {Names.Quote(WireNames.In(model.Facts, member))}:");
                code.Line($"    m{i} = {ReadExpression(model.Facts, member.Shape, "child", member)};");
                code.Line("    break;");
            }
        }

        code.Line("default:");
        code.Line("    reader.Unknown(child);");
        code.Line("    break;");
        code.Close();
        code.Close();
        for (int i = 0; i < structure.Members.Count; i++)
        {
            if (structure.Members[i].Required)
            {
                code.Open($"if (m{i} is null)");
                code.Line($"throw reader.Missing(node, {Names.Quote(WireNames.In(model.Facts, structure.Members[i]))});");
                code.Close();
            }
        }

        code.Line($"return new {structure.Name}");
        code.Line("{");
        for (int i = 0; i < structure.Members.Count; i++)
        {
            code.Line($"    {Names.Property(structure, structure.Members[i])} = m{i},");
        }

        code.Line("};");
        code.Close();
    }

    private static void Write(CodeText code, ServedModel model, StructureFact structure)
    {
        code.Line();
        code.Line("/// <summary>Writes the members that are present.</summary>");
        code.Open($"public void Write({Writer} writer)");
        if (model.EmptyOutputs.Contains(structure.Name))
        {
            code.Line("writer.NoOutput();");
        }

        // The head comes first: a protocol may send it before the body.
        foreach (MemberFact member in structure.Members.Where(member => member.IsOutsideBody))
        {
            string property = Names.Property(structure, member);
            if (member.Trait("header") is { } header)
            {
                code.Line($"writer.Header({Names.Quote(header)}, {property});");
            }
            else if (member.Traits.ContainsKey("status"))
            {
                code.Line($"writer.Status({property});");
            }
        }

        foreach (MemberFact member in structure.Members.Where(member => !member.IsOutsideBody))
        {
            string property = Names.Property(structure, member);
            string name = Names.Quote(WireNames.Out(model.Facts, member)) + "u8";
            code.Line(member.Traits.ContainsKey("payload")
                ? $"writer.Payload({name}, {property});"
                : WriteStatement(model.Facts, member.Shape, name, property, member));
        }

        code.Close();
    }

    /// <summary>An expression that reads a shape from a node.</summary>
    public static string ReadExpression(ServiceFacts facts, string shape, string node, MemberFact? member)
    {
        if (Shapes.ScalarMethod(shape) is { } method)
        {
            string form = method == "Timestamp" ? ", " + Form(member) : "";
            return $"reader.{method}({node}{form})";
        }

        if (facts.Enums.ContainsKey(shape))
        {
            return $"reader.Enum({node}, Enums.{shape}.Values)";
        }

        return Shapes.Collection(facts, shape) is null
            ? $"{shape}.Read(reader, {node})"
            : $"Collections.Read{Names.Codec(shape)}(reader, {node}, {Flat(member)})";
    }

    /// <summary>A statement that writes a shape under a name.</summary>
    public static string WriteStatement(ServiceFacts facts, string shape, string name, string value, MemberFact? member)
    {
        if (Shapes.ScalarMethod(shape) is { } method)
        {
            string form = method == "Timestamp" ? ", " + Form(member) : "";
            return $"writer.{method}({name}, {value}{form});";
        }

        if (facts.Enums.ContainsKey(shape))
        {
            return $"writer.Text({name}, {value});";
        }

        return Shapes.Collection(facts, shape) is null
            ? $"writer.Structure({name}, {value});"
            : $"Collections.Write{Names.Codec(shape)}(writer, {name}, {value}, {Flat(member)});";
    }

    private static string Flat(MemberFact? member) => member is { Flat: true } ? "true" : "false";

    private static string Form(MemberFact? member) => "global::Trunkline.Wire.TimestampForm." + (member?.Trait("time") switch
    {
        "date-time" => "DateTime",
        "http-date" => "HttpDate",
        "epoch-seconds" => "EpochSeconds",
        _ => "Default",
    });
}
