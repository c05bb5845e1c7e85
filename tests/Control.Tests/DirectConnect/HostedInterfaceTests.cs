using Trunkline.Cloud;

namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>Virtual interfaces for another account: both see them, the owner accepts or declines, either deletes.</summary>
public sealed class HostedInterfaceTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_private_one_waits_until_its_owner_accepts_it()
    {
        string id = AllocatePrivate(lab.Connection());
        Assert.Equal(("confirming", Direct.Tenant), (lab.Seen(id)!.VirtualInterfaceState, lab.Seen(id)!.OwnerAccount));
        Assert.Equal("confirming", lab.Seen(id, Direct.Tenant)!.VirtualInterfaceState);
        lab.Site();
        string gateway = lab.Gateway(account: Direct.Tenant);
        AwsDx.ConfirmPrivateVirtualInterfaceRequest confirm = new() { VirtualInterfaceId = id, DirectConnectGatewayId = gateway };
        Assert.Contains("does not exist", lab.DxRefused((d, c) => d.ConfirmPrivateVirtualInterface(c, confirm)), StringComparison.Ordinal);
        Assert.Contains("Exactly one of", lab.DxRefused((d, c) => d.ConfirmPrivateVirtualInterface(
            c, confirm with { DirectConnectGatewayId = null }), Direct.Tenant), StringComparison.Ordinal);
        Assert.Equal("pending", lab.Dx((d, c) => d.ConfirmPrivateVirtualInterface(c, confirm), Direct.Tenant).VirtualInterfaceState);
        Assert.All(
            new[] { Direct.Owner, Direct.Tenant },
            account => Assert.Equal(("available", gateway), (
                lab.Seen(id, account)!.VirtualInterfaceState, lab.Seen(id, account)!.DirectConnectGatewayId)));
        Assert.Contains("not in the confirming state", lab.DxRefused((d, c) => d.ConfirmPrivateVirtualInterface(
            c, confirm), Direct.Tenant), StringComparison.Ordinal);
        AwsDx.DescribeDirectConnectGatewayAttachmentsResult attachments = lab.Dx(
            (d, c) => d.DescribeDirectConnectGatewayAttachments(c, new() { DirectConnectGatewayId = gateway }), Direct.Tenant);
        AwsDx.DirectConnectGatewayAttachment attachment = Assert.Single(attachments.DirectConnectGatewayAttachments!);
        Assert.Equal((id, "attached", "PrivateVirtualInterface", "us-east-1"), (
            attachment.VirtualInterfaceId, attachment.AttachmentState, attachment.AttachmentType, attachment.VirtualInterfaceRegion));
    }

    [Fact]
    public void Each_side_has_tags_of_its_own()
    {
        string id = AllocatePrivate(lab.Connection());
        lab.Dx(
            (d, c) => d.TagResource(c, new()
            {
                ResourceArn = $"arn:aws:directconnect:us-east-1:{Direct.Tenant}:dxvif/{id}",
                Tags = [new() { Key = "side", Value = "tenant" }],
            }),
            Direct.Tenant);
        lab.Dx((d, c) => d.UpdateVirtualInterfaceAttributes(c, new() { VirtualInterfaceId = id, VirtualInterfaceName = "renamed" }));
        Assert.Empty(lab.Seen(id)!.Tags!);
        Assert.Equal("tenant", Assert.Single(lab.Seen(id, Direct.Tenant)!.Tags!).Value);
        Assert.Equal("renamed", lab.Seen(id, Direct.Tenant)!.VirtualInterfaceName);
    }

    [Fact]
    public void Public_and_transit_ones_are_accepted_too()
    {
        string port = lab.Connection();
        AwsDx.VirtualInterface open = lab.Dx((d, c) => d.AllocatePublicVirtualInterface(c, new()
        {
            ConnectionId = port,
            OwnerAccount = Direct.Tenant,
            NewPublicVirtualInterfaceAllocation = new()
            {
                VirtualInterfaceName = "public",
                Vlan = 1,
                Asn = 65001,
                AmazonAddress = "203.0.113.1/30",
                CustomerAddress = "203.0.113.2/30",
                RouteFilterPrefixes = Direct.Prefixes("198.51.100.0/24"),
            },
        }));
        AwsDx.VirtualInterface transit = lab.Dx((d, c) => d.AllocateTransitVirtualInterface(c, new()
        {
            ConnectionId = port,
            OwnerAccount = Direct.Tenant,
            NewTransitVirtualInterfaceAllocation = new() { VirtualInterfaceName = "transit", Vlan = 2, Asn = 65001, Mtu = 8500 },
        })).VirtualInterface!;
        lab.DxRefused((d, c) => d.ConfirmPublicVirtualInterface(c, new() { VirtualInterfaceId = transit.VirtualInterfaceId }), Direct.Tenant);
        lab.Dx((d, c) => d.ConfirmPublicVirtualInterface(c, new() { VirtualInterfaceId = open.VirtualInterfaceId }), Direct.Tenant);
        string gateway = lab.Gateway(account: Direct.Tenant);
        lab.Dx(
            (d, c) => d.ConfirmTransitVirtualInterface(
                c, new() { VirtualInterfaceId = transit.VirtualInterfaceId, DirectConnectGatewayId = gateway }),
            Direct.Tenant);
        Assert.Equal(["down", "down"], lab.Dx((d, c) => d.DescribeVirtualInterfaces(c, new()), Direct.Tenant)
            .VirtualInterfacesValue!.Select(v => v.VirtualInterfaceState));
        Assert.Contains("has attached virtual interfaces", lab.DxRefused((d, c) => d.DeleteDirectConnectGateway(
            c, new() { DirectConnectGatewayId = gateway }), Direct.Tenant), StringComparison.Ordinal);
    }

    [Fact]
    public void An_owner_declines_by_deleting_and_the_connections_owner_clears_it_away()
    {
        string port = lab.Connection();
        string id = AllocatePrivate(port);
        Assert.Equal("rejected", lab.Dx((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = id }), Direct.Tenant).VirtualInterfaceState);
        Assert.Equal("rejected", lab.Seen(id)!.VirtualInterfaceState);
        AllocatePrivate(port);
        Assert.Equal("deleted", lab.Dx((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = id })).VirtualInterfaceState);
        Assert.Equal("deleted", lab.Seen(id, Direct.Tenant)!.VirtualInterfaceState);
    }

    [Fact]
    public void Either_side_deletes_it_for_both()
    {
        string port = lab.Connection();
        foreach (string account in new[] { Direct.Owner, Direct.Tenant })
        {
            string id = AllocatePrivate(port);
            string gateway = lab.Gateway(account: Direct.Tenant);
            lab.Dx(
                (d, c) => d.ConfirmPrivateVirtualInterface(c, new() { VirtualInterfaceId = id, DirectConnectGatewayId = gateway }), Direct.Tenant);
            lab.Dx((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = id }), account);
            Assert.All(
                new[] { Direct.Owner, Direct.Tenant }, side => Assert.Equal("deleted", lab.Seen(id, side)!.VirtualInterfaceState));
        }

        lab.Dx((d, c) => d.DeleteConnection(c, new() { ConnectionId = port }));
    }

    [Fact]
    public void A_third_account_sees_nothing()
    {
        string id = AllocatePrivate(lab.Connection());
        Assert.Null(lab.Seen(id, "222222222222"));
        lab.DxRefused((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = id }), "222222222222");
        Assert.Contains("account 12", lab.DxRefused((d, c) => d.AllocatePrivateVirtualInterface(
            c, Allocation(Assert.Single(lab.Here.All<DxConnection>()).Key) with { OwnerAccount = "12" })), StringComparison.Ordinal);
    }

    private string AllocatePrivate(string port) =>
        lab.Dx((d, c) => d.AllocatePrivateVirtualInterface(c, Allocation(port))).VirtualInterfaceId!;

    private static AwsDx.AllocatePrivateVirtualInterfaceRequest Allocation(string port) => new()
    {
        ConnectionId = port,
        OwnerAccount = Direct.Tenant,
        NewPrivateVirtualInterfaceAllocation = new() { VirtualInterfaceName = "hosted", Vlan = 77, Asn = 65001 },
    };
}
