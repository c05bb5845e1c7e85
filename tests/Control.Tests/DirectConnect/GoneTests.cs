using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>What is deleted takes along what only spoke of it, and what still holds it keeps it.</summary>
public sealed class GoneTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_failover_test_ends_with_its_virtual_interface_whoever_deletes_that()
    {
        string port = lab.Connection();
        string vif = lab.Dx((d, c) => d.AllocatePrivateVirtualInterface(c, new()
        {
            ConnectionId = port,
            OwnerAccount = Direct.Tenant,
            NewPrivateVirtualInterfaceAllocation = new() { VirtualInterfaceName = "v", Vlan = 101, Asn = 65001 },
        })).VirtualInterfaceId!;
        string gateway = lab.Gateway(account: Direct.Tenant);
        lab.Dx((d, c) => d.ConfirmPrivateVirtualInterface(c, new() { VirtualInterfaceId = vif, DirectConnectGatewayId = gateway }), Direct.Tenant);
        lab.Dx((d, c) => d.StartBgpFailoverTest(c, new() { VirtualInterfaceId = vif, TestDurationInMinutes = 60 }), Direct.Tenant);
        lab.Now += TimeSpan.FromMinutes(5);
        lab.Dx((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = vif }));
        AwsDx.VirtualInterfaceTestHistory test = lab.Dx((d, c) => d.ListVirtualInterfaceTestHistory(c, new()), Direct.Tenant).VirtualInterfaceTestHistory!.Single();
        Assert.Equal(("Completed", lab.Now), (test.Status, test.EndTime));
        Invariants.MustHold(lab.Cloud);
    }

    [Fact]
    public void A_declined_connection_does_not_come_back_and_goes_with_its_interconnect()
    {
        string trunk = lab.Interconnect();
        string other = lab.Interconnect();
        string hosted = lab.Dx((d, c) => d.AllocateHostedConnection(c, new()
        {
            ConnectionId = trunk,
            OwnerAccount = Direct.Tenant,
            Bandwidth = "50Mbps",
            ConnectionName = "h",
            Vlan = 101,
        })).ConnectionId!;
        lab.Dx((d, c) => d.DeleteConnection(c, new() { ConnectionId = hosted }), Direct.Tenant);
        Assert.Contains(
            $"Connection {hosted} was declined by {Direct.Tenant}",
            lab.DxRefused((d, c) => d.AssociateHostedConnection(c, new() { ConnectionId = hosted, ParentConnectionId = other })),
            StringComparison.Ordinal);
        Invariants.MustHold(lab.Cloud);
        lab.Dx((d, c) => d.DeleteInterconnect(c, new() { InterconnectId = trunk }));
        Assert.Null(lab.Here.Find(new Id<DxConnection>(hosted)));
        Invariants.MustHold(lab.Cloud);
    }

    [Fact]
    public void A_virtual_private_gateway_with_a_virtual_interface_or_an_association_is_in_use()
    {
        string vpc = lab.Run((e, c) => e.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
        string exit = lab.Run((e, c) => e.CreateVpnGateway(c, new() { Type = "ipsec.1" })).VpnGateway!.VpnGatewayId!;
        lab.Run((e, c) => e.AttachVpnGateway(c, new() { VpnGatewayId = exit, VpcId = vpc }));
        string vif = lab.NewPrivate(lab.Connection(), Direct.Private(101, exit: exit)).VirtualInterfaceId!;
        string gateway = lab.Gateway(account: Direct.Tenant);
        string proposal = Propose();
        string association = lab.Dx(
            (d, c) => d.AcceptDirectConnectGatewayAssociationProposal(
                c, new() { ProposalId = proposal, DirectConnectGatewayId = gateway, AssociatedGatewayOwnerAccount = Direct.Owner }),
            Direct.Tenant).DirectConnectGatewayAssociation!.AssociationId!;
        lab.Run((e, c) => e.DetachVpnGateway(c, new() { VpnGatewayId = exit, VpcId = vpc }));
        Assert.Equal("IncorrectState", lab.Refused((e, c) => e.DeleteVpnGateway(c, new() { VpnGatewayId = exit })));
        lab.Dx((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = vif }));
        Assert.Equal("IncorrectState", lab.Refused((e, c) => e.DeleteVpnGateway(c, new() { VpnGatewayId = exit })));
        lab.Dx((d, c) => d.DeleteDirectConnectGatewayAssociation(c, new() { AssociationId = association }));
        Propose();
        lab.Run((e, c) => e.DeleteVpnGateway(c, new() { VpnGatewayId = exit }));
        Assert.Empty(lab.Cloud.Partitions.Values.SelectMany(p => p.All<DxGatewayProposal>()));
        Invariants.MustHold(lab.Cloud);

        string Propose() => lab.Dx((d, c) => d.CreateDirectConnectGatewayAssociationProposal(c, new()
        {
            DirectConnectGatewayId = gateway,
            DirectConnectGatewayOwnerAccount = Direct.Tenant,
            GatewayId = exit,
            AddAllowedPrefixesToDirectConnectGateway = [new() { Cidr = "10.0.0.0/16" }],
        })).DirectConnectGatewayAssociationProposal!.ProposalId!;
    }
}
