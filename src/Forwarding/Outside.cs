using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>The internet: named hosts, and whether unnamed public addresses answer.</summary>
/// <param name="AnyAnswers">Whether a public address that no host names answers, on every port.</param>
/// <param name="Hosts4">Host handle by IPv4 address.</param>
/// <param name="Hosts6">Host handle by IPv6 address.</param>
public sealed record Outside(bool AnyAnswers, IntervalMap Hosts4, IntervalMap Hosts6, IReadOnlyList<OutsideHost> Hosts)
{
    public int Find(UInt128 address, bool isV4) => isV4 ? Hosts4.Find((uint)address) : Hosts6.Find(address);

    /// <summary>Whether a packet to a public address finds somebody who answers.</summary>
    public bool Answers(UInt128 address, bool isV4, int protocol, int port)
    {
        int handle = Find(address, isV4);
        return handle < 0 ? AnyAnswers : Hosts[handle].Accepts(protocol, port);
    }
}

/// <param name="Ports">Protocol, first and last port; empty: every port.</param>
public sealed record OutsideHost(string Name, bool Answers, IReadOnlyList<(int Protocol, int From, int To)> Ports, IReadOnlyList<Prefix> Blocks)
{
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
