using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// What instances and interfaces are called. Source: AWS, "EC2 instance hostnames and domains"; EC2 API, ModifyPrivateDnsNameOptions,
/// ModifyPublicIpDnsNameOptions.
/// </summary>
public sealed partial class Ec2Service
{
    private const string DualStackName = "public-dual-stack-dns-name";
    private const string Ipv4Name = "public-ipv4-dns-name";
    private const string Ipv6Name = "public-ipv6-dns-name";

    /// <summary>The kind of name can change only while the instance is stopped; the records can change at any time.</summary>
    public Aws.ModifyPrivateDnsNameOptionsResult ModifyPrivateDnsNameOptions(
        CommandContext context, Aws.ModifyPrivateDnsNameOptionsRequest request)
    {
        Instance instance = InstanceInSight(context, request.InstanceId);
        if (instance.State is InstanceState.Terminated or InstanceState.ShuttingDown)
        {
            throw IncorrectState(instance, "modified");
        }

        string? type = Door.OneOf(request.PrivateDnsHostnameType, "PrivateDnsHostnameType", "ip-name", "resource-name");
        Subnet? subnet = instance.SubnetId is { } id ? context.Here.Find(id) : null;
        if (type == "ip-name" && subnet is { Ipv6Native: true })
        {
            throw Fault.Invalid("Invalid value 'ip-name' for PrivateDnsHostnameType. Not allowed for IPv6 only subnets.");
        }

        if (type is not null && type != instance.HostnameType && instance.State != InstanceState.Stopped)
        {
            throw IncorrectState(instance, "modified");
        }

        if (request.EnableResourceNameDnsARecord == true && subnet is { Ipv6Native: true })
        {
            throw Fault.Invalid("Invalid value 'true' for EnableResourceNameDnsARecord. Not allowed for IPv6 only subnets.");
        }

        if (request.EnableResourceNameDnsAAAARecord == true && subnet is { Ipv6Cidrs.IsEmpty: true })
        {
            throw Fault.Invalid("Invalid value 'true' for EnableResourceNameDnsAAAARecord. Not allowed for IPv4 only subnets.");
        }

        context.Put(instance with
        {
            HostnameType = type ?? instance.HostnameType,
            ResourceNameDnsA = request.EnableResourceNameDnsARecord ?? instance.ResourceNameDnsA,
            ResourceNameDnsAaaa = request.EnableResourceNameDnsAAAARecord ?? instance.ResourceNameDnsAaaa,
        });
        return new Aws.ModifyPrivateDnsNameOptionsResult { Return = true };
    }

    public Aws.ModifyPublicIpDnsNameOptionsResult ModifyPublicIpDnsNameOptions(
        CommandContext context, Aws.ModifyPublicIpDnsNameOptionsRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        string type = Door.OneOf(
            Door.Required(request.HostnameType, "HostnameType"), "HostnameType", DualStackName, Ipv4Name, Ipv6Name)!;
        if (type is DualStackName or Ipv6Name && eni.Ipv6Addresses.IsEmpty)
        {
            throw Fault.Invalid($"Invalid value '{type}' for HostnameType. The network interface '{eni.Id}' has no IPv6 address.");
        }

        context.Put(eni with { PublicHostnameType = type });
        return new Aws.ModifyPublicIpDnsNameOptionsResult { Successful = true };
    }
}
