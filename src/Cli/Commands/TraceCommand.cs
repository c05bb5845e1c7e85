using System.CommandLine;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline trace FROM TO</c>: the way of one packet, forward and back, and the reason where it ends early.</summary>
internal static class TraceCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string> from = new("FROM") { Description = "Instance, ENI, address, tag Name, domain name, internet gateway or internet:ADDRESS" };
        Argument<string?> to = new("TO") { Description = "As FROM; with --http the URL's host when not given", Arity = ArgumentArity.ZeroOrOne };
        Option<int?> tcp = new("--tcp") { Description = "TCP to this port (443 when no protocol is given)", HelpName = "PORT" };
        Option<int?> udp = new("--udp") { Description = "UDP to this port", HelpName = "PORT" };
        Option<bool> icmp = new("--icmp") { Description = "An ICMP echo" };
        Option<string[]> http = new("--http")
        {
            Description = "An HTTP request, which load balancers read: --http GET https://shop.example/cart",
            HelpName = "METHOD URL",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> headers = new("--header")
        {
            Description = "A header of the request, as often as there are headers: --header 'Cookie: a=b'",
            HelpName = "NAME: VALUE",
        };
        Option<int?> source = new("--from-port") { Description = "Source port; an ephemeral one when not given", HelpName = "PORT" };
        Option<bool> brief = new("--brief") { Description = "Only what is seen from outside" };
        Option<bool> detailed = new("--detailed") { Description = "Every rule and header" };
        Option<bool> live = new("--live") { Description = "Send one packet for real and follow it (needs `up --plane linux`)" };
        Command command = new("trace", "The way of one packet, and the rule that drops it")
        {
            from, to, tcp, udp, icmp, http, headers, source, brief, detailed, live,
        };
        command.SetAction(async (result, stop) =>
        {
            string[] request = result.GetValue(http) ?? [];
            (string protocol, int? port) = request.Length == 0
                ? Protocol(result.GetValue(tcp), result.GetValue(udp), result.GetValue(icmp))
                : ("tcp", PortOf(request[1], result.GetValue(tcp)));
            int? sourcePort = CheckPort("--from-port", result.GetValue(source));
            if (result.GetValue(brief) && result.GetValue(detailed))
            {
                throw CliException.Usage("--brief and --detailed: give one of them");
            }

            using EndpointClient client = new(globals.Resolve(result, context));
            string end = result.GetValue(to) ?? (request.Length == 0
                ? throw CliException.Usage("trace needs FROM and TO; see `trunkline trace --help`")
                : HttpTarget.Read(request[1]).Host);
            TraceQuestion question = new(result.GetValue(from)!, end, protocol, port, sourcePort)
            {
                Http = request.Length == 0 ? null : string.Join(' ', request),
                Headers = result.GetValue(headers) is { Length: > 0 } given
                    ? request.Length > 0 ? given : throw CliException.Usage("--header needs --http: a header belongs to a request")
                    : [],
            };
            bool real = result.GetValue(live);
            (JsonNode? answer, EndpointFault? fault) = real ? await client.Live(question, stop) : await client.Trace(question, stop);
            if (fault is not null)
            {
                throw new CliException(ExitCodes.Usage, fault.Code, fault.Line);
            }

            if (result.GetValue(globals.Json))
            {
                context.WriteJson(answer);
                return ExitCodes.Ok;
            }

            string length = result.GetValue(brief) ? "minimal" : result.GetValue(detailed) ? "detailed" : "summary";
            return Print(context, answer!, length, real);
        });
        return command;
    }

    /// <summary>Prints a trace; of a real packet also what the model says otherwise, and then the exit code says that they differ.</summary>
    private static int Print(CliContext context, JsonNode answer, string length, bool real)
    {
        Lines(context, (real ? answer["real"] : answer)!, length);
        if (!real || answer["differences"] is not JsonArray { Count: > 0 } differences)
        {
            return ExitCodes.Ok;
        }

        foreach (JsonNode? difference in differences)
        {
            context.Output.WriteLine($"model and kernel differ: {difference}");
        }

        context.Output.WriteLine("the model:");
        Lines(context, answer["model"]!, length);
        return ExitCodes.Failed;
    }

    private static void Lines(CliContext context, JsonNode trace, string length)
    {
        foreach (string line in new TraceAnswer(trace).Text(length))
        {
            context.Output.WriteLine(line);
        }
    }

    private static (string Protocol, int? Port) Protocol(int? tcp, int? udp, bool icmp) => (tcp, udp, icmp) switch
    {
        (null, null, false) => ("tcp", 443),
        (int port, null, false) => ("tcp", CheckPort("--tcp", port)),
        (null, int port, false) => ("udp", CheckPort("--udp", port)),
        (null, null, true) => ("icmp", null),
        _ => throw CliException.Usage("a packet has one protocol: give one of --tcp PORT, --udp PORT, --icmp"),
    };

    /// <summary>The port of a URL; one of --tcp where that is given.</summary>
    private static int PortOf(string url, int? tcp) => CheckPort("--tcp", tcp) ?? HttpTarget.Read(url).Port;

    private static int? CheckPort(string option, int? port) =>
        port is null or (>= 0 and <= 65535) ? port : throw CliException.Usage($"{option} is {port}: a port is 0 to 65535");
}
