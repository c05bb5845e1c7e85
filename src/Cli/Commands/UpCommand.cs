using System.CommandLine;
using System.Net;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline up</c>: checks what was asked and hands it to the server.</summary>
internal static class UpCommand
{
    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Option<int> port = new("--port") { Description = "TCP port of the endpoint; 0 takes a free one", DefaultValueFactory = _ => 4566 };
        Option<string> listen = new("--listen")
        {
            Description = "Address to listen on; anything but loopback opens the endpoint to others",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        Option<string?> data = new("--data") { Description = "Directory for what must survive a restart", HelpName = "DIR" };
        Option<bool> ephemeral = new("--ephemeral") { Description = "Keep nothing on disk" };
        Option<string?> quotas = new("--quotas") { Description = "Refuse beyond AWS's default quotas, or a file's", HelpName = "aws|FILE" };
        Option<string?> fallback = new("--fallback")
        {
            Description = "Hand requests for services that Trunkline does not serve to another emulator",
            HelpName = "URL",
        };
        Option<string> plane = new("--plane")
        {
            Description = "What carries packets: the model answers for them, linux sends them through this kernel, auto takes linux where it works",
            DefaultValueFactory = _ => "model",
        };
        plane.AcceptOnlyFromAmong("model", "linux", "auto");
        Option<bool> rootless = new("--rootless") { Description = "With --plane linux as root: use no right of root's on the host all the same" };
        Command command = new("up", "Start the endpoint and stay until Ctrl-C")
        {
            port, listen, data, ephemeral, quotas, fallback, plane, rootless,
        };
        command.SetAction((result, stop) =>
        {
            bool keepNothing = result.GetValue(ephemeral);
            if (keepNothing && result.GetValue(data) is not null)
            {
                throw CliException.Usage("--data keeps and --ephemeral forgets: give one of them");
            }

            UpOptions options = new(
                CheckPort(result.GetValue(port)),
                CheckListen(result.GetValue(listen)!),
                keepNothing ? null : DataDirectory(result.GetValue(data), context),
                keepNothing,
                result.GetValue(globals.Json),
                CheckQuotas(result.GetValue(quotas)),
                CheckFallback(result.GetValue(fallback)),
                result.GetValue(plane)!,
                result.GetValue(rootless));
            return context.Up(options, stop);
        });
        return command;
    }

    private static int CheckPort(int port) =>
        port is >= 0 and <= 65535 ? port : throw CliException.Usage($"--port is {port}: a port is 0 to 65535");

    private static string CheckListen(string listen) =>
        listen == "localhost" ? "127.0.0.1"
        : IPAddress.TryParse(listen, out IPAddress? address) ? address.ToString()
        : throw CliException.Usage($"--listen is '{listen}': give an address of this machine, as 127.0.0.1 or 0.0.0.0");

    /// <summary>The full path of the data directory: the given one, or the user's.</summary>
    internal static string DataDirectory(string? given, CliContext context)
    {
        if (given is not null)
        {
            return File.Exists(given)
                ? throw CliException.Usage($"--data is '{given}', which is a file: name a directory")
                : Path.GetFullPath(given);
        }

        string home = context.Environment("XDG_DATA_HOME")
            ?? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0
            ? Path.Combine(home, "trunkline")
            : throw CliException.Usage("this user has no home directory to keep data in: give --data DIR or --ephemeral");
    }

    private static string? CheckQuotas(string? quotas) =>
        quotas is null or "aws" ? quotas
        : File.Exists(quotas) ? Path.GetFullPath(quotas)
        : throw CliException.Usage($"--quotas is '{quotas}': no such file; the word 'aws' stands for AWS's defaults");

    private static Uri? CheckFallback(string? fallback) =>
        fallback is null ? null
        : Uri.TryCreate(fallback, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" ? uri
        : throw CliException.Usage($"--fallback is '{fallback}', which is no URL: write it as http://127.0.0.1:4567");
}
