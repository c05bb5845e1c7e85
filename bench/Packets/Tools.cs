using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Trunkline.Packets;

/// <summary>
/// What is measured in a namespace: rates with iperf3, round trips with two processes of our own, as ping leaves out what a process pays for its packet.
/// </summary>
internal static class Tools
{
    /// <summary>A server on a port of its own, in a namespace; it ends with this program's namespaces.</summary>
    /// <param name="address">What it answers at: a namespace that has every address must be told which it is.</param>
    public static Process Serve(string space, string address, int port) => Begin(space, "iperf3", "-s", "-B", address, "-p", Text(port));

    /// <summary>TCP, bits per second as received. <paramref name="segment"/> is the MSS; 0 leaves it to the MTU.</summary>
    public static double Tcp(string space, string to, int port, double seconds, int segment)
    {
        string[] size = segment == 0 ? [] : ["-M", Text(segment)];
        JsonElement end = Iperf(space, ["-c", to, "-p", Text(port), "-t", Text(seconds), "-C", "cubic", .. size]);
        return end.GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
    }

    /// <summary>UDP of 64 octets as fast as it goes: packets received, per second.</summary>
    public static double Small(string space, string to, int port, double seconds)
    {
        JsonElement end = Iperf(space, "-c", to, "-p", Text(port), "-t", Text(seconds), "-u", "-l", "64", "-b", "0");
        JsonElement sum = end.GetProperty("sum");
        double received = sum.GetProperty("packets").GetDouble() - sum.GetProperty("lost_packets").GetDouble();
        return received / sum.GetProperty("seconds").GetDouble();
    }

    /// <summary>Median round trip of 64 octets of UDP between two processes, microseconds: asked, answered and asked again, one at a time.</summary>
    public static double RoundTrip(string space, string to, int port, double seconds)
    {
        string said = Run(space, Echo.Self[0], [.. Echo.Self[1..], "--ask", to, "--port", Text(port), "--seconds", Text(seconds)]);
        return double.TryParse(said, CultureInfo.InvariantCulture, out double median)
            ? median
            : throw new InvalidOperationException($"{space} does not reach {to}: {said}");
    }

    /// <summary>A process that sends back what it gets by UDP.</summary>
    public static Process Answer(string space, string address, int port) =>
        Begin(space, Echo.Self[0], [.. Echo.Self[1..], "--answer", address, "--port", Text(port)]);

    public static string Run(string space, string program, params string[] words)
    {
        using Process process = Begin(space, program, words);
        string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return said;
    }

    private static JsonElement Iperf(string space, params string[] words)
    {
        string said = Run(space, "iperf3", [.. words, "-J"]);
        using JsonDocument document = JsonDocument.Parse(said);
        return document.RootElement.TryGetProperty("end", out JsonElement end) && end.EnumerateObject().Any()
            ? end.Clone()
            : throw new InvalidOperationException($"iperf3 {string.Join(' ', words)}: {said}");
    }

    private static Process Begin(string space, string program, params string[] words)
    {
        ProcessStartInfo start = new("nsenter") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in (string[])[$"--net={space}", program, .. words])
        {
            start.ArgumentList.Add(word);
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
