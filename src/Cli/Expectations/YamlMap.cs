using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Trunkline.Cli.Expectations;

/// <summary>A YAML mapping read key by key; every mistake goes to <see cref="Problems"/> with its place, and reading goes on.</summary>
internal sealed partial class YamlMap
{
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly Problems _problems;
    private readonly IReadOnlyDictionary<string, string> _variables;

    private YamlMap(YamlMappingNode node, Problems problems, IReadOnlyDictionary<string, string> variables, string[] known)
    {
        Node = node;
        _problems = problems;
        _variables = variables;
        foreach ((YamlNode key, YamlNode value) in node.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            if (known.Contains(name))
            {
                _entries[name] = (key, value);
            }
            else
            {
                problems.Add(key, $"unknown key '{name}'{Nearest.Hint(name, known)}");
            }
        }
    }

    public YamlMappingNode Node { get; }

    /// <summary>The document's root as a mapping; null after noting why it is none.</summary>
    public static YamlNode? Load(TextReader text, Problems problems)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(text);
        }
        catch (YamlException failure)
        {
            problems.Add(failure.Start, "not YAML: " + (failure.InnerException?.Message ?? failure.Message));
            return null;
        }

        if (stream.Documents.Count == 1)
        {
            return stream.Documents[0].RootNode;
        }

        problems.Add(stream.Documents.Count == 0 ? Mark.Empty : stream.Documents[1].RootNode.Start,
            stream.Documents.Count == 0 ? "the file is empty" : "a second document: a file holds one");
        return null;
    }

    /// <summary>The node as a mapping with only these keys; null after noting that it is none.</summary>
    public static YamlMap? From(
        YamlNode node, string what, Problems problems, IReadOnlyDictionary<string, string> variables, params string[] known)
    {
        if (node is YamlMappingNode mapping)
        {
            return new YamlMap(mapping, problems, variables, known);
        }

        problems.Add(node, $"{what} is a mapping with the keys {string.Join(", ", known)}");
        return null;
    }

    public bool Has(string key) => _entries.ContainsKey(key);

    public YamlNode? NodeOf(string key) => _entries.TryGetValue(key, out (YamlNode Key, YamlNode Value) entry) ? entry.Value : null;

    public void Wrong(string key, string message) => _problems.Add(_entries[key].Key, message);

    /// <summary>The key's text, variables put in; null when it is absent or wrong.</summary>
    public string? Text(string key) => NodeOf(key) is { } node ? TextOf(node, key) : null;

    /// <summary>The key's text if it is one of the words; null when it is absent or wrong.</summary>
    public string? Word(string key, params string[] words)
    {
        string? text = Text(key);
        if (text is null || words.Contains(text))
        {
            return text;
        }

        _problems.Add(NodeOf(key)!, $"{key} is '{text}', and must be {string.Join(" or ", words)}{Guess(text, words)}");
        return null;
    }

    public bool? Flag(string key)
    {
        switch (Text(key))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            case { } other:
                _problems.Add(NodeOf(key)!, $"{key} is '{other}', and must be true or false");
                return null;
        }
    }

    /// <summary>One text or a list of them; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string key) => NodeOf(key) switch
    {
        null => [],
        YamlSequenceNode { Children.Count: 0 } empty => None(empty, key),
        YamlSequenceNode list => [.. list.Children.Select(n => TextOf(n, key)).OfType<string>()],
        YamlNode single => TextOf(single, key) is { } text ? [text] : [],
    };

    /// <summary>One port or a list of them; empty when absent or wrong.</summary>
    public IReadOnlyList<int> Ports(string key)
    {
        IEnumerable<YamlNode> nodes = NodeOf(key) switch
        {
            null => [],
            YamlSequenceNode list => list.Children,
            YamlNode single => [single],
        };
        List<int> ports = [];
        foreach (YamlNode node in nodes)
        {
            if (TextOf(node, key) is not { } text)
            {
                continue;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535)
            {
                ports.Add(port);
            }
            else
            {
                _problems.Add(node, $"{key} is '{text}', and must be a port (0 to 65535) or a list of ports");
            }
        }

        return ports;
    }

    private IReadOnlyList<string> None(YamlNode empty, string key)
    {
        _problems.Add(empty, $"{key} is an empty list");
        return [];
    }

    private static string Guess(string text, string[] words) => Nearest.Of(text, words) is { } near ? $"; did you mean '{near}'?" : "";

    private string? TextOf(YamlNode node, string key)
    {
        if (node is not YamlScalarNode { Value: { Length: > 0 } text })
        {
            string kind = node.NodeType.ToString().ToLowerInvariant();
            _problems.Add(node, node is YamlScalarNode ? $"{key} is empty" : $"{key} is text, not a {kind}");
            return null;
        }

        bool known = true;
        string full = VariablePattern().Replace(text, match =>
        {
            string name = match.Groups[1].Value;
            if (_variables.TryGetValue(name, out string? value))
            {
                return value;
            }

            known = false;
            string hint = Nearest.Hint(name, _variables.Keys);
            _problems.Add(node, $"variable '{name}' has no value{hint} (give it with --var {name}=VALUE or --vars FILE)");
            return "";
        });
        return known ? full : null;
    }

    [GeneratedRegex(@"\$\{([A-Za-z0-9_.-]+)\}")]
    private static partial Regex VariablePattern();
}
