using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>The internet: named hosts, the public services, and whether unnamed public addresses answer.</summary>
/// <remarks>A handle is a host's place, or the count of hosts and a service's number; a host's block hides a service's.</remarks>
/// <param name="AnyAnswers">Whether a public address that no host names answers, on every port.</param>
/// <param name="Hosts4">Host handle by IPv4 address.</param>
/// <param name="Hosts6">Host handle by IPv6 address.</param>
public sealed record Outside(bool AnyAnswers, IntervalMap Hosts4, IntervalMap Hosts6, IReadOnlyList<OutsideHost> Hosts)
{
    /// <summary>Who has a public address: a handle for <see cref="At"/>, or -1.</summary>
    public int Find(UInt128 address, bool isV4)
    {
        int host = isV4 ? Hosts4.Find((uint)address) : Hosts6.Find(address);
        if (host >= 0)
        {
            return host;
        }

        int service = PublicServices.Find(address, isV4);
        return service < 0 ? -1 : Hosts.Count + service;
    }

    /// <summary>The host or public service of a handle.</summary>
    public OutsideHost At(int handle) => handle < Hosts.Count ? Hosts[handle] : PublicServices.All[handle - Hosts.Count];

    /// <summary>Whether a packet to a public address finds somebody who answers.</summary>
    public bool Answers(UInt128 address, bool isV4, int protocol, int port)
    {
        int handle = Find(address, isV4);
        return handle < 0 ? AnyAnswers : At(handle).Accepts(protocol, port);
    }
}

/// <param name="Ports">Protocol, first and last port; empty: every port.</param>
public sealed record OutsideHost(string Name, bool Answers, IReadOnlyList<(int Protocol, int From, int To)> Ports, IReadOnlyList<Prefix> Blocks)
{
    /// <summary>It is no host of the world's file but one of the public services that are always there.</summary>
    public bool IsService { get; init; }

    /// <summary>The region that a public service stands in; "" for hosts.</summary>
    public string Region { get; init; } = "";

    /// <summary>Whether an address is one of its own.</summary>
    public bool Has(IpAddress address)
    {
        for (int i = 0; i < Blocks.Count; i++)
        {
            if (Blocks[i].Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ports narrow TCP and UDP only; a host that answers also answers pings.</summary>
    public bool Accepts(int protocol, int port)
    {
        if (!Answers || Ports.Count == 0 || (protocol != 6 && protocol != 17))
        {
            return Answers;
        }

        for (int i = 0; i < Ports.Count; i++)
        {
            if (Ports[i].Protocol == protocol && port >= Ports[i].From && port <= Ports[i].To)
            {
                return true;
            }
        }

        return false;
    }
}
