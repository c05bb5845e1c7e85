using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// Nodes of load balancers: an interface in each enabled zone, managed by the service, with a public address or an Elastic IP where the
/// load balancer faces the internet. Source: AWS, "Requester-managed network interfaces".
/// </summary>
internal static class LoadBalancerNodes
{
    private const string Requester = "amazon-elb";

    public static LoadBalancerNode Make(CommandContext context, LoadBalancer balancer, NodeWish wish)
    {
        bool hasPublic = !balancer.Internal && balancer.IpAddressType != "dualstack-without-public-ipv4";
        bool isApplication = balancer.Type == LoadBalancerType.Application;
        NetworkInterface eni = InterfaceMaker.Create(context, new InterfaceWish
        {
            Subnet = wish.Subnet,
            Description = $"ELB {balancer.Key}",
            Groups = balancer.SecurityGroups,
            PrimaryIp = wish.PrivateIp,
            Ipv6 = wish.Ipv6 is { } v6 ? [v6] : [],
            Ipv6Count = balancer.IpAddressType == "ipv4" || wish.Ipv6 is not null ? 0 : 1,
            Ipv6Prefixes = wish.SourceNatPrefix is { } named ? [named] : [],
            Ipv6PrefixCount = wish.HasSourceNat && wish.SourceNatPrefix is null ? 1 : 0,
            InterfaceType = balancer.Type switch
            {
                LoadBalancerType.Network => "network_load_balancer",
                LoadBalancerType.Gateway => "gateway_load_balancer",
                _ => "interface",
            },
            RequesterManaged = true,
            RequesterId = Requester,
            // Packets that keep the client's address leave a node that is not their source.
            SourceDestCheck = isApplication,
            AssociatePublicIp = hasPublic && wish.Elastic is null,
            Attachment = new InterfaceAttachment(
                context.NewId("ela-attach"), null, Requester, DeviceIndex: 1, NetworkCardIndex: 0, context.Now, DeleteOnTermination: false),
        });
        if (wish.Elastic is { } elastic)
        {
            Ec2Service.Bind(context, elastic, eni.Id, eni.PrivateAddresses[0].Ip);
        }

        return new LoadBalancerNode(
            wish.Subnet.Id,
            wish.Subnet.Zone,
            eni.Id,
            wish.Elastic?.Id,
            eni.PrimaryIp,
            eni.Ipv6Addresses.IsEmpty ? null : eni.Ipv6Addresses[0],
            eni.Ipv6Prefixes.IsEmpty ? null : eni.Ipv6Prefixes[0],
            AskedPrivateIp: wish.PrivateIp is not null,
            AskedIpv6: wish.Ipv6 is not null);
    }

    /// <summary>Takes a node away; its Elastic IP stays its owner's.</summary>
    public static void Remove(CommandContext context, LoadBalancerNode node)
    {
        foreach (ElasticIp elastic in context.Here.By<ElasticIp>(node.InterfaceId.Value).ToList())
        {
            context.Put(elastic with { Association = null });
        }

        context.Remove(node.InterfaceId);
    }

    /// <summary>Gives a node's interface other groups.</summary>
    public static void Regroup(CommandContext context, LoadBalancer balancer)
    {
        foreach (LoadBalancerNode node in balancer.Nodes)
        {
            context.Put(context.Here.Get(node.InterfaceId) with { Groups = balancer.SecurityGroups });
        }
    }
}
