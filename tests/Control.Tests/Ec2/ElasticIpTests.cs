using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;

namespace Trunkline.Tests.Control.Ec2;

public sealed class ElasticIpTests
{
    private const string OtherAccount = "111111111111";
    private readonly Lab lab = new() { Quotas = Quotas.AwsDefaults };
    private readonly string vpc;
    private readonly string subnet;

    public ElasticIpTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
    }

    [Fact]
    public void An_address_comes_from_amazon_and_five_are_the_default_quota()
    {
        Aws.AllocateAddressResult made = lab.Run((ec2, c) => ec2.AllocateAddress(c, new() { Domain = "vpc" }));
        Assert.Equal(("vpc", "amazon", "us-east-1"), (made.Domain, made.PublicIpv4Pool, made.NetworkBorderGroup));
        Assert.True(PublicPool.Of("us-east-1").Contains(IpAddress.Parse(made.PublicIp!)));
        HashSet<string> ips = [made.PublicIp!, .. Enumerable.Range(0, 4).Select(_ => lab.DescribedEip(lab.NewEip()).PublicIp!)];
        Assert.Equal(5, ips.Count);
        Fault over = lab.FaultOf((ec2, c) => ec2.AllocateAddress(c, new()));
        Assert.Equal(("AddressLimitExceeded", "The maximum number of addresses has been reached."), (over.Code, over.Message));
    }

    [Fact]
    public void An_address_by_name_is_given_to_one_account_only()
    {
        string ip = PublicPool.Of("us-east-1").Address.Plus(77).ToString();
        lab.Run((ec2, c) => ec2.AllocateAddress(c, new() { Address = ip }));
        Assert.Equal("InvalidIPAddress.InUse", lab.Refused((ec2, c) => ec2.AllocateAddress(c, new() { Address = ip }), OtherAccount));
        Assert.Equal("InvalidAddress.NotFound", lab.Refused((ec2, c) => ec2.AllocateAddress(c, new() { Address = "198.51.100.1" })));
    }

    [Fact]
    public void Rule038_an_address_binds_to_one_private_address_moves_and_is_shown()
    {
        lab.NewGateway(vpc);
        (Instance instance, NetworkInterface eni) = lab.NewInstance(subnet, "10.0.1.50");
        (_, NetworkInterface second) = lab.NewInstance(subnet);
        string eip = lab.NewEip();
        string association = Associate(new() { AllocationId = eip, InstanceId = instance.Id.Value });
        Aws.Address shown = lab.DescribedEip(eip);
        Assert.Equal(
            (association, instance.Id.Value, eni.Id.Value, "10.0.1.50", "000000000000"),
            (shown.AssociationId, shown.InstanceId, shown.NetworkInterfaceId, shown.PrivateIpAddress, shown.NetworkInterfaceOwnerId));
        Assert.Equal(shown.PublicIp, lab.DescribedEni(eni.Id.Value).Association!.PublicIp);
        Assert.Equal(association, Associate(new() { AllocationId = eip, NetworkInterfaceId = eni.Id.Value }));

        Fault kept = lab.FaultOf((ec2, c) => ec2.AssociateAddress(
            c, new() { AllocationId = eip, NetworkInterfaceId = second.Id.Value, AllowReassociation = false }));
        Assert.Equal("Resource.AlreadyAssociated", kept.Code);
        Assert.Equal($"resource {eip} is already associated with associate-id {association}", kept.Message);

        string moved = Associate(new() { AllocationId = eip, NetworkInterfaceId = second.Id.Value });
        Assert.NotEqual(association, moved);
        Assert.Null(lab.DescribedEni(eni.Id.Value).Association);

        // Another address on the same private one takes its place.
        string other = lab.NewEip();
        Associate(new() { AllocationId = other, NetworkInterfaceId = second.Id.Value });
        Assert.Null(lab.DescribedEip(eip).AssociationId);

        lab.Run((ec2, c) => ec2.DisassociateAddress(c, new() { AssociationId = lab.DescribedEip(other).AssociationId }));
        Assert.Null(lab.DescribedEip(other).AssociationId);
    }

    [Fact]
    public void Rule036_an_automatic_public_address_gives_way_to_an_elastic_ip_and_comes_back_as_another()
    {
        lab.NewGateway(vpc);
        (Instance instance, NetworkInterface eni) = lab.NewInstance(subnet, publicIp: true);
        string before = PublicIpOf(eni)!;
        string eip = lab.NewEip();
        string association = Associate(new() { AllocationId = eip, InstanceId = instance.Id.Value });
        Assert.Equal(lab.DescribedEip(eip).PublicIp, PublicIpOf(eni));
        lab.Run((ec2, c) => ec2.DisassociateAddress(c, new() { AssociationId = association }));
        string after = PublicIpOf(eni)!;
        Assert.NotEqual(before, after);
        Assert.Equal("amazon", lab.DescribedEni(eni.Id.Value).Association!.IpOwnerId);
    }

    [Fact]
    public void Rule036_with_a_second_interface_or_an_elastic_ip_on_a_secondary_address_none_comes_back()
    {
        lab.NewGateway(vpc);
        (_, NetworkInterface eni) = lab.NewInstance(subnet, publicIp: true);
        lab.Run((ec2, c) => ec2.AssignPrivateIpAddresses(
            c, new() { NetworkInterfaceId = eni.Id.Value, PrivateIpAddresses = ["10.0.1.99"] }));
        Associate(new() { AllocationId = lab.NewEip(), NetworkInterfaceId = eni.Id.Value, PrivateIpAddress = "10.0.1.99" });
        Assert.NotNull(PublicIpOf(eni));
        string association = Associate(new() { AllocationId = lab.NewEip(), NetworkInterfaceId = eni.Id.Value });
        lab.Run((ec2, c) => ec2.DisassociateAddress(c, new() { AssociationId = association }));
        Assert.Null(PublicIpOf(eni));

        (Instance twoArmed, NetworkInterface first) = lab.NewInstance(subnet, publicIp: true);
        string spare = lab.NewEni(subnet).NetworkInterfaceId!;
        lab.Run((ec2, c) => ec2.AttachNetworkInterface(
            c, new() { NetworkInterfaceId = spare, InstanceId = twoArmed.Id.Value, DeviceIndex = 1 }));
        string bound = Associate(new() { AllocationId = lab.NewEip(), NetworkInterfaceId = first.Id.Value });
        lab.Run((ec2, c) => ec2.DisassociateAddress(c, new() { AssociationId = bound }));
        Assert.Null(PublicIpOf(first));
        string free = lab.NewEip();
        Assert.Equal("InvalidInstanceID", lab.Refused((ec2, c) => ec2.AssociateAddress(
            c, new() { AllocationId = free, InstanceId = twoArmed.Id.Value })));
    }

    [Fact]
    public void Refusals_of_association_have_their_codes()
    {
        (Instance stopping, NetworkInterface eni) = lab.NewInstance(subnet, state: InstanceState.Stopping);
        string eip = lab.NewEip();
        Fault gateway = lab.FaultOf((ec2, c) => ec2.AssociateAddress(c, new() { AllocationId = eip, NetworkInterfaceId = eni.Id.Value }));
        Assert.Equal(
            ("Gateway.NotAttached", $"Network {vpc} is not attached to any internet gateway"), (gateway.Code, gateway.Message));
        lab.NewGateway(vpc);
        (string Code, Aws.AssociateAddressRequest Request)[] table =
        [
            ("MissingParameter", new()),
            ("MissingParameter", new() { AllocationId = eip }),
            ("InvalidAllocationID.NotFound", new() { AllocationId = "eipalloc-0000000000000dead" }),
            ("InvalidParameterCombination", new() { PublicIp = "3.3.3.3", InstanceId = stopping.Id.Value }),
            ("InvalidParameterCombination", new() { AllocationId = eip, InstanceId = stopping.Id.Value, NetworkInterfaceId = eni.Id.Value }),
            ("InvalidInstanceID", new() { AllocationId = eip, InstanceId = stopping.Id.Value }),
            ("InvalidParameterValue", new() { AllocationId = eip, NetworkInterfaceId = eni.Id.Value, PrivateIpAddress = "10.0.1.200" }),
            ("InvalidNetworkInterfaceID.NotFound", new() { AllocationId = eip, NetworkInterfaceId = "eni-0000000000000dead" }),
        ];
        foreach ((string code, Aws.AssociateAddressRequest request) in table)
        {
            Assert.Equal(code, lab.Refused((ec2, c) => ec2.AssociateAddress(c, request)));
        }

        Assert.Equal("InvalidAssociationID.NotFound", lab.Refused((ec2, c) => ec2.DisassociateAddress(
            c, new() { AssociationId = "eipassoc-0000000000000dead" })));
    }

    [Fact]
    public void An_address_in_use_is_not_released_outside_a_default_vpc()
    {
        lab.NewGateway(vpc);
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        string eip = lab.NewEip();
        string ip = lab.DescribedEip(eip).PublicIp!;
        Associate(new() { AllocationId = eip, NetworkInterfaceId = eni });
        Fault used = lab.FaultOf((ec2, c) => ec2.ReleaseAddress(c, new() { AllocationId = eip }));
        Assert.Equal(("InvalidIPAddress.InUse", $"Address {ip} is in use."), (used.Code, used.Message));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ReleaseAddress(c, new() { PublicIp = ip })));
        Assert.Equal("InvalidAddress.NotFound", lab.Refused((ec2, c) => ec2.ReleaseAddress(
            c, new() { AllocationId = eip, NetworkBorderGroup = "us-east-1-wl1" })));

        string defaultSubnet = lab.Here.All<Subnet>().First(s => s.DefaultForZone).Id.Value;
        string there = lab.NewEni(defaultSubnet).NetworkInterfaceId!;
        Associate(new() { AllocationId = eip, NetworkInterfaceId = there });
        lab.Run((ec2, c) => ec2.ReleaseAddress(c, new() { AllocationId = eip }));
        Assert.Null(lab.DescribedEni(there).Association);
        Assert.Equal("InvalidAllocationID.NotFound", lab.Refused((ec2, c) => ec2.ReleaseAddress(c, new() { AllocationId = eip })));
    }

    [Fact]
    public void Deleting_an_interface_frees_its_address()
    {
        lab.NewGateway(vpc);
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        string eip = lab.NewEip();
        Associate(new() { AllocationId = eip, NetworkInterfaceId = eni });
        lab.Run((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni }));
        Assert.Null(lab.DescribedEip(eip).AssociationId);
    }

    [Fact]
    public void Filters_and_names_find_addresses()
    {
        lab.NewGateway(vpc);
        (Instance instance, NetworkInterface eni) = lab.NewInstance(subnet, "10.0.1.50");
        string eip = lab.NewEip();
        lab.NewEip();
        string association = Associate(new() { AllocationId = eip, InstanceId = instance.Id.Value });
        string ip = lab.DescribedEip(eip).PublicIp!;
        (string, string)[] table =
        [
            ("allocation-id", eip), ("association-id", association), ("instance-id", instance.Id.Value), ("public-ip", ip),
            ("network-interface-id", eni.Id.Value), ("private-ip-address", "10.0.1.50"), ("network-interface-owner-id", "000000000000"),
        ];
        foreach ((string name, string value) in table)
        {
            Assert.Equal(eip, lab.Run((ec2, c) => ec2.DescribeAddresses(
                c, new() { Filters = [Networks.Filter(name, value)] })).Addresses!.Single().AllocationId);
        }

        Assert.Equal(eip, lab.Run((ec2, c) => ec2.DescribeAddresses(c, new() { PublicIps = [ip] })).Addresses!.Single().AllocationId);
        Fault unknown = lab.FaultOf((ec2, c) => ec2.DescribeAddresses(c, new() { PublicIps = ["3.1.2.3"] }));
        Assert.Equal(("InvalidAddress.NotFound", "Address '3.1.2.3' not found."), (unknown.Code, unknown.Message));
        Assert.Equal(2, lab.Run((ec2, c) => ec2.DescribeAddresses(
            c, new() { Filters = [Networks.Filter("network-border-group", "us-east-*"), Networks.Filter("domain", "vpc")] })).Addresses!.Count);
    }

    [Fact]
    public void A_reverse_name_is_set_shown_and_taken_away()
    {
        string eip = lab.NewEip();
        Aws.AddressAttribute set = lab.Run((ec2, c) => ec2.ModifyAddressAttribute(
            c, new() { AllocationId = eip, DomainName = "mail.example.com" })).Address!;
        Assert.Equal(("mail.example.com.", "PENDING"), (set.PtrRecordUpdate!.Value, set.PtrRecordUpdate.Status));
        Aws.AddressAttribute shown = lab.Run((ec2, c) => ec2.DescribeAddressesAttribute(
            c, new() { AllocationIds = [eip], Attribute = "domain-name" })).Addresses!.Single();
        Assert.Equal("mail.example.com.", shown.PtrRecord);
        Assert.Equal("InvalidAddress.PtrSet", lab.Refused((ec2, c) => ec2.ReleaseAddress(c, new() { AllocationId = eip })));
        lab.Run((ec2, c) => ec2.ResetAddressAttribute(c, new() { AllocationId = eip, Attribute = "domain-name" }));
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeAddressesAttribute(c, new())).Addresses!);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyAddressAttribute(
            c, new() { AllocationId = eip, DomainName = "not a name" })));
    }

    [Fact]
    public void An_address_is_handed_over_when_the_other_account_accepts_in_time()
    {
        string eip = lab.NewEip();
        string ip = lab.DescribedEip(eip).PublicIp!;
        Aws.AcceptAddressTransferRequest accept = new() { Address = ip };
        Assert.Equal("InvalidAddress.NotFound", lab.Refused((ec2, c) => ec2.AcceptAddressTransfer(c, accept), OtherAccount));
        Aws.AddressTransfer offer = Offer(eip);
        Assert.Equal((OtherAccount, "pending"), (offer.TransferAccountId, offer.AddressTransferStatus));
        Assert.Equal(lab.Now.AddDays(7), offer.TransferOfferExpirationTimestamp);
        Assert.Equal("InvalidAddress.NotFound", lab.Refused((ec2, c) => ec2.AcceptAddressTransfer(c, accept), "222222222222"));

        lab.Now = lab.Now.AddDays(8);
        Assert.Equal("InvalidAddress.NotFound", lab.Refused((ec2, c) => ec2.AcceptAddressTransfer(c, accept), OtherAccount));
        Offer(eip);
        lab.Run((ec2, c) => ec2.AcceptAddressTransfer(c, accept), OtherAccount);
        Assert.Equal("InvalidAllocationID.NotFound", lab.Refused((ec2, c) => ec2.ReleaseAddress(c, new() { AllocationId = eip })));
        Assert.Equal(ip, lab.Run((ec2, c) => ec2.DescribeAddresses(c, new()), OtherAccount).Addresses!.Single().PublicIp);
        Assert.Equal("accepted", Transfers().Single().AddressTransferStatus);
        lab.Now = lab.Now.AddDays(4);
        Assert.Empty(Transfers());
    }

    [Fact]
    public void An_offer_is_withdrawn_and_a_bound_address_is_not_handed_over()
    {
        lab.NewGateway(vpc);
        string eip = lab.NewEip();
        Offer(eip);
        Assert.Single(Transfers());
        lab.Run((ec2, c) => ec2.DisableAddressTransfer(c, new() { AllocationId = eip }));
        Assert.Empty(Transfers());
        Assert.Equal("InvalidTransfer.NotFound", lab.Refused((ec2, c) => ec2.DisableAddressTransfer(c, new() { AllocationId = eip })));
        Associate(new() { AllocationId = eip, NetworkInterfaceId = lab.NewEni(subnet).NetworkInterfaceId });
        Offer(eip);
        Assert.Equal("InvalidTransfer.AddressAssociated", lab.Refused(
            (ec2, c) => ec2.AcceptAddressTransfer(c, new() { Address = lab.DescribedEip(eip).PublicIp }), OtherAccount));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.EnableAddressTransfer(
            c, new() { AllocationId = eip, TransferAccountId = "000000000000" })));
    }

    private string Associate(Aws.AssociateAddressRequest request) =>
        lab.Run((ec2, c) => ec2.AssociateAddress(c, request)).AssociationId!;

    private string? PublicIpOf(NetworkInterface eni) => lab.DescribedEni(eni.Id.Value).Association?.PublicIp;

    private Aws.AddressTransfer Offer(string eip) => lab.Run((ec2, c) => ec2.EnableAddressTransfer(
        c, new() { AllocationId = eip, TransferAccountId = OtherAccount })).AddressTransfer!;

    private IReadOnlyList<Aws.AddressTransfer> Transfers() =>
        lab.Run((ec2, c) => ec2.DescribeAddressTransfers(c, new())).AddressTransfers!;
}
