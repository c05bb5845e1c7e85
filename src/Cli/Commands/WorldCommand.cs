using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Trunkline.Cli.Expectations;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline world</c>: what lies outside AWS, shown and changed.</summary>
internal static class WorldCommand
{
    public static Command Build(CliContext context, GlobalOptions globals) => new("world", "What lies outside AWS: hosts, and the clock")
    {
        Show(context, globals),
        Load(context, globals),
        AddHost(context, globals),
        RemoveHost(context, globals),
        Listen(context, globals),
        Clock(context, globals),
    };

    private static Command Show(CliContext context, GlobalOptions globals)
    {
        Command command = new("show", "The world as it is");
        command.SetAction(async (result, stop) =>
        {
            using EndpointClient client = new(globals.Resolve(result, context));
            Print(context, result.GetValue(globals.Json), await client.World(stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Load(CliContext context, GlobalOptions globals)
    {
        Argument<string> file = new("FILE") { Description = "World file, YAML or JSON; it replaces the world" };
        Command command = new("load", "Replace the world by a file's") { file };
        command.SetAction(async (result, stop) =>
        {
            JsonObject world = WorldFile.Read(result.GetValue(file)!);
            using EndpointClient client = new(globals.Resolve(result, context));
            await client.PutWorld(world, stop);
            Print(context, result.GetValue(globals.Json), await client.World(stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command AddHost(CliContext context, GlobalOptions globals)
    {
        Argument<string> name = new("NAME") { Description = "Unique among the hosts" };
        Argument<string[]> addresses = new("ADDRESS")
        {
            Description = "Public address or block",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> silent = new("--silent") { Description = "Packets to it are lost, whatever the port" };
        Option<string[]> ports = new("--port") { Description = "Where it listens, as tcp/443 or udp/53-60; everywhere when not given" };
        Command command = new("add-host", "Add a host, or a range of them, to the internet") { name, addresses, silent, ports };
        command.SetAction(async (result, stop) =>
        {
            string added = result.GetValue(name)!;
            JsonObject host = Host(added, result.GetValue(addresses)!, !result.GetValue(silent), result.GetValue(ports) ?? []);
            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode world = await client.World(stop);
            JsonArray hosts = Hosts(world);
            if (hosts.Any(h => h?["name"]?.ToString() == added))
            {
                throw CliException.Usage($"the world has a host named '{added}': take it away with `trunkline world remove-host {added}`");
            }

            hosts.Add((JsonNode)host);
            await client.PutWorld(world, stop);
            Print(context, result.GetValue(globals.Json), await client.World(stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command RemoveHost(CliContext context, GlobalOptions globals)
    {
        Argument<string> name = new("NAME");
        Command command = new("remove-host", "Take a host away") { name };
        command.SetAction(async (result, stop) =>
        {
            string removed = result.GetValue(name)!;
            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode world = await client.World(stop);
            JsonArray hosts = Hosts(world);
            JsonNode host = hosts.FirstOrDefault(h => h?["name"]?.ToString() == removed)
                ?? throw CliException.Usage($"the world has no host named '{removed}'"
                    + Nearest.Hint(removed, hosts.Select(h => h?["name"]?.ToString() ?? "")));
            hosts.Remove(host);
            await client.PutWorld(world, stop);
            Print(context, result.GetValue(globals.Json), await client.World(stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Listen(CliContext context, GlobalOptions globals)
    {
        Argument<string> machine = new("MACHINE") { Description = "Instance, by id or tag Name" };
        Option<string[]> ports = new("--port") { Description = "Where it listens, as tcp/443 or udp/53-60" };
        Option<bool> nowhere = new("--nowhere") { Description = "It listens on no port" };
        Option<bool> everywhere = new("--everywhere") { Description = "It listens on every port, as at first" };
        Option<int?> status = new("--status") { Description = "The HTTP status that it answers health checks with", HelpName = "CODE" };
        Command command = new("listen", "Say on which ports a machine listens, and what it answers") { machine, ports, nowhere, everywhere, status };
        command.SetAction(async (result, stop) =>
        {
            string[] given = result.GetValue(ports) ?? [];
            int ways = (given.Length > 0 ? 1 : 0) + (result.GetValue(nowhere) ? 1 : 0) + (result.GetValue(everywhere) ? 1 : 0);
            int? code = result.GetValue(status);
            if (ways != 1 && !(ways == 0 && code is not null))
            {
                throw CliException.Usage("listen needs one of --port, --nowhere and --everywhere");
            }

            if (code is < 100 or > 599)
            {
                throw CliException.Usage($"--status is {code}: an HTTP status is 100 to 599");
            }

            string name = result.GetValue(machine)!;
            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode world = await client.World(stop);
            JsonArray kept = [.. (world["listening"] as JsonArray ?? []).Where(m => m?["machine"]?.ToString() != name).Select(m => m?.DeepClone())];
            if (!result.GetValue(everywhere) || code is not null)
            {
                kept.Add((JsonNode)Listener(name, given.Length > 0 || result.GetValue(nowhere) ? given : null, code));
            }

            world["listening"] = kept;
            await client.PutWorld(world, stop);
            Print(context, result.GetValue(globals.Json), await client.World(stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Clock(CliContext context, GlobalOptions globals)
    {
        Argument<string> ahead = new("AHEAD") { Description = "How far ahead of the machine's it is, as 90s, 30m, 12h or 8d; 0: not at all" };
        Command command = new("clock", "Set the cloud's clock, so that what has a time runs out") { ahead };
        command.SetAction(async (result, stop) =>
        {
            string asked = result.GetValue(ahead)!;
            try
            {
                _ = asked.Length > 0 ? WorldFile.Ahead(asked) : throw new FormatException("clock needs how far ahead it is, as 8d, or 0");
            }
            catch (FormatException wrong)
            {
                throw CliException.Usage(wrong.Message);
            }

            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode world = await client.World(stop);
            world["ahead"] = asked;
            await client.PutWorld(world, stop);
            Print(context, result.GetValue(globals.Json), await client.World(stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static JsonObject Listener(string machine, string[]? ports, int? status)
    {
        try
        {
            return WorldFile.ListenerObject(machine, ports, status);
        }
        catch (FormatException wrong)
        {
            throw CliException.Usage(wrong.Message);
        }
    }

    private static JsonObject Host(string name, string[] addresses, bool answers, string[] ports)
    {
        try
        {
            return WorldFile.HostObject(name, addresses, answers, ports);
        }
        catch (FormatException wrong)
        {
            throw CliException.Usage(wrong.Message);
        }
    }

    private static JsonArray Hosts(JsonNode world)
    {
        if (world["hosts"] is JsonArray hosts)
        {
            return hosts;
        }

        JsonArray none = [];
        world["hosts"] = none;
        return none;
    }

    private static void Print(CliContext context, bool json, JsonNode world)
    {
        if (json)
        {
            context.WriteJson(world);
            return;
        }

        if (world["ahead"]?.ToString() is { } ahead)
        {
            context.Output.WriteLine($"the cloud's clock is {ahead} ahead of the machine's");
        }

        bool answers = world["internetAnswers"]?.GetValue<bool>() ?? true;
        context.Output.WriteLine(answers
            ? "every public address answers, on every port, unless a host below says otherwise"
            : "only the hosts below answer");
        FailCommand.Lines(context, world);
        foreach (JsonNode? machine in world["listening"] as JsonArray ?? [])
        {
            string on = string.Join(", ", (machine?["ports"] as JsonArray ?? []).Select(p => p?.ToString()));
            string told = machine?["status"] is { } status ? $", and answers health checks with {status}" : "";
            context.Output.WriteLine($"{machine?["machine"]} listens on {(on.Length == 0 ? "no port" : on)}{told}");
        }

        JsonArray hosts = Hosts(world);
        if (hosts.Count == 0)
        {
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumn("host").AddColumn("addresses").AddColumn("answers on");
        foreach (JsonNode? host in hosts)
        {
            bool silent = host?["answers"]?.GetValue<bool>() == false;
            string ports = string.Join(", ", (host?["ports"] as JsonArray ?? []).Select(p => p?.ToString()));
            table.AddRow(
                new Text(host?["name"]?.ToString() ?? ""),
                new Text(string.Join(", ", (host?["addresses"] as JsonArray ?? []).Select(a => a?.ToString()))),
                new Text(silent ? "nothing" : ports.Length == 0 ? "everything" : ports));
        }

        context.Console().Write(table);
    }
}
