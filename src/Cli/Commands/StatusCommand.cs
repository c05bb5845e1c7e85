using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline status</c>: what runs at the endpoint, and how much each account holds.</summary>
internal static class StatusCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Command command = new("status", "What runs at the endpoint, and what it holds");
        command.SetAction(async (result, stop) =>
        {
            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode status = await client.Status(stop);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(status);
            }
            else
            {
                Print(context, status);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(CliContext context, JsonNode status)
    {
        TimeSpan uptime = TimeSpan.FromSeconds(status["uptimeSeconds"]?.GetValue<double>() ?? 0);
        context.Output.WriteLine($"Trunkline {status["version"]} at {status["endpoint"]}, up {Spoken(uptime)}, plane {status["plane"]}");
        context.Output.WriteLine(status["data"] is { } data ? $"data in {data}" : "nothing kept on disk (--ephemeral)");
        PrintPlane(context.Output, status["planeStatus"]);
        if (status["pendingWrites"]?.GetValue<long>() is > 0 and long pending)
        {
            context.Output.WriteLine($"{pending} writes on their way to disk");
        }

        JsonArray accounts = status["accounts"] as JsonArray ?? [];
        if (accounts.Count == 0)
        {
            context.Output.WriteLine("no account has been used yet: each has its default VPC in every region from its first call on");
            return;
        }

        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in new[] { "account", "region", "VPCs", "instances", "interfaces" })
        {
            table.AddColumn(heading);
        }

        foreach (JsonNode? account in accounts)
        {
            table.AddRow([.. new[] { "account", "region", "vpcs", "instances", "interfaces" }
                .Select(key => Markup.Escape(account?[key]?.ToString() ?? ""))]);
        }

        context.Console().Write(table);
    }

    /// <summary>How far the plane has come; the model plane is always there.</summary>
    private static void PrintPlane(TextWriter to, JsonNode? plane)
    {
        if (plane?["why"]?.ToString() is { Length: > 0 } why)
        {
            to.WriteLine($"plane {plane["name"]}: {why}");
        }

        if (plane?["desiredVersion"] is null)
        {
            return;
        }

        string last = plane["lastApplyMilliseconds"]?.GetValue<double>() is > 0 and double milliseconds
            ? string.Create(CultureInfo.InvariantCulture, $", the last change took {milliseconds:0.#} ms")
            : "";
        bool settled = plane["settled"]?.GetValue<bool>() == true;
        to.WriteLine(settled
            ? $"{plane["objectsThere"]} objects in the kernel, all as the cloud says{last}"
            : $"{plane["objectsThere"]} of {plane["objectsDesired"]} objects in the kernel, "
                + $"at version {plane["appliedVersion"]} of {plane["desiredVersion"]}{last}");
        foreach (JsonNode? failure in plane["failures"] as JsonArray ?? [])
        {
            to.WriteLine($"  failed in {failure?["place"]}: {failure?["what"]}: {failure?["why"]}");
        }

        if (plane["failureCount"]?.GetValue<int>() - (plane["failures"] as JsonArray)?.Count is > 0 and int more)
        {
            to.WriteLine($"  and {more} more");
        }

        foreach (JsonNode? line in plane["notCarried"] as JsonArray ?? [])
        {
            to.WriteLine($"  not carried: {line}");
        }

        if (plane["notCarriedCount"]?.GetValue<int>() - (plane["notCarried"] as JsonArray)?.Count is > 0 and int further)
        {
            to.WriteLine($"  and {further} more");
        }

        foreach (JsonNode? lack in plane["lacks"] as JsonArray ?? [])
        {
            to.WriteLine($"  this host: {lack}");
        }
    }

    private static string Spoken(TimeSpan time) =>
        time.TotalHours >= 24 ? $"{(int)time.TotalDays} d {time.Hours} h"
        : time.TotalMinutes >= 60 ? $"{time.Hours} h {time.Minutes} min"
        : time.TotalSeconds >= 60 ? $"{time.Minutes} min {time.Seconds} s"
        : $"{time.Seconds} s";
}
