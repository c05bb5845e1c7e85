using System;
using System.Collections.Generic;

namespace Trunkline.Wire.Generator;

/// <summary>Reads the text of a <c>.facts</c> file. The format is in docs/wire.md; a line that it does not know is an error.</summary>
internal static class FactsReader
{
    /// <summary>The facts in <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">A line has an unknown first word or too few words.</exception>
    public static ServiceFacts Read(string text)
    {
        ServiceFacts facts = new();
        List<MemberFact> members = [];
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == ' ')
            {
                members.Add(Member(line));
                continue;
            }

            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "service":
                    Service(facts, words);
                    break;
                case "operation":
                    facts.Operations.Add(Operation(words));
                    break;
                case "error":
                    facts.Errors.Add(new ErrorFact(words[1], words[2], int.Parse(words[3])));
                    break;
                case "list":
                    facts.Collections[words[1]] = new CollectionFact(words[1], false, words[2], Named(words, "item"), null, null);
                    break;
                case "map":
                    facts.Collections[words[1]] = new CollectionFact(
                        words[1], true, words[2], null, Named(words, "key"), Named(words, "value"));
                    break;
                case "enum":
                    facts.Enums[words[1]] = line.Substring(6 + words[1].Length).Split('|');
                    break;
                case "structure":
                    members = [];
                    facts.Structures[words[1]] = new StructureFact(words[1], members);
                    break;
                default:
                    throw new FormatException("unknown line in the facts: " + line);
            }
        }

        return facts;
    }

    private static void Service(ServiceFacts facts, string[] words)
    {
        facts.Name = words[1];
        facts.Protocol = words[2] switch
        {
            "ec2" => Protocol.Ec2,
            "query" => Protocol.Query,
            "json" => Protocol.Json,
            "rest-json" => Protocol.RestJson,
            "rest-xml" => Protocol.RestXml,
            _ => throw new FormatException("unknown protocol " + words[2]),
        };
        facts.ApiVersion = words[3];
        facts.XmlNamespace = words[4] == "-" ? "" : words[4];
        facts.TargetPrefix = words[5] == "-" ? "" : words[5];
        facts.SigningName = words[6];
    }

    private static OperationFact Operation(string[] words)
    {
        bool bound = words.Length > 4;
        return new OperationFact(
            words[1],
            words[2] == "-" ? null : words[2],
            words[3] == "-" ? null : words[3],
            bound ? words[4] : "POST",
            bound ? words[5] : "/",
            bound ? int.Parse(words[6]) : 200);
    }

    private static MemberFact Member(string line)
    {
        string[] words = line.Substring(2).Split(' ');
        Dictionary<string, string> traits = [];
        for (int i = 2; i < words.Length; i++)
        {
            int equals = words[i].IndexOf('=');
            string key = equals < 0 ? words[i] : words[i].Substring(0, equals);
            traits[key] = equals < 0 ? "" : words[i].Substring(equals + 1);
        }

        return new MemberFact(words[0], words[1], traits.ContainsKey("required"), traits.ContainsKey("flat"), traits);
    }

    private static string? Named(string[] words, string key)
    {
        foreach (string word in words)
        {
            if (word.StartsWith(key + "=", StringComparison.Ordinal))
            {
                return word.Substring(key.Length + 1);
            }
        }

        return null;
    }
}
