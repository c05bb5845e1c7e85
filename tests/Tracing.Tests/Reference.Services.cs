using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Tracing;

/// <summary>Endpoints to AWS's own services, and block public access, read from the rows.</summary>
internal sealed partial class Reference
{
    private const string Door = "vpc_endpoint";

    /// <summary>The gateway endpoint whose service has the packet.</summary>
    private VpcEndpoint? gateway;

    /// <summary>The longest block of a route or of its prefix list; a route of its own before a list's of the same length.</summary>
    private Route? Best(RouteTable table, IpAddress address)
    {
        Route? best = null;
        int length = -1;
        foreach (Route route in table.Routes.OrderBy(r => r.Cidr is null ? 1 : 0))
        {
            Prefix[] blocks = route.Cidr is { } cidr ? [cidr] : BlocksOf(route.PrefixListId!);
            foreach (Prefix block in blocks.Where(b => b.Contains(address) && b.Length > length))
            {
                best = route;
                length = block.Length;
            }
        }

        return best;
    }

    private Prefix[] BlocksOf(string list) => rows.Find(new Id<PrefixList>(list)) is { } own
        ? [.. own.Versions[^1].Entries.Select(e => e.Cidr)]
        : [.. AwsServices.AllBlocks.Where(b => b.Service.PrefixListId == list).Select(b => b.Block)];

    private bool ByGateway(VpcEndpoint endpoint, Datagram packet)
    {
        bool echo = packet.Protocol is 1 or 58 && packet.ToPorts.From is 8 << 8 or 0 or 128 << 8 or 129 << 8;
        if (reply || !(packet.Protocol == 6 || echo) || Owner(endpoint.VpcId, packet.From) is null
            || !Takes(AwsServices.Named(endpoint.ServiceName), packet))
        {
            return false;
        }

        gateway = endpoint;
        receiver = null;
        last = packet;
        return true;
    }

    private bool FromService(Datagram packet) =>
        Owner(gateway!.VpcId, packet.To) is { } eni && Enter(eni, packet, null, null, routed: false);

    /// <summary>Whether the endpoint that the interface belongs to takes the packet; its service begins nothing.</summary>
    private bool AtDoor(VpcEndpoint endpoint, Datagram packet) =>
        !reply && endpoint.State == VpcEndpointState.Available && packet.Protocol == 6 && Takes(AwsServices.Named(endpoint.ServiceName), packet);

    private static bool IsDoor(NetworkInterface eni) => eni.InterfaceType == Door;

    /// <summary>AWS's services listen on TCP 80 and 443; who is none of them answers everything.</summary>
    private static bool Takes(AwsService? service, Datagram packet) =>
        service is null || packet.Protocol is not (6 or 17) || (packet.Protocol == 6 && packet.ToPorts.From is 80 or 443);

    /// <summary>Internet gateways are closed to an interface unless its subnet is free; where what goes out may, only for a NAT gateway.</summary>
    private bool IsBlocked(NetworkInterface eni) =>
        AccessOf(eni) is var access && access != PublicAccess.Open && !(access == PublicAccess.EgressOnly && eni.InterfaceType == "nat_gateway");

    private PublicAccess AccessOf(NetworkInterface eni)
    {
        string mode = rows.All<BlockPublicAccess>().SingleOrDefault()?.Mode ?? BlockPublicAccess.Off;
        BlockPublicAccessExclusion? exclusion = rows.All<BlockPublicAccessExclusion>().SingleOrDefault(e => e.SubnetId == eni.SubnetId)
            ?? rows.All<BlockPublicAccessExclusion>().SingleOrDefault(e => e.VpcId == eni.VpcId);
        return (mode, exclusion?.Mode) switch
        {
            (BlockPublicAccess.Off, _) or (_, BlockPublicAccessExclusion.AllowBidirectional) => PublicAccess.Open,
            (BlockPublicAccess.Ingress, _) or (_, BlockPublicAccessExclusion.AllowEgress) => PublicAccess.EgressOnly,
            _ => PublicAccess.Closed,
        };
    }
}
