using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Trunkline.Cli.Expectations;

/// <summary>Reads an expectation file. Nothing is guessed: what is unknown, missing or contradictory is noted with its place.</summary>
internal sealed partial class ExpectationParser
{
    private static readonly string[] FlowKeys =
    [
        "name", "from", "to", "tcp", "udp", "icmp", "http", "header", "from-port", "expect", "code", "direction", "seen-as", "via", "not-via", "notes",
        "carried-by", "show", "account", "region",
    ];

    private static readonly string[] DefaultKeys = [.. FlowKeys.Where(k => k is not "name")];

    private readonly Problems _problems;
    private readonly IReadOnlyDictionary<string, string> _variables;
    private YamlMap? _defaults;

    private ExpectationParser(Problems problems, IReadOnlyDictionary<string, string> variables)
    {
        _problems = problems;
        _variables = variables;
    }

    /// <exception cref="CliException">The file is not there, or every problem found in it, one a line.</exception>
    public static ExpectationFile Read(string path, IReadOnlyDictionary<string, string> variables)
    {
        if (!File.Exists(path))
        {
            throw CliException.Usage($"{path}: no such file");
        }

        using StreamReader text = File.OpenText(path);
        return Parse(text, path, variables);
    }

    public static ExpectationFile Parse(TextReader text, string path, IReadOnlyDictionary<string, string> variables)
    {
        Problems problems = new(path);
        ExpectationFile? file = null;
        if (YamlMap.Load(text, problems) is { } root)
        {
            file = new ExpectationParser(problems, variables).Whole(root, path);
        }

        problems.ThrowIfAny();
        return file!;
    }

    /// <summary>The world that a file puts on the endpoint, before the values of its variables are known; null for none.</summary>
    /// <exception cref="CliException">The file is not there, or something is wrong with its world.</exception>
    public static JsonObject? ReadWorld(string path)
    {
        if (!File.Exists(path))
        {
            throw CliException.Usage($"{path}: no such file");
        }

        using StreamReader text = File.OpenText(path);
        Problems problems = new(path);
        ExpectationParser parser = new(problems, new Dictionary<string, string>());
        JsonObject? world = YamlMap.Load(text, problems) is { } root && parser.Top(root) is { } map ? parser.World(map, path) : null;
        problems.ThrowIfAny();
        return world;
    }

    private YamlMap? Top(YamlNode root) =>
        YamlMap.From(root, "an expectation file", _problems, _variables, "world", "defaults", "flows");

    private JsonObject? World(YamlMap map, string path) => map.NodeOf("world") switch
    {
        null => null,
        YamlScalarNode => Included(map, path),
        YamlNode inline => WorldFile.Parse(inline, _problems),
    };

    private ExpectationFile? Whole(YamlNode root, string path)
    {
        if (Top(root) is not { } map)
        {
            return null;
        }

        JsonObject? world = World(map, path);
        if (map.NodeOf("defaults") is { } defaults)
        {
            _defaults = YamlMap.From(defaults, "defaults", _problems, _variables, DefaultKeys);
        }

        List<Expectation> flows = [];
        switch (map.NodeOf("flows"))
        {
            case YamlSequenceNode { Children.Count: > 0 } list:
                foreach (YamlNode node in list)
                {
                    flows.AddRange(Flow(node));
                }

                break;
            case null:
                _problems.Add(root, "the file has no flows: begin a list with `flows:`");
                break;
            case { } other:
                _problems.Add(other, "flows is a list with at least one flow");
                break;
        }

        return new ExpectationFile(path, world, flows);
    }

    private JsonObject? Included(YamlMap map, string path)
    {
        if (map.Text("world") is not { } name)
        {
            return null;
        }

        string full = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
        if (File.Exists(full))
        {
            return WorldFile.Read(full);
        }

        _problems.Add(map.NodeOf("world")!, $"world file '{name}' is not beside this file");
        return null;
    }

    private IReadOnlyList<Expectation> Flow(YamlNode node)
    {
        if (YamlMap.From(node, "a flow", _problems, _variables, FlowKeys) is not { } flow)
        {
            return [];
        }

        int before = _problems.Found.Count;
        IReadOnlyList<string> sources = Holder(flow, "from")?.Texts("from") ?? [];
        IReadOnlyList<string> targets = Holder(flow, "to")?.Texts("to") ?? [];
        IReadOnlyList<(string Protocol, int? Port, string? Http)> traffic = Traffic(flow);
        bool? delivered = Holder(flow, "expect")?.Word("expect", "delivered", "dropped") switch
        {
            "delivered" => true,
            "dropped" => false,
            _ => null,
        };
        Demand(flow, "from", "where the packet starts");
        Demand(flow, "to", "where the packet is to go");
        Demand(flow, "expect", "delivered or dropped");
        (string? code, string? direction) = OfDrop(flow, delivered);
        string? seenAs = SeenAs(flow, delivered);
        IReadOnlyList<string> via = Holder(flow, "via")?.Texts("via") ?? [];
        IReadOnlyList<string> notVia = Holder(flow, "not-via")?.Texts("not-via") ?? [];
        IReadOnlyList<string> notes = OfDelivery(flow, delivered, "notes", "what the trace of a delivered packet notes");
        IReadOnlyList<string> carriedBy = OfDelivery(flow, delivered, "carried-by", "which lines share the load");
        IReadOnlyList<string> headers = Headers(flow, traffic);
        IReadOnlyList<int> sourcePorts = Holder(flow, "from-port")?.Ports("from-port") ?? [];
        if (sourcePorts.Count > 1)
        {
            Holder(flow, "from-port")!.Wrong("from-port", "from-port is one port");
        }

        string? show = Holder(flow, "show")?.Word("show", "brief", "summary", "detailed");
        string? name = flow.Text("name");
        string? account = Account(flow);
        string? region = Holder(flow, "region")?.Text("region");
        if (_problems.Found.Count > before)
        {
            return [];
        }

        bool single = sources.Count * targets.Count * traffic.Count == 1;
        return
        [
            .. from source in sources
               from target in targets
               from t in traffic
               let label = $"{source} -> {target} {t.Http ?? (t.Port is null ? t.Protocol : $"{t.Protocol}/{t.Port}")}"
               select new Expectation(
                   name is null ? label : single ? name : $"{name}: {label}", source, target, t.Protocol, t.Port,
                   sourcePorts.Count == 1 ? sourcePorts[0] : null, delivered!.Value, code, direction, seenAs, via, notVia,
                   show == "brief" ? "minimal" : show, account, region, (int)node.Start.Line, (int)node.Start.Column)
               {
                   Http = t.Http,
                   Headers = t.Http is null ? [] : headers,
                   Notes = notes,
                   CarriedBy = carriedBy,
               },
        ];
    }

    // The flow when it has the key, else the defaults when they have it.
    private YamlMap? Holder(YamlMap flow, string key) => flow.Has(key) ? flow : _defaults?.Has(key) == true ? _defaults : null;

    private void Demand(YamlMap flow, string key, string meaning)
    {
        if (Holder(flow, key) is null)
        {
            _problems.Add(flow.Node, $"the flow has no '{key}' ({meaning}), nor have the defaults");
        }
    }

    private IReadOnlyList<(string Protocol, int? Port, string? Http)> Traffic(YamlMap flow)
    {
        static string[] Protocols(YamlMap map) => [.. new[] { "tcp", "udp", "icmp", "http" }.Where(map.Has)];
        YamlMap holder = Protocols(flow).Length > 0 || _defaults is null ? flow : _defaults;
        string[] given = Protocols(holder);
        if (given.Length == 0)
        {
            _problems.Add(flow.Node, "the flow has no traffic: give `tcp: PORT`, `udp: PORT`, `icmp: true` or `http: METHOD URL`");
        }

        if (given.Contains("icmp") && holder.Flag("icmp") == false)
        {
            holder.Wrong("icmp", "icmp is true or not there");
        }

        return
        [
            .. holder.Ports("tcp").Select(p => ("tcp", (int?)p, (string?)null)),
            .. holder.Ports("udp").Select(p => ("udp", (int?)p, (string?)null)),
            .. given.Contains("icmp") ? [("icmp", null, null)] : Array.Empty<(string, int?, string?)>(),
            .. holder.Texts("http").Select(text => ("tcp", HttpPort(holder, text), (string?)text)),
        ];
    }

    /// <summary>The port of a request's URL; what is wrong with the request is noted.</summary>
    private int? HttpPort(YamlMap holder, string text)
    {
        string[] parts = text.Split(' ');
        if (parts.Length == 2 && HttpTarget.TryRead(parts[1]) is { } target)
        {
            return target.Port;
        }

        _problems.Add(holder.NodeOf("http")!, $"http is '{text}', and must be a method and a URL, as GET https://shop.example/cart");
        return null;
    }

    /// <summary>Headers of the flow's requests; those of the defaults are for the flows that have a request.</summary>
    private IReadOnlyList<string> Headers(YamlMap flow, IReadOnlyList<(string Protocol, int? Port, string? Http)> traffic)
    {
        if (Holder(flow, "header") is not { } holder)
        {
            return [];
        }

        if (flow.Has("header") && traffic.Count > 0 && traffic.All(t => t.Http is null))
        {
            flow.Wrong("header", "header is of an HTTP request, and this flow has none: give `http: METHOD URL`");
        }

        IReadOnlyList<string> headers = holder.Texts("header");
        foreach (string wrong in headers.Where(h => h.IndexOf(':', StringComparison.Ordinal) <= 0))
        {
            _problems.Add(holder.NodeOf("header")!, $"header is '{wrong}', and must be a name and a value, as 'Cookie: a=b'");
        }

        return headers;
    }

    // A default code or direction is for the flows that are dropped; in a flow of its own they contradict `delivered`.
    private (string? Code, string? Direction) OfDrop(YamlMap flow, bool? delivered)
    {
        if (delivered == true)
        {
            foreach (string key in new[] { "code", "direction" }.Where(flow.Has))
            {
                flow.Wrong(key, $"{key} says why a flow is dropped, and this flow is expected to be delivered");
            }

            return (null, null);
        }

        string? code = Holder(flow, "code")?.Text("code");
        if (code is not null && !CodePattern().IsMatch(code))
        {
            YamlNode at = Holder(flow, "code")!.NodeOf("code")!;
            _problems.Add(at, $"code is '{code}': explanation codes are capitals, as ENI_SG_RULES_MISMATCH");
        }

        return (code, Holder(flow, "direction")?.Word("direction", "forward", "return"));
    }

    private string? SeenAs(YamlMap flow, bool? delivered)
    {
        if (Holder(flow, "seen-as") is not { } holder || (delivered == false && !flow.Has("seen-as")))
        {
            return null;
        }

        if (delivered == false)
        {
            flow.Wrong("seen-as", "seen-as says what the receiver sees, and this flow is expected to be dropped");
            return null;
        }

        string? text = holder.Text("seen-as");
        if (text is not null && Blocks.Parse(text) is null)
        {
            YamlNode at = holder.NodeOf("seen-as")!;
            _problems.Add(at, $"seen-as is '{text}', and must be an address or a block, as 203.0.113.7 or 10.0.0.0/16");
        }

        return text;
    }

    // Texts that only a delivered flow can have. Those of the defaults are for the flows that are delivered; one of its own contradicts `dropped`.
    private IReadOnlyList<string> OfDelivery(YamlMap flow, bool? delivered, string key, string meaning)
    {
        if (Holder(flow, key) is not { } holder || (delivered == false && !flow.Has(key)))
        {
            return [];
        }

        if (delivered == false)
        {
            flow.Wrong(key, $"{key} says {meaning}, and this flow is expected to be dropped");
            return [];
        }

        return holder.Texts(key);
    }

    private string? Account(YamlMap flow)
    {
        string? account = Holder(flow, "account")?.Text("account");
        if (account is not null && (account.Length != 12 || !account.All(char.IsAsciiDigit)))
        {
            YamlNode at = Holder(flow, "account")!.NodeOf("account")!;
            _problems.Add(at, $"account is '{account}', and must be twelve digits in quotes, as '111122223333'");
        }

        return account;
    }

    [GeneratedRegex("^[A-Z][A-Z0-9_]+$")]
    private static partial Regex CodePattern();
}
