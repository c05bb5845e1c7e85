using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Across links between two domains. Source: AWS, VPC peering guide, "VPC peering limitations"; "Update your security groups".</summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>Into the domain at the other end, and there straight to the receiver: none of its routes is asked (rules 93, 94, 96).</summary>
    private Place CrossLink(int handle)
    {
        Link link = state.Links[handle];
        int there = link.Beyond(domain);
        if (there < 0)
        {
            return Fail(ExplanationCode.UNKNOWN_DESTINATION, StepKind.Link, handle, domain, isEgress: true);
        }

        if (!IsWithin(there, packet.DestinationAddress))
        {
            return Fail(ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR, StepKind.Link, handle, domain, isEgress: true);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Link, handle, domain, isEgress: true);
        }

        if (!link.KeepsIdentity)
        {
            Veil(ExplanationCode.SG_REFERENCES_NOT_PRESERVED);
        }

        EnterDomain(there);
        return ArriveAt(state.NicAt(there, packet.Destination, packet.IsV4));
    }

    /// <summary>Whether an address lies in one of a domain's blocks.</summary>
    private readonly bool IsWithin(int of, IpAddress address)
    {
        IReadOnlyList<Prefix> blocks = state.Domains[of].More.Blocks;
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The receiver of a packet that leaves over a link: by its groups where the link keeps identities, else only to tell that they would have counted.
    /// </summary>
    private readonly (int Peer, int Hidden) Across(int link, int from)
    {
        Link over = state.Links[link];
        int there = over.Beyond(from);
        int receiver = there < 0 ? -1 : state.NicAt(there, packet.Destination, packet.IsV4);
        return over.KeepsIdentity ? (receiver, -1) : (-1, receiver);
    }

    /// <summary>
    /// Whether a filter that does not let the packet out has a rule for it which names a group that nothing is known of: one of the domain at the other
    /// end of a link, of which nothing is known either.
    /// </summary>
    private readonly bool NamesUnknownGroup(uint[] block, NextHop hop, int here) =>
        hop.Kind == HopKind.Link && state.Links[hop.Handle] is { KeepsIdentity: true } link && link.Beyond(here) < 0
        && (HasUnknown(FilterBlock.NamedGroups(block, packet.Protocol, packet.DestinationFrom, packet.IsV4, forAllPorts: true))
            || HasUnknown(FilterBlock.NamedGroups(block, packet.Protocol, packet.DestinationFrom, packet.IsV4, forAllPorts: false)));

    private readonly bool HasUnknown(ReadOnlySpan<uint> groups)
    {
        foreach (uint group in groups)
        {
            RowKey row = state.Groups[(int)group].Row;
            if (!state.Cloud.Partitions.TryGetValue(state.Partitions[row.Partition], out Partition? rows)
                || rows.Find(new Id<SecurityGroup>(row.Id)) is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>From here on the packet bears no group.</summary>
    private void Veil(ExplanationCode code)
    {
        if (identity >= 0)
        {
            veiled = identity;
            veil = code;
        }

        identity = -1;
    }

    private void EnterDomain(int there)
    {
        domain = there;
        from = -1;
        arrivedBy = -1;
        strayed = -1;
        routed = forwarded = false;
    }
}
