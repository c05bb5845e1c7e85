using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>Virtual private gateways and transit gateways of an account, as Direct Connect needs them.</summary>
internal static class AssociableGateways
{
    /// <summary>A virtual private gateway of the caller's in its region.</summary>
    public static VpnGateway Exit(CommandContext context, string id) =>
        context.Here.Find(new Id<VpnGateway>(id)) is { State: VpnState.Available } exit ? exit : throw NotFound(id);

    /// <summary>The gateway of the caller's account that an association names, in whatever region it is.</summary>
    public static DxAssociatedGateway Find(CommandContext context, string id)
    {
        foreach (Partition partition in context.Draft.Next.Partitions.Values.Where(p => p.Account == context.Account))
        {
            bool isThere = partition.Find(new Id<VpnGateway>(id)) is { State: VpnState.Available }
                || partition.Find(new Id<TransitGateway>(id)) is not null;
            if (isThere)
            {
                return new DxAssociatedGateway(id, partition.Account, partition.Region);
            }
        }

        throw NotFound(id);
    }

    /// <summary>The CIDRs of the VPC that an associated virtual private gateway is attached to, ascending; none where it is attached to none.</summary>
    public static ImmutableArray<Prefix> CidrsOf(CommandContext context, DxAssociatedGateway gateway)
    {
        Partition partition = context.Draft.Partition(new PartitionKey(gateway.OwnerId, gateway.Region));
        return partition.Find(new Id<VpnGateway>(gateway.Id))?.AttachedVpc is { } id
            ? [.. partition.Get(id).Cidrs.Select(c => c.Cidr).Order()]
            : [];
    }

    public static TransitGateway Hub(CommandContext context, DxAssociatedGateway gateway) =>
        context.Draft.Partition(new PartitionKey(gateway.OwnerId, gateway.Region)).Get(new Id<TransitGateway>(gateway.Id));

    private static Fault NotFound(string id) => DxFaults.Client(
        id.StartsWith("tgw-", StringComparison.Ordinal)
            ? $"Transit Gateway {id} does not exist."
            : $"Virtual Private Gateway {id} does not exist.");
}
