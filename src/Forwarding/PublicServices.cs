using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding;

/// <summary>The public services that stand on the internet in every region, the same in every cloud.</summary>
/// <remarks>
/// They answer pings, and TCP at the ports of their protocols: HTTP and HTTPS unless they are known for others. Source: AWS General Reference,
/// "Service endpoints and quotas".
/// </remarks>
public static class PublicServices
{
    private const int Tcp = 6;

    private static readonly ImmutableArray<(int Protocol, int From, int To)> Web = [(Tcp, 80, 80), (Tcp, 443, 443)];

    private static readonly (ImmutableArray<OutsideHost> All, IntervalMap V4, IntervalMap V6) Table = Make();

    /// <summary>Every service of every listed region; a service's place here is its number.</summary>
    public static ImmutableArray<OutsideHost> All => Table.All;

    /// <summary>The number of the service that has an address, or -1.</summary>
    public static int Find(UInt128 address, bool isV4) => isV4 ? Table.V4.Find((uint)address) : Table.V6.Find(address);

    /// <summary>Every stretch of IPv4 addresses that a service has, ascending, with its number.</summary>
    public static IEnumerable<(IpAddress First, IpAddress Last, int Number)> Ranges() => Table.V4.Ranges();

    /// <summary>A service by the name that endpoints have for it (<c>com.amazonaws.us-east-1.s3</c>); null where there is none.</summary>
    public static OutsideHost? Named(string name) => AwsServices.Named(name) is { } service ? HostOf(service) : null;

    private static OutsideHost HostOf(AwsService service) => new(service.Name, true, PortsOf(service.Short), service.Prefixes)
    {
        IsService = true,
        Region = service.Region,
    };

    private static ImmutableArray<(int Protocol, int From, int To)> PortsOf(string service) => service switch
    {
        "email-smtp" => [(Tcp, 25, 25), (Tcp, 465, 465), (Tcp, 587, 587), (Tcp, 2465, 2465), (Tcp, 2587, 2587)],
        "cassandra" => [(Tcp, 443, 443), (Tcp, 9142, 9142)],
        "git-codecommit" => [(Tcp, 22, 22), .. Web],
        _ => Web,
    };

    private static (ImmutableArray<OutsideHost> All, IntervalMap V4, IntervalMap V6) Make()
    {
        List<RankedPrefix> blocks = [];
        Dictionary<string, int> numbers = [];
        ImmutableArray<OutsideHost>.Builder all = ImmutableArray.CreateBuilder<OutsideHost>();
        foreach ((Prefix block, AwsService service) in AwsServices.AllBlocks)
        {
            if (!numbers.TryGetValue(service.Name, out int number))
            {
                number = all.Count;
                numbers.Add(service.Name, number);
                all.Add(HostOf(service));
            }

            blocks.Add(new RankedPrefix(block, 0, number));
        }

        ReadOnlySpan<RankedPrefix> span = CollectionsMarshal.AsSpan(blocks);
        return (all.ToImmutable(), IntervalMap.Of(Family.V4, span), IntervalMap.Of(Family.V6, span));
    }
}
