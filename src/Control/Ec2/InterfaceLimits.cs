using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>How many interfaces and addresses an instance type carries. Source: AWS, "Maximum IP addresses per network interface".</summary>
internal static class InterfaceLimits
{
    /// <summary>Refuses an interface over the type's number, or on a network card that the type has not.</summary>
    /// <param name="count">Interfaces the instance would have.</param>
    public static void CheckAttach(Instance instance, int card, int count)
    {
        InstanceTypeFacts type = InstanceTypeFacts.Of(instance.InstanceType);
        if (card != 0)
        {
            throw Fault.Invalid($"The network card index '{card}' is invalid for the instance type '{type.Name}'.");
        }

        if (count > type.Interfaces)
        {
            throw new Fault("AttachmentLimitExceeded", $"Interface count {count} exceeds the limit for {type.Name}");
        }
    }

    /// <summary>Refuses an interface with more addresses than the type carries on one; a delegated prefix counts as one address.</summary>
    public static void CheckAddresses(Instance instance, NetworkInterface eni)
    {
        InstanceTypeFacts type = InstanceTypeFacts.Of(instance.InstanceType);
        if (eni.PrivateAddresses.Length + eni.Ipv4Prefixes.Length > type.Ipv4PerInterface)
        {
            throw new Fault("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.");
        }

        if (eni.Ipv6Addresses.Length + eni.Ipv6Prefixes.Length > type.Ipv6PerInterface)
        {
            throw new Fault("Ipv6AddressLimitExceeded", "Number of IPv6 addresses will exceed limit.");
        }
    }
}
