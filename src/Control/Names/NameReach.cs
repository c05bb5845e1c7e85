using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.Names;

/// <summary>
/// Whether a public name means the private address to those who ask: in the same VPC, over a peering whose side allows it, or over a transit gateway
/// whose DNS support is on. Source: AWS, VPC peering guide, "Enable DNS resolution for a VPC peering connection"; EC2 API,
/// TransitGatewayRequestOptions and CreateTransitGatewayVpcAttachmentRequestOptions, DnsSupport.
/// </summary>
internal static class NameReach
{
    /// <summary>By what the asking VPC is let know private addresses of another: a phrase; null where it is not.</summary>
    /// <param name="its">The VPC that has the name.</param>
    public static string? Private(CloudSnapshot cloud, Partition? at, Vpc? asking, Partition home, Vpc its)
    {
        if (at is null || asking is null)
        {
            return null;
        }

        if (its.Id == asking.Id && home.Key == at.Key)
        {
            return "inside its VPC";
        }

        if (!DnsNames.HasNames(asking) || !DnsNames.HasNames(its))
        {
            return null;
        }

        return ByPeering(at, asking, home, its) is { } peering ? $"over {peering}"
            : ByGateway(cloud, at, asking, home, its) is { } gateway ? $"over {gateway}"
            : null;
    }

    private static string? ByPeering(Partition at, Vpc asking, Partition home, Vpc its)
    {
        foreach (VpcPeeringConnection row in at.By<VpcPeeringConnection>(VpcPeeringConnection.VpcWord(asking.Id)))
        {
            PeeringSide? side = IsSide(row.Requester, home, its) ? row.Requester : IsSide(row.Accepter, home, its) ? row.Accepter : null;
            if (row.IsActive && side is { Options.AllowDnsResolutionFromRemoteVpc: true })
            {
                return row.Key;
            }
        }

        return null;
    }

    private static bool IsSide(PeeringSide side, Partition home, Vpc vpc) => side.VpcId == vpc.Id && side.Partition == home.Key;

    private static string? ByGateway(CloudSnapshot cloud, Partition at, Vpc asking, Partition home, Vpc its)
    {
        foreach (TransitGatewayAttachment mine in Open(at, asking))
        {
            if (Open(home, its).Any(a => a.TransitGatewayId == mine.TransitGatewayId)
                && cloud.Partition(mine.TransitGatewayOwner).Find(mine.TransitGatewayId) is { DnsSupport: true })
            {
                return mine.TransitGatewayId.Value;
            }
        }

        return null;
    }

    private static IEnumerable<TransitGatewayAttachment> Open(Partition at, Vpc vpc) =>
        at.By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(vpc.Key)).Where(
            a => a is { Type: TransitGatewayAttachmentType.Vpc, State: TransitGatewayAttachmentState.Available, DnsSupport: true });
}
