using System.CommandLine;
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

    private static string Spoken(TimeSpan time) =>
        time.TotalHours >= 24 ? $"{(int)time.TotalDays} d {time.Hours} h"
        : time.TotalMinutes >= 60 ? $"{time.Hours} h {time.Minutes} min"
        : time.TotalSeconds >= 60 ? $"{time.Minutes} min {time.Seconds} s"
        : $"{time.Seconds} s";
}
