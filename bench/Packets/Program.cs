using System.Globalization;
using Trunkline.Packets;

// Packets [--rounds N] [--seconds S]
// Measures what the linux plane costs a packet, beside a bare pair of virtual links in the same interleaved rounds. Everything happens in
// namespaces of its own: the program starts itself again inside. Ends with 1 where a wanted limit is missed, with 2 where it cannot run.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(int rounds, double seconds) = (5, 2);
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
        default:
            await Console.Error.WriteLineAsync("Packets [--rounds N] [--seconds S]");
            return 2;
    }
}

return Inside.IsHere ? new Rounds(rounds, seconds).Run() : Inside.Start(args);
