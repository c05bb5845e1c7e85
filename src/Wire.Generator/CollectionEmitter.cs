using System;
using System.Collections.Generic;
using System.Linq;

namespace Trunkline.Wire.Generator;

/// <summary>Writes the codecs of lists and maps, once for each shape, and the value sets of the enumerations that requests carry.</summary>
internal static class CollectionEmitter
{
    private const string Parameters = "global::Trunkline.Wire.ShapeReader reader, global::Trunkline.Wire.ParamNode node, bool flat";
    private const string Bytes = "global::System.ReadOnlySpan<byte>";

    /// <summary>The source text.</summary>
    public static string Emit(ServedModel model)
    {
        CodeText code = CodeText.File(Names.Pascal(model.Facts.Name));
        code.Line();
        code.Open("internal static class Collections");
        SortedSet<string> done = new(StringComparer.Ordinal);
        foreach (string shape in model.Read.Union(model.Written).OrderBy(name => name, StringComparer.Ordinal))
        {
            if (Shapes.Collection(model.Facts, shape) is not { } collection || !done.Add(Names.Codec(shape)))
            {
                continue;
            }

            if (model.Read.Contains(shape))
            {
                Read(code, model.Facts, shape, collection);
            }

            if (model.Written.Contains(shape))
            {
                Write(code, model.Facts, shape, collection);
            }
        }

        code.Close();
        code.Line();
        code.Open("internal static class Enums");
        foreach (string name in model.Enums)
        {
            // A class of its own each, so that a set is made when its enumeration is first met.
            code.Open($"internal static class {name}");
            code.Line("internal static readonly global::System.Collections.Frozen.FrozenSet<string> Values =");
            string values = string.Join("|", model.Facts.Enums[name]);
            code.Line($"    global::System.Collections.Frozen.FrozenSet.ToFrozenSet({Names.Quote(values)}.Split('|'));");
            code.Close();
        }

        code.Close();
        return code.ToString();
    }

    private static void Read(CodeText code, ServiceFacts facts, string shape, CollectionFact collection)
    {
        string item = Shapes.Type(facts, collection.Item);
        code.Open($"internal static {Shapes.Type(facts, shape)} Read{Names.Codec(shape)}({Parameters})");
        if (collection.IsMap)
        {
            string key = Names.Quote(collection.KeyName ?? "key");
            string value = Names.Quote(collection.ValueName ?? "value");
            code.Line($"global::System.Collections.Generic.Dictionary<string, {item}> map = [];");
            code.Open($"foreach (global::Trunkline.Wire.ParamEntry entry in reader.Entries(node, {key}, {value}, flat))");
            code.Line($"map[entry.Key] = {StructureEmitter.ReadExpression(facts, collection.Item, "entry.Value", null)};");
            code.Close();
            code.Line("return map;");
        }
        else
        {
            code.Line("global::System.Collections.Generic.IReadOnlyList<global::Trunkline.Wire.ParamNode> items = "
                + $"reader.Items(node, {Names.Quote(collection.ItemName ?? "member")}, flat);");
            string array = item.EndsWith("[]", StringComparison.Ordinal) ? item.Substring(0, item.Length - 2) + "[items.Count][]"
                : item + "[items.Count]";
            code.Line($"{item}[] list = new {array};");
            code.Open("for (int i = 0; i < list.Length; i++)");
            code.Line($"list[i] = {StructureEmitter.ReadExpression(facts, collection.Item, "items[i]", null)};");
            code.Close();
            code.Line("return list;");
        }

        code.Close();
    }

    private static void Write(CodeText code, ServiceFacts facts, string shape, CollectionFact collection)
    {
        code.Open($"internal static void Write{Names.Codec(shape)}(global::Trunkline.Wire.ShapeWriter writer, {Bytes} name, "
            + $"{Shapes.Type(facts, shape)}? values, bool flat)");
        code.Open("if (values is null)");
        code.Line("return;");
        code.Close();
        string item = Shapes.Type(facts, collection.Item);
        if (collection.IsMap)
        {
            code.Line("writer.BeginMap(name, flat);");
            code.Open($"foreach (global::System.Collections.Generic.KeyValuePair<string, {item}> entry in values)");
            code.Line($"writer.BeginEntry(name, flat, {Names.Quote(collection.KeyName ?? "key")}u8, entry.Key);");
            string value = Names.Quote(collection.ValueName ?? "value") + "u8";
            code.Line(StructureEmitter.WriteStatement(facts, collection.Item, value, "entry.Value", null));
            code.Line("writer.EndEntry(name, flat);");
            code.Close();
            code.Line("writer.EndMap(name, flat);");
        }
        else
        {
            code.Line("writer.BeginList(name, flat);");
            code.Line($"{Bytes} item = flat ? name : {Names.Quote(collection.ItemName ?? "member")}u8;");
            code.Open("for (int i = 0; i < values.Count; i++)");
            code.Line(StructureEmitter.WriteStatement(facts, collection.Item, "item", "values[i]", null));
            code.Close();
            code.Line("writer.EndList(name, flat);");
        }

        code.Close();
    }
}
