using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline attach PID|CONTAINER INSTANCE</c>: the network of a process that runs already becomes the instance's.</summary>
internal static class AttachCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string> who = new("PID|CONTAINER") { Description = "A process, or a container of docker or podman, in a network namespace of its own" };
        Argument<string> instance = new("INSTANCE") { Description = "Instance id, tag Name or address" };
        Command command = new("attach", "Put a process or container behind an instance's interface") { who, instance };
        command.SetAction(async (result, stop) =>
        {
            int pid = await ProcessOf(result.GetValue(who)!, stop);
            using EndpointClient client = new(globals.Resolve(result, context));
            JsonNode answer = await client.AskPlane("attach", new JsonObject { ["machine"] = result.GetValue(instance), ["pid"] = pid }, stop);
            await client.AskPlane("settle", [], stop);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(answer);
            }
            else
            {
                await context.Output.WriteLineAsync($"process {pid} is behind the interface of {answer["machine"]}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<int> ProcessOf(string who, CancellationToken stop)
    {
        if (int.TryParse(who, NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
        {
            return pid;
        }

        foreach (string tool in (string[])["docker", "podman"])
        {
            ProcessStartInfo start = new(tool, ["inspect", "--format", "{{.State.Pid}}", who]) { RedirectStandardOutput = true, RedirectStandardError = true };
            try
            {
                using Process process = Process.Start(start)!;
                string said = await process.StandardOutput.ReadToEndAsync(stop);
                await process.StandardError.ReadToEndAsync(stop);
                await process.WaitForExitAsync(stop);
                if (int.TryParse(said.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out pid) && pid > 0)
                {
                    return pid;
                }
            }
            catch (Win32Exception)
            {
                // This tool is not here; the other one may be.
            }
        }

        throw CliException.Usage($"'{who}' is neither a process id nor a running container of docker or podman");
    }
}
