using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Trunkline.Cli.Expectations;

/// <summary>Reads a world file (YAML, or JSON as YAML's subset) to the document that <c>PUT /_trunkline/world</c> takes.</summary>
internal static class WorldFile
{
    private const long MostAhead = 3650L * 86_400;
    private static readonly Dictionary<string, string> NoVariables = [];

    /// <exception cref="CliException">The file is not there, or every problem found in it, one a line.</exception>
    public static JsonObject Read(string path)
    {
        if (!File.Exists(path))
        {
            throw CliException.Usage($"{path}: no such file");
        }

        using StreamReader text = File.OpenText(path);
        Problems problems = new(path);
        JsonObject? world = YamlMap.Load(text, problems) is { } root ? Parse(root, problems) : null;
        problems.ThrowIfAny();
        return world!;
    }

    /// <returns>The document, or null after noting what is wrong with it.</returns>
    public static JsonObject? Parse(YamlNode node, Problems problems)
    {
        if (YamlMap.From(node, "a world", problems, NoVariables, "ahead", "internetAnswers", "hosts", "failures", "listening", "sites", "roles") is not { } map)
        {
            return null;
        }

        JsonArray hosts = [];
        HashSet<string> names = [];
        switch (map.NodeOf("hosts"))
        {
            case null:
                break;
            case YamlSequenceNode list:
                foreach (YamlNode item in list)
                {
                    if (Host(item, problems, names) is { } host)
                    {
                        hosts.Add((JsonNode)host);
                    }
                }

                break;
            case { } other:
                problems.Add(other, "hosts is a list of hosts");
                break;
        }

        JsonObject world = new() { ["internetAnswers"] = map.Flag("internetAnswers") ?? true, ["hosts"] = hosts };
        if (map.Text("ahead") is { } ahead)
        {
            try
            {
                world["ahead"] = Ahead(ahead);
            }
            catch (FormatException wrong)
            {
                problems.Add(map.NodeOf("ahead")!, wrong.Message);
            }
        }

        if (map.Has("failures"))
        {
            world["failures"] = new JsonArray([.. map.Texts("failures").Select(f => (JsonNode)f)]);
        }

        if (map.Has("listening"))
        {
            world["listening"] = Listening(map, problems);
        }

        foreach (string part in (string[])["sites", "roles"])
        {
            if (map.NodeOf(part) is { } given)
            {
                world[part] = SiteFile.Read(given, problems, part);
            }
        }

        return world;
    }

    /// <summary>A machine that listens on some ports only, or answers with another status, as the world document writes it.</summary>
    /// <param name="ports">Null: the document's own default, which is every port where a status is given.</param>
    /// <param name="status">The HTTP status that health checks are answered with; null for 200.</param>
    /// <exception cref="FormatException">A port is wrong.</exception>
    public static JsonObject ListenerObject(string machine, IEnumerable<string>? ports, int? status = null)
    {
        JsonObject listener = new() { ["machine"] = machine };
        if (ports is not null)
        {
            listener["ports"] = new JsonArray([.. ports.Select(p => (JsonNode)PortRange(p))]);
        }

        if (status is not null)
        {
            listener["status"] = status;
        }

        return listener;
    }

    /// <summary>How far the cloud's clock is ahead of the machine's, as the world document writes it.</summary>
    /// <exception cref="FormatException">It is no whole number of seconds, minutes, hours or days, or more than ten years.</exception>
    public static string Ahead(string text)
    {
        long unit = text.LastOrDefault() switch { 'd' => 86_400, 'h' => 3_600, 'm' => 60, 's' => 1, _ => 0 };
        bool isNumber = uint.TryParse(unit == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        return isNumber && (unit == 0 ? number == 0 : number * unit <= MostAhead)
            ? text
            : throw new FormatException($"ahead is '{text}', and must be a whole number with s, m, h or d, as 8d, and at most 3650d");
    }

    private static JsonArray Listening(YamlMap map, Problems problems)
    {
        JsonArray machines = [];
        if (map.NodeOf("listening") is not { } given)
        {
            return machines;
        }

        if (given is not YamlSequenceNode list)
        {
            problems.Add(given, "listening is a list of machines");
            return machines;
        }

        foreach (YamlNode item in list)
        {
            if (YamlMap.From(item, "a machine", problems, NoVariables, "machine", "ports", "status") is not { } machine)
            {
                continue;
            }

            if (!machine.Has("machine"))
            {
                problems.Add(item, "the machine has no name: give machine, an instance's id or tag Name");
            }

            IReadOnlyList<string>? ports = machine.Has("ports") || !machine.Has("status") ? Checked(machine, "ports", problems, PortRange) : null;
            machines.Add((JsonNode)ListenerObject(machine.Text("machine") ?? "", ports, Status(machine, problems)));
        }

        return machines;
    }

    private static int? Status(YamlMap machine, Problems problems)
    {
        if (machine.Text("status") is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 100 and <= 599)
        {
            return status;
        }

        problems.Add(machine.NodeOf("status")!, $"status is '{text}', and must be an HTTP status (100 to 599)");
        return null;
    }

    /// <summary>A host as the world document writes it; the same words whether they come from a file or from a command line.</summary>
    /// <exception cref="FormatException">An address or a port is wrong; the message says which and how to write it.</exception>
    public static JsonObject HostObject(string name, IEnumerable<string> addresses, bool answers, IEnumerable<string> ports) => new()
    {
        ["name"] = name,
        ["addresses"] = new JsonArray([.. addresses.Select(a => (JsonNode)Block(a))]),
        ["answers"] = answers,
        ["ports"] = new JsonArray([.. ports.Select(p => (JsonNode)PortRange(p))]),
    };

    private static JsonObject? Host(YamlNode node, Problems problems, HashSet<string> names)
    {
        if (YamlMap.From(node, "a host", problems, NoVariables, "name", "addresses", "answers", "ports") is not { } map)
        {
            return null;
        }

        string? name = map.Text("name");
        if (!map.Has("name"))
        {
            problems.Add(node, "the host has no name");
        }
        else if (name is not null && !names.Add(name))
        {
            map.Wrong("name", $"a host named '{name}' is already in this file");
        }

        if (!map.Has("addresses"))
        {
            problems.Add(node, "the host has no addresses");
        }

        IReadOnlyList<string> addresses = Checked(map, "addresses", problems, Block);
        IReadOnlyList<string> ports = Checked(map, "ports", problems, PortRange);
        return HostObject(name ?? "", addresses, map.Flag("answers") ?? true, ports);
    }

    private static IReadOnlyList<string> Checked(YamlMap map, string key, Problems problems, Func<string, string> read)
    {
        List<string> good = [];
        foreach (string text in map.Texts(key))
        {
            try
            {
                good.Add(read(text));
            }
            catch (FormatException wrong)
            {
                YamlNode at = map.NodeOf(key) is YamlSequenceNode list
                    ? list.First(n => n is YamlScalarNode { Value: var v } && v == text)
                    : map.NodeOf(key)!;
                problems.Add(at, wrong.Message);
            }
        }

        return good;
    }

    private static string Block(string text) =>
        Blocks.Parse(text)?.ToString()
        ?? throw new FormatException($"'{text}' is no address or block: write 203.0.113.7 or 203.0.113.0/24");

    private static string PortRange(string text)
    {
        string[] parts = text.Split('/');
        string[] ends = parts.Length == 2 ? parts[1].Split('-') : [];
        bool good = parts[0] is "tcp" or "udp" && ends.Length is 1 or 2
            && ends.All(e => ushort.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            && int.Parse(ends[0]) <= int.Parse(ends[^1]);
        return good ? text : throw new FormatException($"'{text}' is no port: write tcp/443 or udp/53-60");
    }
}
