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
            // What is another account's is looked at with its owner.
            foreach (Vpc vpc in here.All<Vpc>().Where(v => v.Owner is null))
            {
                OfVpc(here, vpc);
            }

            foreach (Subnet subnet in here.All<Subnet>().Where(s => s.Owner is null))
            {
                OfSubnet(here, subnet);
            }

            NothingDangles(here);
            CopiesAreTheirOwners(cloud, here);
            NodesAreTheirs(here);
            ListenersHaveTheirBalancers(here);
            RightsAreWhole(cloud, here);
        }

        InvariantsBetween.MustHold(cloud);
        InvariantsDirectConnect.MustHold(cloud);
        string[] twice =
        [
            .. cloud.Partitions.Values.SelectMany(PublicAddresses).GroupBy(a => a).Where(g => g.Count() > 1).Select(g => g.Key.ToString()),
        ];
        Assert.True(twice.Length == 0, $"public addresses given twice: {string.Join(' ', twice)}");
    }

    /// <summary>Every copy has its owner's row, which knows of it, and no address of a shared subnet is given twice among all who use it.</summary>
    private static void CopiesAreTheirOwners(CloudSnapshot cloud, Partition here)
    {
        foreach (Vpc copy in here.All<Vpc>().Where(v => v.Owner is not null))
        {
            Vpc owners = cloud.Partition(here.Key with { Account = copy.Owner! }).Get(copy.Id);
            Assert.Contains(here.Account, owners.Guests);
            Assert.Equal(owners.Cidrs.AsEnumerable(), copy.Cidrs);
        }

        foreach (PrefixList copy in here.All<PrefixList>().Where(l => l.Owner is not null))
        {
            Assert.Equal(cloud.Partition(here.Key with { Account = copy.Owner! }).Get(copy.Id).Entries.AsEnumerable(), copy.Entries);
        }

        foreach (Subnet subnet in here.All<Subnet>().Where(s => s.Owner is null && !s.Guests.IsEmpty))
        {
            Partition[] users = [here, .. subnet.Guests.Select(g => cloud.Partition(here.Key with { Account = g }))];
            Assert.All(users, u => Assert.Equal(subnet.Cidr, u.Get(subnet.Id).Cidr));
            NetworkInterface[] interfaces = [.. users.SelectMany(u => u.By<NetworkInterface>(subnet.Key))];
            IpAddress[] addresses = [.. interfaces.SelectMany(i => i.AllAddresses)];
            Assert.Equal(addresses.Length, addresses.Distinct().Count());
            Assert.All(users, u => Assert.Equal(
                interfaces.Length, u.By<NetworkInterface>(subnet.Key).Count() + u.By<SubnetClaim>(subnet.Key).Count()));
        }
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

    /// <summary>Each interface that load balancing holds is one node of one load balancer, with its groups.</summary>
    private static void NodesAreTheirs(Partition here)
    {
        string[] nodes =
        [
            .. here.All<ClassicLoadBalancer>().SelectMany(b => b.Nodes).Select(n => n.NetworkInterfaceId.Value),
            .. here.All<LoadBalancer>().SelectMany(b => b.Nodes).Select(n => n.InterfaceId.Value),
        ];
        Assert.Equal(nodes.Length, nodes.Distinct().Count());
        string[] held = [.. here.All<NetworkInterface>().Where(i => i.RequesterId == "amazon-elb").Select(i => i.Key)];
        Assert.Empty(held.Except(nodes));
        foreach (ClassicLoadBalancer balancer in here.All<ClassicLoadBalancer>())
        {
            Assert.Equal(balancer.Nodes.Length, balancer.Nodes.Select(n => n.Zone).Distinct().Count());
            Assert.Equal(balancer.Listeners.Length, balancer.Listeners.Select(l => l.Port).Distinct().Count());
            Assert.All(balancer.Nodes, n => Assert.Equal(balancer.SecurityGroups.AsEnumerable(), here.Get(n.NetworkInterfaceId).Groups));
            Assert.All(balancer.Instances, i => Assert.Equal(balancer.VpcId, here.Get(i).VpcId));
        }
    }

    private static void ListenersHaveTheirBalancers(Partition here)
    {
        Assert.All(here.All<Listener>(), l => Assert.NotNull(here.Table<LoadBalancer>().Find(l.LoadBalancerKey)));
        Assert.All(here.All<ListenerRule>(), r => Assert.NotNull(here.Table<Listener>().Find(r.ListenerKey)));
        Assert.All(
            here.All<Listener>().SelectMany(l => l.DefaultActions).Concat(here.All<ListenerRule>().SelectMany(r => r.Actions))
                .SelectMany(a => a.TargetGroupKeys()),
            key => Assert.NotNull(here.Table<TargetGroup>().Find(key)));
    }

    /// <summary>Rows of IAM stand in us-east-1 only, and what they name is there.</summary>
    private static void RightsAreWhole(CloudSnapshot cloud, Partition here)
    {
        Partition home = cloud.Partition(new PartitionKey(here.Account, "us-east-1"));
        Assert.True(
            here.Region == "us-east-1" || (here.Table<IamRole>().Count | here.Table<IamPolicy>().Count | here.Table<InstanceProfile>().Count) == 0,
            $"rights in {here.Key}");
        Assert.All(here.All<InstanceProfile>().Where(p => p.RoleName is not null), p => Assert.NotNull(home.Table<IamRole>().Find(p.RoleName!)));
        Assert.All(
            here.All<IamRole>().SelectMany(r => r.AttachedPolicies).Where(a => !a.StartsWith("arn:aws:iam::aws:", StringComparison.Ordinal)),
            arn => Assert.Contains(home.All<IamPolicy>(), p => p.ArnIn(here.Account) == arn));
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
