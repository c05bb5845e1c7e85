using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>At NAT gateways: many sources behind one address. Source: AWS, "NAT gateway basics".</summary>
internal ref partial struct Walker<TSink>
{
    private const ushort FirstTranslatedPort = 1024;

    /// <summary>A packet sent here by a route leaves under the gateway's address; one addressed here is a reply, or nothing (rules 45 to 49).</summary>
    private Place Translate(in Nic receiver)
    {
        int translator = receiver.Translator;
        if (!state.Translators[translator].Works || !receiver.Has(NicTraits.Running))
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Translator, translator, 0, isEgress: false);
        }

        if (!routed || (packet.IsV4 && (uint)packet.Destination == receiver.Address))
        {
            return Undo(translator);
        }

        if (!packet.IsV4 || packet.Protocol is not (Protocols.Tcp or Protocols.Udp or Protocols.Icmp))
        {
            return Fail(ExplanationCode.PROTOCOL_RESTRICTION, StepKind.Translator, translator, 0, isEgress: true);
        }

        if (arrivedBy < 0 && state.NicAt(receiver.Domain, packet.Source, isV4: true) < 0)
        {
            return Fail(ExplanationCode.NGW_REQUIRES_SOURCE_IN_VPC, StepKind.Translator, translator, 0, isEgress: true);
        }

        if (isReply)
        {
            return Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Translator, translator, 0, isEgress: true);
        }

        if (translations == Translations.Length || LeadsBack(receiver))
        {
            return Fail(ExplanationCode.FORWARDING_LOOP, StepKind.Translator, translator, 0, isEgress: true);
        }

        ref Translation entry = ref translated[translations++];
        entry.Source = packet.Source;
        entry.From = packet.SourceFrom;
        entry.To = packet.SourceTo;
        entry.Translator = translator;
        Packet before = packet;
        packet.Source = receiver.Address;
        if (Protocols.HasPorts(packet.Protocol))
        {
            packet.SourceFrom = FirstTranslatedPort;
            packet.SourceTo = ushort.MaxValue;
        }

        identity = -1;
        tracking |= Tracking.Automatic;
        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Translator, translator, 0, true, before, packet));
        }

        return Place.Sending;
    }

    /// <summary>Whether the gateway's own subnet routes the packet to the gateway again (rule 54).</summary>
    private readonly bool LeadsBack(in Nic receiver)
    {
        ref readonly Segment segment = ref state.Segments[receiver.Segment];
        int routes = segment.Routes;
        if (routes < 0 || segment.Covers((uint)packet.Destination))
        {
            return false;
        }

        ref readonly RouteMap map = ref state.RouteMaps[routes];
        int entry = map.Find(packet.Destination, packet.IsV4);
        return entry >= 0 && map.Hops[entry] == new NextHop(HopKind.Translator, receiver.Translator);
    }

    private Place Undo(int translator)
    {
        if (!isReply || translations == 0 || translated[translations - 1].Translator != translator)
        {
            return Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Translator, translator, 0, isEgress: false);
        }

        ref Translation entry = ref translated[--translations];
        Packet before = packet;
        packet.Destination = entry.Source;
        if (Protocols.HasPorts(packet.Protocol))
        {
            packet.DestinationFrom = entry.From;
            packet.DestinationTo = entry.To;
        }

        identity = -1;
        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Translator, translator, 0, false, before, packet));
        }

        return Place.Sending;
    }
}
