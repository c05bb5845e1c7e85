using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>
/// At the far end of a connection: what it knows the connection by, and what it makes of a later packet that bears another header. Source: AWS,
/// "Gateway endpoints" (considerations); rule 100.
/// </summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>A balancer ends the connection here: what is behind it is another connection, and may be another one each time.</summary>
    private void EndConnection()
    {
        met = isMet ? met : packet;
        isMet = true;
    }

    /// <summary>The packet is at its receiver, who must know its connection where this is not its first packet.</summary>
    /// <returns>False: the receiver does not, and that is told.</returns>
    private bool MeetsItsConnection()
    {
        EndConnection();
        hasArrived = true;
        if (remembered?.Met is not { } known || packet.Protocol != Protocols.Tcp || known == TraceBuilder.HeaderOf(met))
        {
            return true;
        }

        if (gateway >= 0 && origin.Kind != OriginKind.Gateway)
        {
            Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Provider, gateway, 0, isEgress: false);
        }
        else if (receivedOutside)
        {
            int host = state.Outside.Find(packet.Destination, packet.IsV4);
            Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Internet, host, 0, isEgress: false);
        }
        else
        {
            Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Machine, nic, 0, isEgress: false);
        }

        return false;
    }
}
