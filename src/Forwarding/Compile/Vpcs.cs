using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>VPC → domain. Source: AWS, "VPC CIDR blocks", "DNS attributes for your VPC".</summary>
internal static class Vpcs
{
    private static readonly Dictionary<UInt128, int> NoAddresses = [];

    /// <summary>The resolver's place above the base of the primary block.</summary>
    private const uint ResolverOffset = 2;

    public static void Put(Workspace work, int partition, Vpc row)
    {
        RowKey key = new(partition, row.Key);
        if (row.Owner is { } owner)
        {
            PutCopy(work, work.PlaceOf(work.KeyOf(partition) with { Account = owner }), key);
            return;
        }

        Prefix[] blocks = [.. row.Cidrs.Concat(row.Ipv6Cidrs).Select(a => a.Cidr)];
        int handle = work.DomainHandles.Find(key);
        if (handle < 0)
        {
            handle = work.Domains.Add(new Domain
            {
                Nics = new AddressTable(),
                Border = -1,
                OneWay = -1,
                More = new DomainMore(key, blocks, NoAddresses, []),
            });
            work.DomainHandles = work.Add(work.DomainHandles, key, handle);
            work.OwnAddresses(handle);
        }

        ref Domain domain = ref work.Domains.Edit(handle);
        domain.More = domain.More with { Blocks = blocks };
        domain.Resolves = row.EnableDnsSupport;
        domain.Resolver = row.Cidrs.IsEmpty ? 0 : row.PrimaryCidr.Address.V4Bits + ResolverOffset;
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.DomainHandles.Find(key) is >= 0 and int handle)
        {
            if (work.Domains[handle].More.Row == key)
            {
                ref Domain domain = ref work.Domains.Edit(handle);
                domain.More = domain.More with { Blocks = [] };
            }

            work.DomainHandles = work.Add(work.DomainHandles, key, -1);
        }
    }

    /// <summary>A copy of a shared VPC is its owner's domain, under another name.</summary>
    private static void PutCopy(Workspace work, int ownerPlace, RowKey key)
    {
        RowKey original = new(ownerPlace, key.Id);
        if (work.DomainHandles.Find(original) < 0 && work.PartitionAt(ownerPlace).Find(new Id<Vpc>(key.Id)) is { } row)
        {
            Put(work, ownerPlace, row);
        }

        work.DomainHandles = work.Add(work.DomainHandles, key, work.DomainHandles.Find(original));
    }

    public static bool HasV6(Workspace work, int partition, Id<Vpc> vpc)
    {
        int handle = work.DomainHandles.Find(new RowKey(partition, vpc.Value));
        return handle >= 0 && work.Domains[handle].More.Blocks.Any(block => !block.IsV4);
    }

    /// <summary>Which domain a global IPv6 address lies in; private ones (fc00::/7) are nobody's outside.</summary>
    public static void IndexBlocks6(Workspace work)
    {
        List<RankedPrefix> blocks = [];
        for (int i = 0; i < work.Domains.Count; i++)
        {
            foreach (Prefix block in work.Domains[i].More.Blocks)
            {
                if (!block.IsV4 && !Special.PrivateV6.Contains(block.Address))
                {
                    blocks.Add(new RankedPrefix(block, 0, i));
                }
            }
        }

        work.Domains6 = IntervalMap.Of(Family.V6, [.. blocks]);
    }
}
