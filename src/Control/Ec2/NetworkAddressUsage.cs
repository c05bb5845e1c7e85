using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// How large a VPC is, in AWS's units: rule 29. Source: AWS, "Network Address Usage for your VPC": an address or a delegated prefix of an
/// interface is one unit; a load balancer, endpoint or NAT gateway is six in each zone, where it has one interface that AWS manages.
/// </summary>
internal static class NetworkAddressUsage
{
    private const int UnitsPerManaged = 6;

    public static int Of(Partition partition, Id<Vpc> vpc)
    {
        int units = 0;
        foreach (NetworkInterface eni in partition.By<NetworkInterface>(vpc.Value))
        {
            units += eni.RequesterManaged
                ? UnitsPerManaged
                : eni.PrivateAddresses.Length + eni.Ipv6Addresses.Length + eni.Ipv4Prefixes.Length + eni.Ipv6Prefixes.Length;
        }

        return units;
    }

    /// <summary>Refuses a VPC that has grown beyond its quota; where none holds, nothing is counted.</summary>
    public static void Check(CommandContext context, Id<Vpc> vpc)
    {
        if (context.Quotas.Holds(Quotas.AddressUnitsPerVpc))
        {
            context.Quotas.Check(Quotas.AddressUnitsPerVpc, Of(context.Here, vpc));
        }
    }
}
