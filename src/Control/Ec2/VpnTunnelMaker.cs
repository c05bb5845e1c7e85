using System.Collections.Immutable;
using System.Text;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Makes the two tunnels of a connection: outside and inside addresses, keys. Source: AWS Site-to-Site VPN, "Tunnel options".</summary>
internal static class VpnTunnelMaker
{
    private const int TunnelsPerConnection = 2;

    private const string KeyCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz123456789._0";

    /// <summary>A connection with its tunnels; the one with the lower outside address is the first.</summary>
    public static VpnConnection WithTunnels(
        CommandContext context, VpnConnection connection, VpnTarget target, IReadOnlyList<Aws.VpnTunnelOptionsSpecification> options)
    {
        if (options.Count > TunnelsPerConnection)
        {
            throw Fault.Invalid($"Value ({options.Count}) for parameter tunnelOptions is invalid. A VPN connection has two tunnels.");
        }

        List<IpAddress> outsides = OutsideAddresses(context, connection, target);
        HashSet<Prefix> taken = [.. InsideOf(context, connection)];
        ImmutableArray<VpnTunnel>.Builder tunnels = ImmutableArray.CreateBuilder<VpnTunnel>(TunnelsPerConnection);
        VpnTunnelWish[] wishes =
            [.. Enumerable.Range(0, TunnelsPerConnection).Select(i => i < options.Count ? VpnTunnelWish.Of(options[i]) : new VpnTunnelWish())];

        // What was asked for is spoken for before anything is picked.
        Prefix?[] asked4 = [.. wishes.Select(w => Claim(taken, w.CheckedInside()))];
        Prefix?[] asked6 = [.. wishes.Select(w => Claim(taken, CheckedIpv6(connection, w)))];
        for (int i = 0; i < TunnelsPerConnection; i++)
        {
            VpnTunnel tunnel = new()
            {
                OutsideIp = outsides[i],
                InsideCidr = asked4[i] ?? PickInside(context, taken),
                InsideIpv6Cidr = connection.CarriesIpv6 ? asked6[i] ?? PickInsideIpv6(context, taken) : null,
                PreSharedKey = NewKey(context),
            };
            tunnels.Add(wishes[i].Over(tunnel));
        }

        VpnConnection next = connection with { Tunnels = tunnels.MoveToImmutable() };
        CheckStartup(context, next);
        return next;
    }

    /// <summary>The connection with one tunnel changed by what a request says.</summary>
    public static VpnConnection WithChanged(CommandContext context, VpnConnection connection, VpnTunnel tunnel, VpnTunnelWish wish)
    {
        HashSet<Prefix> taken = [.. InsideOf(context, connection)];
        taken.Remove(tunnel.InsideCidr);
        if (tunnel.InsideIpv6Cidr is { } own)
        {
            taken.Remove(own);
        }

        VpnTunnel changed = wish.Over(tunnel) with
        {
            InsideCidr = Claim(taken, wish.CheckedInside()) ?? tunnel.InsideCidr,
            InsideIpv6Cidr = Claim(taken, CheckedIpv6(connection, wish)) ?? tunnel.InsideIpv6Cidr,
        };
        VpnConnection next = connection with { Tunnels = connection.Tunnels.Replace(tunnel, changed) };
        CheckStartup(context, next);
        return next;
    }

    /// <summary>AWS can begin only where it knows the router's address, and by IKE version 2 only.</summary>
    private static void CheckStartup(CommandContext context, VpnConnection connection)
    {
        bool starts = connection.Tunnels.Any(t => t.StartupAction == "start");
        if (starts && context.Here.Get(connection.CustomerGatewayId).IpAddress is null)
        {
            throw Fault.Combination("The startup action start requires a customer gateway with an IP address");
        }

        if (connection.Tunnels.Any(t => t.StartupAction == "start" && !t.IkeVersions.IsEmpty && !t.IkeVersions.Contains("ikev2")))
        {
            throw Fault.Combination("The startup action start is supported for the IKE version ikev2 only");
        }
    }

    private static Prefix? CheckedIpv6(VpnConnection connection, VpnTunnelWish wish) =>
        wish.InsideIpv6Cidr is not null && !connection.CarriesIpv6
            ? throw Fault.Combination("The parameter tunnelInsideIpv6Cidr can be used with the tunnel inside IP version ipv6 only")
            : wish.CheckedInsideIpv6();

    /// <summary>Inside blocks in use at the same gateway, this connection's own among them.</summary>
    private static IEnumerable<Prefix> InsideOf(CommandContext context, VpnConnection connection)
    {
        string? gateway = connection.VpnGatewayId?.Value ?? connection.TransitGatewayId;
        IEnumerable<VpnConnection> neighbours = gateway is null ? [connection] : context.Here.By<VpnConnection>(gateway).Append(connection);
        foreach (VpnTunnel tunnel in neighbours.SelectMany(c => c.Tunnels))
        {
            yield return tunnel.InsideCidr;
            if (tunnel.InsideIpv6Cidr is { } v6)
            {
                yield return v6;
            }
        }
    }

    private static Prefix? Claim(HashSet<Prefix> taken, Prefix? wanted) => wanted is not { } cidr || taken.Add(cidr)
        ? wanted
        : throw Fault.Invalid($"The Tunnel Inside CIDR {cidr} is already in use by another VPN tunnel of the same gateway.");

    private static Prefix PickInside(CommandContext context, HashSet<Prefix> taken)
    {
        while (true)
        {
            UInt128 at = (UInt128)context.Ids.Below(1 << 14) << 2;
            Prefix picked = new(WellKnown.LinkLocalV4.Address.Plus(at), VpnTunnelWish.InsideLength);
            if (VpnTunnelWish.IsFit(picked) && taken.Add(picked))
            {
                return picked;
            }
        }
    }

    private static Prefix PickInsideIpv6(CommandContext context, HashSet<Prefix> taken)
    {
        while (true)
        {
            UInt128 at = new(context.Ids.NextBits() >> 8, context.Ids.NextBits() & ~3UL);
            Prefix picked = new(VpnTunnelWish.InsideIpv6Range.Address.Plus(at), VpnTunnelWish.InsideIpv6Length);
            if (taken.Add(picked))
            {
                return picked;
            }
        }
    }

    /// <summary>Public addresses of Amazon's; for tunnels over Direct Connect, addresses of the transit gateway's own blocks.</summary>
    private static List<IpAddress> OutsideAddresses(CommandContext context, VpnConnection connection, VpnTarget target)
    {
        SortedSet<IpAddress> picked = [];
        while (picked.Count < TunnelsPerConnection)
        {
            picked.Add(connection.OutsideIpAddressType == "PrivateIpv4"
                ? PickPrivate(context, target.TransitGateway!, picked)
                : AddressPool.PickPublicIpv4(context));
        }

        return [.. picked];
    }

    private static IpAddress PickPrivate(CommandContext context, TransitGateway gateway, SortedSet<IpAddress> picked)
    {
        foreach (Prefix block in gateway.Cidrs.Where(c => c.IsV4))
        {
            for (UInt128 i = 1; i < block.Count - 1; i++)
            {
                IpAddress address = block.First.Plus(i);
                bool isTaken = context.Here.By<VpnConnection>(VpnConnection.TunnelWord(address)).Any(c => c.TransitGatewayId == gateway.Key);
                if (!isTaken && !picked.Contains(address))
                {
                    return address;
                }
            }
        }

        throw new Fault(
            "InsufficientFreeAddressesInTransitGatewayCidrBlocks",
            $"The transit gateway {gateway.Id} has no IPv4 CIDR block with free addresses for a private IP VPN.");
    }

    /// <summary>32 characters from the source of secrets; the first is no zero.</summary>
    private static string NewKey(CommandContext context)
    {
        byte[] random = context.Keys("ed25519").Ed25519Seed!;
        StringBuilder key = new(random.Length);
        foreach (byte b in random)
        {
            // The last character of the list, a zero, never comes first.
            key.Append(KeyCharacters[b % (key.Length == 0 ? KeyCharacters.Length - 1 : KeyCharacters.Length)]);
        }

        return key.ToString();
    }
}
