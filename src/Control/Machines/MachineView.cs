using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.Machines;

/// <summary>An instance as the services inside its VPC see it: its rows, gathered once for one answer.</summary>
/// <param name="Interfaces">In order of their device index; the first is <c>eth0</c>.</param>
public sealed record MachineView(Partition Here, Instance Instance, ImmutableArray<NetworkInterface> Interfaces, Vpc Vpc)
{
    /// <summary>The interface with device index 0.</summary>
    public NetworkInterface Primary => Interfaces[0];

    /// <summary>The instance by its id; null where it is not there, has ended, or has no interface.</summary>
    public static MachineView? Of(Partition here, string instanceId)
    {
        if (here.Table<Instance>().Find(instanceId) is not { VpcId: { } vpcId } instance || here.Find(vpcId) is not { } vpc)
        {
            return null;
        }

        List<NetworkInterface> interfaces = Ec2Service.InterfacesOf(here, instance);
        return interfaces.Count == 0 ? null : new MachineView(here, instance, [.. interfaces], vpc);
    }

    /// <summary>The running instance that has an address in a VPC; null where none has.</summary>
    public static MachineView? At(Partition here, Vpc vpc, IpAddress address) =>
        InterfaceAt(here, vpc, address)?.Attachment?.InstanceId is { } id && Of(here, id.Value) is { } found
            && found.Instance.State == InstanceState.Running
            ? found
            : null;

    /// <summary>The interface that has an address, as its own or in a delegated block.</summary>
    public static NetworkInterface? InterfaceAt(Partition here, Vpc vpc, IpAddress address)
    {
        if (here.By<Subnet>(vpc.Key).FirstOrDefault(s => s.Covers(address)) is not { } subnet)
        {
            return null;
        }

        (int length, Family family) = address.IsV4
            ? (NetworkInterface.DelegatedLengthV4, Family.V4)
            : (NetworkInterface.DelegatedLengthV6, Family.V6);
        Prefix block = new(new IpAddress(family, address.Bits), length);
        return here.By<NetworkInterface>(NetworkInterface.AddressWord(subnet.Id, address)).FirstOrDefault()
            ?? here.By<NetworkInterface>(NetworkInterface.PrefixWord(subnet.Id, block)).FirstOrDefault();
    }

    /// <summary>The set's value of a DHCP option; empty where the VPC has no set or the set has no such option.</summary>
    public static ImmutableArray<string> DhcpOption(Partition here, Vpc vpc, string name) =>
        vpc.DhcpOptionsId is { } id && here.Find(id) is { } options
            && options.Configurations.FirstOrDefault(c => c.Name == name) is { } configuration
            ? configuration.Values
            : [];

    /// <summary>
    /// Name without a domain: <c>ip-10-0-1-171</c>, or the instance's id where it is named by its resource or has no IPv4 address.
    /// Source: AWS, "EC2 instance hostnames and domains".
    /// </summary>
    public string ShortName => Instance.HostnameType == "resource-name" || Primary.PrimaryIp is not { } ip
        ? Instance.Id.Value
        : DnsNames.OfPrivate(Here.Region, ip).Split('.')[0];

    /// <summary>The domain that DHCP gives; Amazon's own where the set names none.</summary>
    public string Domain => DhcpOption(Here, Vpc, "domain-name") is [var custom, ..] ? custom.Split(' ')[0] : Regions.InternalDomain(Here.Region);

    /// <summary><c>ip-10-0-1-171.ec2.internal</c>.</summary>
    public string FullName => $"{ShortName}.{Domain}";

    /// <summary>The public address of a private one now; null where it has none.</summary>
    public IpAddress? PublicOf(NetworkInterface eni, InterfaceAddress address) => Ec2Service.PublicIpOf(Here, eni, address);
}
