using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Control;

/// <summary>What holds of every cloud, whatever was asked of it.</summary>
internal static class Invariants
{
    public static void MustHold(CloudSnapshot cloud)
    {
        foreach (Partition here in cloud.Partitions.Values)
        {
            foreach (Vpc vpc in here.All<Vpc>())
            {
                OfVpc(here, vpc);
            }

            foreach (Subnet subnet in here.All<Subnet>())
            {
                OfSubnet(here, subnet);
            }

            NothingDangles(here);
        }

        string[] twice =
        [
            .. cloud.Partitions.Values.SelectMany(PublicAddresses).GroupBy(a => a).Where(g => g.Count() > 1).Select(g => g.Key.ToString()),
        ];
        Assert.True(twice.Length == 0, $"public addresses given twice: {string.Join(' ', twice)}");
    }

    private static void OfVpc(Partition here, Vpc vpc)
    {
        Assert.Single(here.By<RouteTable>(vpc.Key), t => t.VpcId == vpc.Id && t.IsMain);
        Assert.Single(here.By<NetworkAcl>(vpc.Key), a => a.IsDefault);
        Assert.Single(here.By<SecurityGroup>(vpc.Key), g => g.Name == "default");
        Assert.True(here.By<InternetGateway>(vpc.Key).Count() <= 1, $"{vpc.Key} has two internet gateways");
        Disjoint(vpc.Key, [.. vpc.Cidrs.Select(c => c.Cidr)]);
        Subnet[] subnets = [.. here.By<Subnet>(vpc.Key)];
        Disjoint(vpc.Key, [.. subnets.Where(s => s.Cidr is not null).Select(s => s.Cidr!.Value)]);
        Disjoint(vpc.Key, [.. subnets.SelectMany(s => s.Ipv6Cidrs).Select(c => c.Cidr)]);
    }

    private static void OfSubnet(Partition here, Subnet subnet)
    {
        Vpc vpc = here.Get(subnet.VpcId);
        Assert.True(subnet.Cidr is not { } v4 || vpc.Cidrs.Any(c => c.Cidr.Contains(v4)), $"{subnet.Key} lies outside of {vpc.Key}");
        Assert.All(subnet.Ipv6Cidrs, b => Assert.Contains(vpc.Ipv6Cidrs, c => c.Cidr.Contains(b.Cidr)));
        Assert.Equal(1, here.By<NetworkAcl>(subnet.Key).Sum(a => a.Associations.Count(s => s.SubnetId == subnet.Id)));
        Assert.True(here.By<RouteTable>(subnet.Key).Sum(t => t.Associations.Count(a => a.SubnetId == subnet.Id)) <= 1, $"{subnet.Key} has two route tables");
        NetworkInterface[] interfaces = [.. here.By<NetworkInterface>(subnet.Key)];
        IpAddress[] addresses = [.. interfaces.SelectMany(i => i.AllAddresses)];
        Assert.Equal(addresses.Length, addresses.Distinct().Count());
        Assert.All(addresses, a => Assert.True(
            a.IsV4 ? subnet.Cidr is { } cidr && cidr.Contains(a) : subnet.Ipv6Cidrs.Any(c => c.Cidr.Contains(a)), $"{a} is not of {subnet.Key}"));
        Assert.All(interfaces, i => Assert.Equal(subnet.VpcId, i.VpcId));
    }

    /// <summary>Every id among a row's words names a row, but where AWS keeps the reference: a route to what is gone (blackhole), a stale group rule.</summary>
    private static void NothingDangles(Partition here)
    {
        foreach (Kind kind in Kinds.All)
        {
            foreach (IResource row in here.Table(kind).Rows)
            {
                foreach (string word in row.Keys.Where(w => !MayBeGone(row, w)))
                {
                    if (Kinds.OfId(word) is { } other)
                    {
                        Assert.True(here.Table(other).FindRow(word) is not null, $"{kind.Name} {row.Key} refers to {word}, which is not there");
                    }
                }
            }
        }
    }

    private static bool MayBeGone(IResource row, string word) => row switch
    {
        RouteTable table => table.Routes.Any(r => r.Target.Id == word),
        SecurityGroup group => group.Rules.Any(r => r.Peer.GroupId?.Value == word),
        _ => false,
    };

    private static IEnumerable<IpAddress> PublicAddresses(Partition here) =>
        here.All<ElasticIp>().Select(e => e.PublicIp).Concat(
            here.All<NetworkInterface>().SelectMany(i => i.PrivateAddresses).Where(a => a.AutoPublicIp is not null).Select(a => a.AutoPublicIp!.Value));

    private static void Disjoint(string where, Prefix[] blocks)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            for (int j = i + 1; j < blocks.Length; j++)
            {
                Assert.False(blocks[i].Overlaps(blocks[j]), $"{blocks[i]} and {blocks[j]} overlap in {where}");
            }
        }
    }
}
