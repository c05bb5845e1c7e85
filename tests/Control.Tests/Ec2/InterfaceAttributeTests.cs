using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class InterfaceAttributeTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string eni;

    public InterfaceAttributeTests()
    {
        vpc = lab.NewVpc(ipv6: true).VpcId!;
        string ipv6 = lab.Described(vpc).Ipv6CidrBlockAssociationSet!.Single().Ipv6CidrBlock!.Replace("/56", "/64", StringComparison.Ordinal);
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24", ipv6).SubnetId!;
        eni = lab.NewEni(subnet, "10.0.1.10").NetworkInterfaceId!;
    }

    [Fact]
    public void Rule055_the_source_destination_check_is_on_until_it_is_turned_off()
    {
        Assert.True(Attribute("sourceDestCheck").SourceDestCheck!.Value);
        Modify(new() { SourceDestCheck = new() { Value = false } });
        Assert.False(Attribute("sourceDestCheck").SourceDestCheck!.Value);
        Assert.False(lab.Here.Get(new Id<NetworkInterface>(eni)).SourceDestCheck);
        lab.Run((ec2, c) => ec2.ResetNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = eni, SourceDestCheck = "sourceDestCheck" }));
        Assert.True(Attribute("sourceDestCheck").SourceDestCheck!.Value);
    }

    [Fact]
    public void One_attribute_is_changed_at_a_time()
    {
        Modify(new() { Description = new() { Value = "db" } });
        Assert.Equal("db", Attribute("description").Description!.Value);
        Fault both = Refused(new() { Description = new() { Value = "x" }, SourceDestCheck = new() { Value = true } });
        Assert.Equal("InvalidParameterCombination", both.Code);
        Assert.Equal("Fields for multiple attribute types specified: description, sourceDestCheck", both.Message);
        Assert.Equal("InvalidParameterCombination", Refused(new()).Code);
        Assert.Equal("UnsupportedOperation", Refused(new() { EnaSrdSpecification = new() }).Code);
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.DescribeNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = eni })));
    }

    [Fact]
    public void Groups_are_replaced_as_a_whole_and_never_by_none()
    {
        string group = lab.Run((ec2, c) => ec2.CreateSecurityGroup(
            c, new() { GroupName = "web", Description = "web", VpcId = vpc })).GroupId!;
        Modify(new() { Groups = [group] });
        Assert.Equal(group, Attribute("groupSet").Groups!.Single().GroupId);
        Assert.Equal("MissingParameter", Refused(new() { Groups = [] }).Code);
        string other = lab.DefaultGroup(lab.NewVpc("10.9.0.0/16").VpcId!).Id.Value;
        Assert.Equal("InvalidParameter", Refused(new() { Groups = [other] }).Code);
    }

    [Fact]
    public void Deletion_with_the_instance_is_an_attribute_of_the_attachment()
    {
        (_, NetworkInterface primary) = lab.NewInstance(subnet);
        string attachment = primary.Attachment!.Id;
        lab.Run((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, new()
        {
            NetworkInterfaceId = primary.Id.Value,
            Attachment = new() { AttachmentId = attachment, DeleteOnTermination = false },
        }));
        Assert.False(lab.DescribedEni(primary.Id.Value).Attachment!.DeleteOnTermination);
        Assert.Equal(
            "InvalidAttachmentID.NotFound", Refused(new() { Attachment = new() { AttachmentId = attachment, DeleteOnTermination = true } }).Code);
    }

    [Fact]
    public void Time_outs_are_kept_within_their_bounds()
    {
        Modify(new() { ConnectionTrackingSpecification = new() { TcpEstablishedTimeout = 600 } });
        Modify(new() { ConnectionTrackingSpecification = new() { UdpTimeout = 45 } });
        Aws.ConnectionTrackingConfiguration shown = lab.DescribedEni(eni).ConnectionTrackingConfiguration!;
        Assert.Equal((600, (int?)null, 45), (shown.TcpEstablishedTimeout!.Value, shown.UdpStreamTimeout, shown.UdpTimeout!.Value));
        Assert.Equal("InvalidParameterValue", Refused(new() { ConnectionTrackingSpecification = new() { TcpEstablishedTimeout = 59 } }).Code);
        Assert.Equal("InvalidParameterValue", Refused(new() { ConnectionTrackingSpecification = new() { UdpStreamTimeout = 181 } }).Code);
    }

    [Fact]
    public void A_public_address_is_given_and_taken_while_the_instance_runs()
    {
        (_, NetworkInterface primary) = lab.NewInstance(subnet);
        string id = primary.Id.Value;
        lab.Run((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = id, AssociatePublicIpAddress = true }));
        Assert.Equal("amazon", lab.DescribedEni(id).Association!.IpOwnerId);
        lab.Run((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = id, AssociatePublicIpAddress = false }));
        Assert.Null(lab.DescribedEni(id).Association);
    }

    [Fact]
    public void Secondary_addresses_come_and_go_and_the_primary_stays()
    {
        lab.Run((ec2, c) => ec2.AssignPrivateIpAddresses(c, new() { NetworkInterfaceId = eni, PrivateIpAddresses = ["10.0.1.20"] }));
        Aws.AssignPrivateIpAddressesResult picked = lab.Run((ec2, c) => ec2.AssignPrivateIpAddresses(
            c, new() { NetworkInterfaceId = eni, SecondaryPrivateIpAddressCount = 2 }));
        Assert.Equal(2, picked.AssignedPrivateIpAddresses!.Count);
        Assert.Equal(4, lab.DescribedEni(eni).PrivateIpAddresses!.Count);
        lab.Run((ec2, c) => ec2.UnassignPrivateIpAddresses(c, new() { NetworkInterfaceId = eni, PrivateIpAddresses = ["10.0.1.20"] }));
        Assert.DoesNotContain("10.0.1.20", lab.DescribedEni(eni).PrivateIpAddresses!.Select(a => a.PrivateIpAddress));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.UnassignPrivateIpAddresses(
            c, new() { NetworkInterfaceId = eni, PrivateIpAddresses = ["10.0.1.10"] })));
        Fault stranger = lab.FaultOf((ec2, c) => ec2.UnassignPrivateIpAddresses(
            c, new() { NetworkInterfaceId = eni, PrivateIpAddresses = ["10.0.1.99"] }));
        Assert.Equal($"Some of [10.0.1.99] are not assigned to interface {eni}", stranger.Message);
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.AssignPrivateIpAddresses(c, new() { NetworkInterfaceId = eni })));
    }

    [Fact]
    public void A_secondary_address_moves_only_where_that_is_allowed_and_its_elastic_ip_follows()
    {
        lab.NewGateway(vpc);
        string other = lab.NewEni(subnet, "10.0.1.40").NetworkInterfaceId!;
        lab.Run((ec2, c) => ec2.AssignPrivateIpAddresses(c, new() { NetworkInterfaceId = eni, PrivateIpAddresses = ["10.0.1.20"] }));
        string eip = lab.NewEip();
        lab.Run((ec2, c) => ec2.AssociateAddress(
            c, new() { AllocationId = eip, NetworkInterfaceId = eni, PrivateIpAddress = "10.0.1.20" }));
        Aws.AssignPrivateIpAddressesRequest move = new() { NetworkInterfaceId = other, PrivateIpAddresses = ["10.0.1.20"] };
        Fault refused = lab.FaultOf((ec2, c) => ec2.AssignPrivateIpAddresses(c, move));
        Assert.Equal("[10.0.1.20] assigned, but move is not allowed.", refused.Message);
        lab.Run((ec2, c) => ec2.AssignPrivateIpAddresses(c, move with { AllowReassignment = true }));
        Assert.Equal(["10.0.1.10"], lab.DescribedEni(eni).PrivateIpAddresses!.Select(a => a.PrivateIpAddress));
        Assert.Equal((other, "10.0.1.20"), (lab.DescribedEip(eip).NetworkInterfaceId, lab.DescribedEip(eip).PrivateIpAddress));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.AssignPrivateIpAddresses(
            c, new() { NetworkInterfaceId = other, PrivateIpAddresses = ["10.0.1.10"], AllowReassignment = true })));
    }

    [Fact]
    public void An_instance_type_bounds_the_addresses_of_an_interface()
    {
        (_, NetworkInterface primary) = lab.NewInstance(subnet);
        string id = primary.Id.Value;
        Assert.Equal("PrivateIpAddressLimitExceeded", lab.Refused((ec2, c) => ec2.AssignPrivateIpAddresses(
            c, new() { NetworkInterfaceId = id, SecondaryPrivateIpAddressCount = 2 })));
        lab.Run((ec2, c) => ec2.AssignPrivateIpAddresses(c, new() { NetworkInterfaceId = id, SecondaryPrivateIpAddressCount = 1 }));
        Assert.Equal(2, lab.DescribedEni(id).PrivateIpAddresses!.Count);
    }

    [Fact]
    public void Ipv6_addresses_come_and_go_and_a_primary_one_stays()
    {
        string assigned = lab.Run((ec2, c) => ec2.AssignIpv6Addresses(
            c, new() { NetworkInterfaceId = eni, Ipv6AddressCount = 1 })).AssignedIpv6Addresses!.Single();
        Assert.Equal(assigned, lab.DescribedEni(eni).Ipv6Addresses!.Single().Ipv6Address);
        Assert.Equal("InvalidIPAddress.InUse", lab.Refused((ec2, c) => ec2.AssignIpv6Addresses(
            c, new() { NetworkInterfaceId = eni, Ipv6Addresses = [assigned] })));
        Modify(new() { EnablePrimaryIpv6 = true });
        Assert.True(lab.DescribedEni(eni).Ipv6Addresses!.Single().IsPrimaryIpv6);
        Assert.Equal("OperationNotPermitted", Refused(new() { EnablePrimaryIpv6 = false }).Code);
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.UnassignIpv6Addresses(
            c, new() { NetworkInterfaceId = eni, Ipv6Addresses = [assigned] })));
        string second = lab.Run((ec2, c) => ec2.AssignIpv6Addresses(
            c, new() { NetworkInterfaceId = eni, Ipv6AddressCount = 1 })).AssignedIpv6Addresses!.Single();
        Aws.UnassignIpv6AddressesResult gone = lab.Run((ec2, c) => ec2.UnassignIpv6Addresses(
            c, new() { NetworkInterfaceId = eni, Ipv6Addresses = [second] }));
        Assert.Equal([second], gone.UnassignedIpv6Addresses);
        Aws.AssignIpv6AddressesResult blocks = lab.Run((ec2, c) => ec2.AssignIpv6Addresses(
            c, new() { NetworkInterfaceId = eni, Ipv6PrefixCount = 1 }));
        Assert.EndsWith("/80", blocks.AssignedIpv6Prefixes!.Single());
    }

    private Aws.DescribeNetworkInterfaceAttributeResult Attribute(string name) =>
        lab.Run((ec2, c) => ec2.DescribeNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = eni, Attribute = name }));

    private void Modify(Aws.ModifyNetworkInterfaceAttributeRequest request) =>
        lab.Run((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, request with { NetworkInterfaceId = eni }));

    private Fault Refused(Aws.ModifyNetworkInterfaceAttributeRequest request) =>
        lab.FaultOf((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, request with { NetworkInterfaceId = eni }));
}
