using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Amazon's IPv6 blocks: a /56 per VPC. Every region draws from a /36 of its own inside 2600:1f00::/24.</summary>
public static class Ipv6Pool
{
    /// <summary>All regions' blocks lie in it.</summary>
    public static readonly Prefix Whole = Prefix.Parse("2600:1f00::/24");

    /// <summary>A /56 that no VPC of the region has, in any account.</summary>
    public static Prefix Pick(CommandContext context)
    {
        UInt128 region = (UInt128)(PublicPool.Hash(context.Region) & 0xFFF) << 92;
        HashSet<Prefix> used = [.. context.Draft.Next.Partitions
            .Where(p => p.Key.Region == context.Region)
            .SelectMany(p => p.Value.All<Vpc>())
            .SelectMany(v => v.Ipv6Cidrs)
            .Select(a => a.Cidr)];
        while (true)
        {
            UInt128 block = (UInt128)context.Ids.Below(1 << 20) << 72;
            Prefix picked = new(Whole.Address.Plus(region | block), 56);
            if (!used.Contains(picked))
            {
                return picked;
            }
        }
    }
}
