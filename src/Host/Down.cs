using System.Text.Json;
using Trunkline.Cli;
using Trunkline.Planes;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Host;

/// <summary><c>trunkline down</c>: ends the server of a data directory and everything that its plane made on this host.</summary>
internal static class Down
{
    /// <returns>0, also where nothing ran; 1 where something does not end.</returns>
    public static async Task<int> Run(DownOptions options, CancellationToken stop)
    {
        PlaneDirectory directory = new(options.Data);
        try
        {
            bool server = await ServerMark.End(directory, stop);
            bool plane = await PlaneHolder.End(directory, stop);
            Console.WriteLine(options.Json
                ? JsonSerializer.Serialize(new { data = options.Data, serverEnded = server, planeEnded = plane }, JsonSerializerOptions.Web)
                : Said(options.Data, server, plane));
            return 0;
        }
        catch (PlaneException e)
        {
            await Console.Error.WriteLineAsync($"trunkline: {e.Message}");
            return 1;
        }
    }

    private static string Said(string data, bool server, bool plane) => (server, plane) switch
    {
        (true, true) => $"ended the server of {data}, its machines and their networks; the data stays",
        (true, false) => $"ended the server of {data}; the data stays",
        (false, true) => $"ended the machines of {data} and their networks; the data stays",
        _ => $"no machines or networks of {data} are here",
    };
}
