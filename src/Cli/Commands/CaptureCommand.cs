using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Trunkline.Cli.Machines;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline capture INSTANCE [FILTER]</c>: an instance's packets, live as text or into a file for Wireshark.</summary>
internal static class CaptureCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string> instance = new("INSTANCE") { Description = "Instance id, tag Name or address" };
        Argument<string[]> filter = new("FILTER")
        {
            Description = "As for tcpdump: tcp port 80, host 10.0.1.5 ...; everything when not given",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> write = new("--write", "-w") { Description = "Write a pcap file instead of text", HelpName = "FILE" };
        Option<string> device = new("--interface", "-i") { DefaultValueFactory = _ => "eth0", HelpName = "NAME", Description = "Which interface" };
        Option<long?> count = new("--count", "-c") { Description = "End after so many packets", HelpName = "N" };
        Command command = new("capture", "Look at an instance's packets") { instance, filter, write, device, count };
        command.SetAction(async (result, stop) =>
        {
            string[] words = result.GetValue(filter) ?? [];
            JsonObject arguments = new()
            {
                ["machine"] = result.GetValue(instance),
                ["interface"] = result.GetValue(device),
                ["filter"] = words.Length == 0 ? new JsonArray() : await Compile(words, stop),
            };
            using EndpointClient client = new(globals.Resolve(result, context));
            await using Stream frames = await client.OpenPlane("capture", arguments, stop);
            long? most = result.GetValue(count);
            if (result.GetValue(write) is { } file)
            {
                await using FileStream to = File.Create(file);
                long packets = await Copy(frames, to, most, stop);
                await context.Error.WriteLineAsync($"{packets} packets in {file}");
            }
            else
            {
                await Print(context, frames, most, stop);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>Ctrl-C is the ordinary end of a capture.</summary>
    private static async Task<long> Copy(Stream from, Stream to, long? most, CancellationToken stop)
    {
        try
        {
            return await CaptureStream.Copy(from, to, most, stop);
        }
        catch (OperationCanceledException)
        {
            return (to.Length - 24) < 0 ? 0 : CountOf(to);
        }
        catch (IOException) when (stop.IsCancellationRequested)
        {
            return CountOf(to);
        }
    }

    private static long CountOf(Stream file)
    {
        long count = 0;
        byte[] head = new byte[16];
        for (file.Position = Math.Min(24, file.Length); file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length; count++)
        {
            file.Position += BitConverter.ToInt32(head, 8);
        }

        return count;
    }

    private static async Task Print(CliContext context, Stream frames, long? most, CancellationToken stop)
    {
        using Process text = Start(["-n", "-l", "-r", "-"], redirectInput: true);
        Task said = Task.Run(
            async () =>
            {
                while (await text.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
                {
                    await context.Output.WriteLineAsync(line);
                    await context.Output.FlushAsync(CancellationToken.None);
                }
            },
            CancellationToken.None);
        Task complaints = text.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await CaptureStream.Copy(frames, text.StandardInput.BaseStream, most, stop);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Ctrl-C, or nobody reads the text any more: both are an end.
        }

        text.StandardInput.Close();
        await said;
        await complaints;
        await text.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>The filter as the kernel takes it: tcpdump compiles it here, without any right.</summary>
    private static async Task<JsonArray> Compile(string[] words, CancellationToken stop)
    {
        using Process compiler = Start(["-y", "EN10MB", "-s", "262144", "-ddd", .. words], redirectInput: false);
        string[] lines = (await compiler.StandardOutput.ReadToEndAsync(stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string said = await compiler.StandardError.ReadToEndAsync(stop);
        await compiler.WaitForExitAsync(stop);
        if (compiler.ExitCode != 0)
        {
            string why = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "tcpdump refuses it";
            throw CliException.Usage($"the filter '{string.Join(' ', words)}': {why}");
        }

        return [.. lines.Skip(1).SelectMany(l => l.Split(' ')).Select(n => (JsonNode)JsonValue.Create(long.Parse(n, CultureInfo.InvariantCulture)))];
    }

    private static Process Start(string[] arguments, bool redirectInput)
    {
        ProcessStartInfo start = new("tcpdump", arguments)
        {
            RedirectStandardInput = redirectInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw CliException.Usage("tcpdump is not installed here: install it, or use --write FILE without a filter");
        }
    }
}
