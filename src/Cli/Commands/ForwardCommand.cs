using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Trunkline.Cli.Machines;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline forward PORT INSTANCE:PORT</c>: a port here that is a port of an instance, past its security groups.</summary>
internal static class ForwardCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<ushort> port = new("PORT") { Description = "Port here; 0 lets the system choose" };
        Argument<string> target = new("INSTANCE:PORT") { Description = "Instance id, tag Name or address, and its port" };
        Option<string> listen = new("--listen") { DefaultValueFactory = _ => "127.0.0.1", Description = "Address here", HelpName = "ADDRESS" };
        Command command = new("forward", "Reach an instance's port from here") { port, target, listen };
        command.SetAction(async (result, stop) =>
        {
            (string machine, int its) = Parse(result.GetValue(target)!);
            if (!IPAddress.TryParse(result.GetValue(listen), out IPAddress? at))
            {
                throw CliException.Usage($"--listen is '{result.GetValue(listen)}': give an address of this machine, as 127.0.0.1");
            }

            using EndpointClient client = new(globals.Resolve(result, context));
            await client.AskPlane("use", new JsonObject { ["machine"] = machine }, stop);
            using TcpListener listener = new(at, result.GetValue(port));
            Listen(listener);
            await context.Output.WriteLineAsync($"{listener.LocalEndpoint} is {machine}:{its}; Ctrl-C ends it");
            await context.Output.FlushAsync(stop);
            try
            {
                while (true)
                {
                    TcpClient local = await listener.AcceptTcpClientAsync(stop);
                    _ = Carry(context, client, local, new JsonObject { ["machine"] = machine, ["port"] = its }, stop);
                }
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Ok;
            }
        });
        return command;
    }

    private static void Listen(TcpListener listener)
    {
        try
        {
            listener.Start(512);
        }
        catch (SocketException e)
        {
            throw CliException.Usage($"cannot listen on {listener.LocalEndpoint}: {e.Message}");
        }
    }

    private static (string Machine, int Port) Parse(string target)
    {
        int colon = target.LastIndexOf(':');
        return colon > 0 && int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65_535
            ? (target[..colon], port)
            : throw CliException.Usage($"'{target}' is no INSTANCE:PORT, as web:80");
    }

    /// <summary>One connection; a refusal is told here and closes it.</summary>
    private static async Task Carry(CliContext context, EndpointClient client, TcpClient local, JsonObject arguments, CancellationToken stop)
    {
        using (local)
        {
            try
            {
                await using Stream machine = await client.OpenPlane("connect", arguments, stop);
                NetworkStream here = local.GetStream();
                Task inward = Inward(here, machine, stop);
                while (await Frames.Read(machine, stop) is { Kind: Frames.Output } frame)
                {
                    await here.WriteAsync(frame.Octets, stop);
                }

                local.Client.Shutdown(SocketShutdown.Send);
                await inward;
            }
            catch (CliException e)
            {
                await context.Error.WriteLineAsync($"trunkline: {e.Message}");
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side has closed hard: so does the other, by leaving here.
            }
        }
    }

    private static async Task Inward(NetworkStream here, Stream machine, CancellationToken stop)
    {
        byte[] buffer = new byte[64 * 1024];
        int got;
        while ((got = await here.ReadAsync(buffer, stop)) > 0)
        {
            await machine.WriteAsync(Frames.Make(Frames.Input, buffer.AsSpan(0, got)), stop);
            await machine.FlushAsync(stop);
        }

        await machine.WriteAsync(Frames.Make(Frames.InputEnd, []), stop);
        await machine.FlushAsync(stop);
    }
}
