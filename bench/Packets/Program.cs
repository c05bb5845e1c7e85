using System.Globalization;
using Trunkline.Packets;

// Packets [--rounds N] [--seconds S] [--only WORD]
// Packets --changes N --trunkline PROGRAM
// Packets --answer ADDRESS --port N | --ask ADDRESS --port N --seconds S     (itself, in the namespaces it made)
// Measures what the linux plane costs a packet, beside a bare pair of virtual links in the same interleaved rounds. Everything happens in
// namespaces of its own: the program starts itself again inside. Ends with 1 where a wanted limit is missed, with 2 where it cannot run.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(int rounds, double seconds, int changes, string trunkline) = (5, 2, 0, "");
(string answer, string ask, string only, int port) = ("", "", "", 0);
for (int i = 0; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--rounds":
            rounds = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        case "--seconds":
            seconds = double.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        case "--only":
            only = args[i + 1];
            break;
        case "--changes":
            changes = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        case "--trunkline":
            trunkline = args[i + 1];
            break;
        case "--answer":
            answer = args[i + 1];
            break;
        case "--ask":
            ask = args[i + 1];
            break;
        case "--port":
            port = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        default:
            await Console.Error.WriteLineAsync("Packets [--rounds N] [--seconds S] [--only WORD] | --changes N --trunkline PROGRAM");
            return 2;
    }
}

if (answer.Length > 0)
{
    return Echo.Answer(answer, port);
}

if (ask.Length > 0)
{
    return Echo.Ask(ask, port, seconds);
}

if (changes > 0)
{
    bool good = true;
    foreach ((int interfaces, double wanted) in (ReadOnlySpan<(int, double)>)[(1_000, 5), (10_000, 10)])
    {
        using Changes measured = new(trunkline, interfaces, changes);
        (double p50, double p99) = measured.Run().GetAwaiter().GetResult();
        good &= p50 <= wanted;
        string verdict = p50 <= wanted ? "pass" : "FAIL";
        Console.WriteLine(
            $"security group call to packets, {interfaces} interfaces: p50 {p50:F2} ms, p99 {p99:F2} ms, wanted p50 <= {wanted} ms  {verdict}");
    }

    return good ? 0 : 1;
}

return Inside.IsHere ? new Rounds(rounds, seconds, only).Run() : Inside.Start(args);
