using System.Globalization;
using Trunkline.Load;

// Load [--connections N] [--seconds S] [--only WORD] --trunkline WORD... --peer WORD...
// Measures Trunkline and another EC2 endpoint with the same requests, one after the other, and prints a table of ratios.
// Ends with 1 where a wanted limit is missed, with 2 where the arguments are not understood.
Options? options = Options.Parse(args);
if (options is null)
{
    await Console.Error.WriteLineAsync("Load [--connections N] [--seconds S] [--only WORD] --trunkline WORD... --peer WORD...");
    return 2;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Report ours = await Report.Of("Trunkline", options.Trunkline, options, forgives: false);
Report theirs = await Report.Of("moto", options.Peer, options, forgives: true);
return Table.Print(ours, theirs) ? 0 : 1;
