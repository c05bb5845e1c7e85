using System.Diagnostics;
using Trunkline.Planes.Linux.Compile;

namespace Trunkline.Packets;

/// <summary>Rounds in which every path is measured in turn; a ratio is taken inside its round, so that a slower machine slows both sides.</summary>
internal sealed class Rounds(int rounds, double seconds, string only)
{
    private const int Interfaces = 1000;
    private const int BarePort = 5300;
    private const int InsidePort = 5301;
    private const int OutsidePort = 5302;
    private const int EchoPort = 5303;
    private const int Mss1500 = 1448;
    private readonly Dictionary<string, List<double>> ratios = [];

    public int Run()
    {
        TimeSpan made;
        using (Net net = new(Interfaces))
        {
            net.Make([net.First, net.Second]);
            net.MakeBare();
            string first = net.PathOf(LinuxNames.Machine(net.First));
            string second = net.PathOf(LinuxNames.Machine(net.Second));
            string outside = net.PathOf(LinuxNames.Outside);
            Process[] servers =
            [
                Tools.Serve(net.PathOf("bare2"), Net.BareAddress, BarePort),
                Tools.Serve(second, "10.0.2.10", InsidePort),
                Tools.Serve(outside, Net.OutsideHost, OutsidePort),
                Tools.Answer(net.PathOf("bare2"), Net.BareAddress, EchoPort),
                Tools.Answer(second, "10.0.2.10", EchoPort),
                Tools.Answer(outside, Net.OutsideHost, EchoPort),
            ];
            WaitForAnswers(net.PathOf("bare1"), first);
            for (int round = 0; round < rounds; round++)
            {
                Measure(net.PathOf("bare1"), first, second);
                Console.Error.WriteLine($"round {round + 1} of {rounds}");
            }

            foreach (Process server in servers)
            {
                server.Kill();
                server.Dispose();
            }

            made = net.Make([net.First, net.Second, .. net.Crowd]);
        }

        return Print(made) ? 0 : 1;
    }

    private void Measure(string bare, string first, string second)
    {
        Path("TCP, MTU 9001", () => Tools.Tcp(bare, Net.BareAddress, BarePort, seconds, 0),
            ("in the VPC", () => Tools.Tcp(first, "10.0.2.10", InsidePort, seconds, 0)));
        Path("TCP, MTU 1500", () => Tools.Tcp(bare, Net.BareAddress, BarePort, seconds, Mss1500),
            ("in the VPC", () => Tools.Tcp(first, "10.0.2.10", InsidePort, seconds, Mss1500)),
            ("through NAT and IGW", () => Tools.Tcp(first, Net.OutsideHost, OutsidePort, seconds, Mss1500)),
            ("through IGW", () => Tools.Tcp(second, Net.OutsideHost, OutsidePort, seconds, Mss1500)));
        Path("64-octet UDP", () => Tools.Small(bare, Net.BareAddress, BarePort, seconds),
            ("in the VPC", () => Tools.Small(first, "10.0.2.10", InsidePort, seconds)),
            ("through NAT and IGW", () => Tools.Small(first, Net.OutsideHost, OutsidePort, seconds)),
            ("through IGW", () => Tools.Small(second, Net.OutsideHost, OutsidePort, seconds)));
        Path("round trip", () => Tools.RoundTrip(bare, Net.BareAddress, EchoPort, seconds),
            ("in the VPC", () => Tools.RoundTrip(first, "10.0.2.10", EchoPort, seconds)),
            ("through NAT and IGW", () => Tools.RoundTrip(first, Net.OutsideHost, EchoPort, seconds)),
            ("through IGW", () => Tools.RoundTrip(second, Net.OutsideHost, EchoPort, seconds)));
    }

    private void Path(string what, Func<double> bare, params (string Where, Func<double> Measure)[] paths)
    {
        if (!what.Contains(only, StringComparison.Ordinal))
        {
            return;
        }

        double beside = bare();
        foreach ((string where, Func<double> measure) in paths)
        {
            Note($"{what}, {where}", measure() / beside);
        }
    }

    /// <summary>The answering processes take a moment to start.</summary>
    private static void WaitForAnswers(string bare, string first)
    {
        foreach ((string space, string to) in (ReadOnlySpan<(string, string)>)[(bare, Net.BareAddress), (first, "10.0.2.10"), (first, Net.OutsideHost)])
        {
            for (int tries = 1; ; tries++)
            {
                try
                {
                    Tools.RoundTrip(space, to, EchoPort, 0.2);
                    break;
                }
                catch (InvalidOperationException) when (tries < 20)
                {
                    // Each try takes a second or is refused at once; the last one's error is told.
                    Thread.Sleep(100);
                }
            }
        }
    }

    private void Note(string what, double ratio)
    {
        if (!ratios.TryGetValue(what, out List<double>? all))
        {
            ratios[what] = all = [];
        }

        all.Add(ratio);
    }

    private bool Print(TimeSpan made)
    {
        bool good = true;
        Console.WriteLine($"{Interfaces} interfaces' rules; ratios to a bare pair of links, median (least to most) of {rounds} rounds of {seconds} s");
        foreach ((string what, List<double> all) in ratios)
        {
            all.Sort();
            double median = all[all.Count / 2];
            (bool holds, string wanted) = what.StartsWith("round trip", StringComparison.Ordinal) ? (median <= 1.6, "<= 1.6")
                : what is "TCP, MTU 9001, in the VPC" or "TCP, MTU 1500, in the VPC" ? (median >= 0.85, ">= 0.85")
                : (median >= 0.7, ">= 0.7");
            good &= holds;
            Console.WriteLine($"{what,-40}{median,8:F2}  ({all[0]:F2} to {all[^1]:F2})  {wanted,-9}{(holds ? "pass" : "FAIL")}");
        }

        bool quick = made.TotalSeconds <= 5;
        string line = $"{Interfaces} machines with namespaces made in";
        Console.WriteLine($"{line,-40}{made.TotalSeconds,8:F2} s                  {"<= 5",-9}{(quick ? "pass" : "FAIL")}");
        return good && quick;
    }
}
