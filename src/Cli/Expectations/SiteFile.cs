using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Trunkline.Cli.Expectations;

/// <summary>
/// Reads the sites and roles of a world file. Short forms are written out: a network, or what a router announces, as a bare block; a router's
/// one <c>address</c>; preferences as a map of lines. What a member may be is the endpoint's to say.
/// </summary>
internal static class SiteFile
{
    /// <returns>The list, as the world document writes it.</returns>
    public static JsonArray Read(YamlNode node, Problems problems, string part)
    {
        if (node is not YamlSequenceNode list)
        {
            problems.Add(node, $"{part} is a list");
            return [];
        }

        JsonArray all = [];
        foreach (YamlNode item in list)
        {
            if (Convert(item) is not JsonObject made)
            {
                problems.Add(item, part == "sites" ? "a site has a name, networks and routers" : "a role has a machine and an asn");
                continue;
            }

            WriteOut(made, "networks", "block");
            WriteOutRouter(made);
            foreach (JsonNode? router in made["routers"] as JsonArray ?? [])
            {
                if (router is JsonObject one)
                {
                    WriteOutRouter(one);
                }
            }

            all.Add((JsonNode)made);
        }

        return all;
    }

    private static void WriteOutRouter(JsonObject router)
    {
        WriteOut(router, "announces", "prefix");
        if (router["address"] is { } address)
        {
            router.Remove("address");
            router["addresses"] = new JsonArray(address);
        }

        if (router["preferences"] is JsonObject map)
        {
            router["preferences"] = new JsonArray([.. map.Select(p => (JsonNode)new JsonObject { ["line"] = p.Key, ["preference"] = p.Value?.DeepClone() })]);
        }
    }

    /// <summary>A bare word in a list stands for an object with this one member.</summary>
    private static void WriteOut(JsonObject owner, string list, string member)
    {
        if (owner[list] is JsonArray items)
        {
            owner[list] = new JsonArray([.. items.Select(i => i is JsonObject ? i.DeepClone() : new JsonObject { [member] = i?.DeepClone() })]);
        }
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value ?? "", Convert(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Convert)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "true" } => true,
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "false" } => false,
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: { } text }
            when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };
}
