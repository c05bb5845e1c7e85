using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Public addresses that AWS gives and takes by itself. Source: AWS, "Amazon EC2 instance IP addressing": an instance that launches with one
/// keeps it until it stops, terminates or gets an Elastic IP; after a start it has another.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>Takes the automatic public addresses of all the instance's interfaces back: it stops, hibernates or terminates.</summary>
    internal static void ReleaseAutoPublicIps(CommandContext context, Instance instance)
    {
        foreach (NetworkInterface eni in context.Here.By<NetworkInterface>(instance.Id.Value).ToList())
        {
            ReleaseAutoPublicIps(context, eni);
        }
    }

    /// <summary>Takes an interface's automatic public addresses back.</summary>
    internal static void ReleaseAutoPublicIps(CommandContext context, NetworkInterface eni)
    {
        if (eni.PrivateAddresses.Any(a => a.AutoPublicIp is not null))
        {
            context.Put(eni with { PrivateAddresses = [.. eni.PrivateAddresses.Select(a => a with { AutoPublicIp = null })] });
        }
    }

    /// <summary>
    /// Gives the primary interface of an instance that starts, or that loses its Elastic IP, a public address, where it asked for one at launch;
    /// not with a second interface, and not while a secondary address holds an Elastic IP.
    /// </summary>
    internal static void AssignAutoPublicIps(CommandContext context, Instance instance)
    {
        List<NetworkInterface> interfaces = [.. context.Here.By<NetworkInterface>(instance.Id.Value)];
        if (interfaces is not [{ AssociatePublicIp: true, Attachment.DeviceIndex: 0 } eni] || eni.PrivateAddresses.IsEmpty)
        {
            return;
        }

        bool mapped = eni.PrivateAddresses.Any(a => a.AutoPublicIp is not null) || context.Here.By<ElasticIp>(eni.Id.Value).Any();
        if (!mapped)
        {
            InterfaceAddress primary = eni.PrivateAddresses[0] with { AutoPublicIp = AddressPool.PickPublicIpv4(context) };
            context.Put(eni with { PrivateAddresses = eni.PrivateAddresses.SetItem(0, primary) });
        }
    }
}
