using System.CommandLine;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline site</c>: data centres and offices with routers of their own.</summary>
internal static class SiteCommand
{
    public static Command Build(CliContext context, GlobalOptions globals) => new("site", "Data centres and offices with routers")
    {
        List(context, globals),
        Add(context, globals),
        AddRouter(context, globals),
        Remove(context, globals),
    };

    private static Command List(CliContext context, GlobalOptions globals)
    {
        Command command = new("list", "The sites as they are");
        command.SetAction(async (result, stop) =>
        {
            using EndpointClient client = new(globals.Resolve(result, context));
            Print(context, result.GetValue(globals.Json), await client.World(stop));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Add(CliContext context, GlobalOptions globals)
    {
        Argument<string> name = new("NAME") { Description = "Unique among the sites" };
        Option<string[]> networks = new("--network") { Description = "Block of its hosts, such as 192.168.0.0/16" };
        Command command = new("add", "Add a site") { name, networks };
        command.SetAction(async (result, stop) =>
        {
            string added = result.GetValue(name)!;
            JsonObject site = new()
            {
                ["name"] = added,
                ["networks"] = new JsonArray([.. (result.GetValue(networks) ?? []).Select(n => (JsonNode)new JsonObject { ["block"] = n })]),
            };
            return await Change(context, globals, result, sites =>
            {
                if (Find(sites, added) is not null)
                {
                    throw CliException.Usage($"the world has a site named '{added}': take it away with `trunkline site remove {added}`");
                }

                sites.Add((JsonNode)site);
            }, stop);
        });
        return command;
    }

    private static Command AddRouter(CliContext context, GlobalOptions globals)
    {
        Argument<string> site = new("SITE");
        Argument<string> name = new("NAME") { Description = "Unique in the site" };
        Option<string[]> addresses = new("--address") { Description = "Where customer gateways find it" };
        Option<long> asn = new("--asn") { Description = "Its autonomous system", DefaultValueFactory = _ => 65000 };
        Option<string[]> announces = new("--announce") { Description = "A block to announce instead of the site's networks" };
        Option<bool> defaults = new("--announce-default") { Description = "Announce 0.0.0.0/0 and ::/0" };
        Option<string[]> accepts = new("--accept") { Description = "Take only routes inside this block; all when not given" };
        Option<string[]> ports = new("--port") { Description = "Direct Connect location, or LOCATION/CONNECTION" };
        Option<bool> shares = new("--share") { Description = "Spread flows over equally good routes" };
        Option<bool> transit = new("--transit") { Description = "Announce to one neighbour what it learned from another" };
        Command command = new("add-router", "Add a router to a site") { site, name, addresses, asn, announces, defaults, accepts, ports, shares, transit };
        command.SetAction(async (result, stop) =>
        {
            JsonObject router = new()
            {
                ["name"] = result.GetValue(name),
                ["addresses"] = Texts(result.GetValue(addresses)),
                ["asn"] = result.GetValue(asn),
                ["announces"] = new JsonArray([.. (result.GetValue(announces) ?? []).Select(a => (JsonNode)new JsonObject { ["prefix"] = a })]),
                ["announcesDefault"] = result.GetValue(defaults),
                ["accepts"] = Texts(result.GetValue(accepts)),
                ["ports"] = Texts(result.GetValue(ports)),
                ["sharesLoad"] = result.GetValue(shares),
                ["transit"] = result.GetValue(transit),
            };
            return await Change(context, globals, result, sites =>
            {
                JsonObject owner = Demand(sites, result.GetValue(site)!);
                JsonArray routers = owner["routers"] as JsonArray ?? [];
                owner["routers"] = new JsonArray([.. routers.Select(r => r?.DeepClone()), router]);
            }, stop);
        });
        return command;
    }

    private static Command Remove(CliContext context, GlobalOptions globals)
    {
        Argument<string> name = new("NAME");
        Command command = new("remove", "Take a site away") { name };
        command.SetAction((result, stop) => Change(context, globals, result, sites => sites.Remove(Demand(sites, result.GetValue(name)!)), stop));
        return command;
    }

    private static async Task<int> Change(CliContext context, GlobalOptions globals, ParseResult result, Action<JsonArray> change, CancellationToken stop)
    {
        using EndpointClient client = new(globals.Resolve(result, context));
        JsonNode world = await client.World(stop);
        if (world["sites"] is not JsonArray sites)
        {
            world["sites"] = sites = [];
        }

        change(sites);
        await client.PutWorld(world, stop);
        Print(context, result.GetValue(globals.Json), await client.World(stop));
        return ExitCodes.Ok;
    }

    private static JsonArray Texts(string[]? texts) => [.. (texts ?? []).Select(t => (JsonNode)t)];

    private static JsonObject? Find(JsonArray sites, string name) => sites.OfType<JsonObject>().FirstOrDefault(s => s["name"]?.ToString() == name);

    private static JsonObject Demand(JsonArray sites, string name) => Find(sites, name)
        ?? throw CliException.Usage($"the world has no site named '{name}'" + Nearest.Hint(name, sites.Select(s => s?["name"]?.ToString() ?? "")));

    private static void Print(CliContext context, bool json, JsonNode world)
    {
        JsonArray sites = world["sites"] as JsonArray ?? [];
        if (json)
        {
            context.WriteJson(sites);
            return;
        }

        if (sites.Count == 0)
        {
            context.Output.WriteLine("no sites");
        }

        foreach (JsonNode? site in sites)
        {
            string networks = string.Join(", ", (site?["networks"] as JsonArray ?? []).Select(n => n?["block"]?.ToString()));
            context.Output.WriteLine($"{site?["name"]}  {networks}");
            foreach (JsonNode? router in site?["routers"] as JsonArray ?? [])
            {
                string at = string.Join(", ", (router?["addresses"] as JsonArray ?? []).Concat(router?["ports"] as JsonArray ?? []).Select(a => a?.ToString()));
                context.Output.WriteLine($"  {router?["name"]}  AS {router?["asn"]}  {at}");
            }
        }
    }
}
