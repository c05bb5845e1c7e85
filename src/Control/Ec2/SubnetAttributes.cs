using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What can change about a subnet. Source: AWS, EC2 API, ModifySubnetAttribute, AssociateSubnetCidrBlock.</summary>
public sealed partial class Ec2Service
{
    /// <summary>One attribute a request; IPv6 attributes need an IPv6 block, and an IPv6-only subnet keeps what makes it one.</summary>
    public Aws.ModifySubnetAttributeResult ModifySubnetAttribute(CommandContext context, Aws.ModifySubnetAttributeRequest request)
    {
        Subnet subnet = SubnetIds.Get(context, request.SubnetId);
        RefuseSet("MapCustomerOwnedIpOnLaunch", request.MapCustomerOwnedIpOnLaunch);
        RefuseSet("CustomerOwnedIpv4Pool", request.CustomerOwnedIpv4Pool);
        OneAttribute<Subnet> change = new();
        change.Add(
            "assignIpv6AddressOnCreation", request.AssignIpv6AddressOnCreation, (row, on) => row with { AssignIpv6AddressOnCreation = on });
        change.Add("mapPublicIpOnLaunch", request.MapPublicIpOnLaunch, (row, on) => row with { MapPublicIpOnLaunch = on });
        change.Add("enableDns64", request.EnableDns64, (row, on) => row with { EnableDns64 = on });
        change.Add(
            "privateDnsHostnameTypeOnLaunch",
            Door.OneOf(request.PrivateDnsHostnameTypeOnLaunch, "privateDnsHostnameTypeOnLaunch", "ip-name", "resource-name"),
            row => row with { HostnameType = request.PrivateDnsHostnameTypeOnLaunch! });
        change.Add(
            "enableResourceNameDnsARecordOnLaunch",
            request.EnableResourceNameDnsARecordOnLaunch,
            (row, on) => row with { ResourceNameDnsA = on });
        change.Add(
            "enableResourceNameDnsAAAARecordOnLaunch",
            request.EnableResourceNameDnsAAAARecordOnLaunch,
            (row, on) => row with { ResourceNameDnsAaaa = on });
        change.Add(
            "enableLniAtDeviceIndex",
            request.EnableLniAtDeviceIndex,
            row => row with { EnableLniAtDeviceIndex = CheckedDeviceIndex(request.EnableLniAtDeviceIndex!.Value) });
        change.Add(
            "disableLniAtDeviceIndex",
            request.DisableLniAtDeviceIndex,
            (row, off) => off ? row with { EnableLniAtDeviceIndex = null } : row);
        context.Put(CheckedAttributes(subnet, change.Apply(subnet)));
        return new Aws.ModifySubnetAttributeResult();
    }

    /// <summary>A subnet has at most one IPv6 block.</summary>
    public Aws.AssociateSubnetCidrBlockResult AssociateSubnetCidrBlock(CommandContext context, Aws.AssociateSubnetCidrBlockRequest request)
    {
        RefuseSet("Ipv6IpamPoolId", request.Ipv6IpamPoolId);
        RefuseSet("Ipv6NetmaskLength", request.Ipv6NetmaskLength);
        Subnet subnet = SubnetIds.Get(context, request.SubnetId);
        string text = Door.Required(request.Ipv6CidrBlock, "ipv6CidrBlock");
        CidrAssociation added = NewSubnetAssociation(
            context, CidrRules.CheckedSubnetIpv6Cidr(context.Here, context.Here.Get(subnet.VpcId), text));
        if (!subnet.Ipv6Cidrs.IsEmpty)
        {
            throw new Fault("CidrLimitExceeded", $"This network '{subnet.Id}' has met its maximum number of allowed IPv6 CIDRs: 1");
        }

        context.Put(subnet with { Ipv6Cidrs = [added] });
        return new Aws.AssociateSubnetCidrBlockResult
        {
            SubnetId = subnet.Id.Value,
            Ipv6CidrBlockAssociation = SubnetIpv6ToWire(added, "associating"),
        };
    }

    /// <summary>Refused while an interface has an address or prefix of the block, and while new interfaces are to get one.</summary>
    public Aws.DisassociateSubnetCidrBlockResult DisassociateSubnetCidrBlock(
        CommandContext context, Aws.DisassociateSubnetCidrBlockRequest request)
    {
        string id = Door.Required(request.AssociationId, "associationId");
        Subnet subnet = context.Here.By<Subnet>(id).SingleOrDefault(s => s.Ipv6Cidrs.Any(a => a.Id == id))
            ?? throw new Fault(
                id.StartsWith("subnet-cidr-assoc-", StringComparison.Ordinal)
                    ? "InvalidSubnetCidrBlockAssociationID.NotFound"
                    : "InvalidSubnetCidrBlockAssociationId.Malformed",
                $"The subnet CIDR block association ID '{id}' does not exist");
        CidrAssociation association = subnet.Ipv6Cidrs.Single(a => a.Id == id);
        string? reason = subnet switch
        {
            { Ipv6Native: true } => "its subnet is an IPv6 only subnet",
            { AssignIpv6AddressOnCreation: true } => "its subnet has assign-ipv6-address-on-creation set to true",
            _ when context.Here.By<NetworkInterface>(subnet.Key).Any(e => !e.Ipv6Addresses.IsEmpty || !e.Ipv6Prefixes.IsEmpty) =>
                "its subnet contains network interfaces with IPv6 addresses assigned from the CIDR block",
            _ => null,
        };
        if (reason is not null)
        {
            throw new Fault(
                "InvalidCidrBlock.InUse",
                $"The subnet IPv6 CIDR block with association ID {id} may not be disassociated, because {reason}.");
        }

        context.Put(subnet with { Ipv6Cidrs = subnet.Ipv6Cidrs.Remove(association), EnableDns64 = false });
        return new Aws.DisassociateSubnetCidrBlockResult
        {
            SubnetId = subnet.Id.Value,
            Ipv6CidrBlockAssociation = SubnetIpv6ToWire(association, "disassociating"),
        };
    }

    /// <summary>The device at index 0 is the instance's primary interface and cannot be a local one.</summary>
    private static int CheckedDeviceIndex(int index) => index is >= 1 and <= 15
        ? index
        : throw Fault.Invalid($"Value ({index}) for parameter enableLniAtDeviceIndex is invalid.");

    private static Subnet CheckedAttributes(Subnet before, Subnet next)
    {
        bool hasIpv6 = !next.Ipv6Cidrs.IsEmpty;
        string? wrong = next switch
        {
            { AssignIpv6AddressOnCreation: true } when !hasIpv6 =>
                "Invalid value 'true' for assignIpv6AddressOnCreation. Subnet must have an IPv6 CIDR block associated.",
            { EnableDns64: true } when !hasIpv6 =>
                "Invalid value 'true' for enableDns64. Subnet must have an IPv6 CIDR block associated.",
            { ResourceNameDnsAaaa: true } when !hasIpv6 && !before.ResourceNameDnsAaaa =>
                "Invalid value 'true' for enableResourceNameDnsAAAARecordOnLaunch. Subnet must have an IPv6 CIDR block associated.",
            { Ipv6Native: true, AssignIpv6AddressOnCreation: false } =>
                "Invalid value 'false' for assignIpv6AddressOnCreation. Not allowed for IPv6 only subnets.",
            { Ipv6Native: true, MapPublicIpOnLaunch: true } =>
                "Invalid value 'true' for mapPublicIpOnLaunch. Not allowed for IPv6 only subnets.",
            { Ipv6Native: true, ResourceNameDnsA: true } =>
                "Invalid value 'true' for enableResourceNameDnsARecordOnLaunch. Not allowed for IPv6 only subnets.",
            { Ipv6Native: true, HostnameType: not "resource-name" } =>
                "Invalid value 'ip-name' for privateDnsHostnameTypeOnLaunch. Not allowed for IPv6 only subnets.",
            _ => null,
        };
        return wrong is null ? next : throw Fault.Invalid(wrong);
    }
}
