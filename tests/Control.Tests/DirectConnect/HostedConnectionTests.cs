namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>Parts of a partner's port: allocated, confirmed or declined, moved, deleted; two accounts see them.</summary>
public sealed class HostedConnectionTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_hosted_connection_is_confirmed_by_its_owner()
    {
        string parent = lab.Interconnect();
        AwsDx.Connection made = Allocate(parent, 300);
        Assert.Equal(("ordering", Direct.Tenant, 300, "500Mbps"), (made.ConnectionState, made.OwnerAccount, made.Vlan, made.Bandwidth));
        Assert.Empty(lab.Dx((d, c) => d.DescribeConnections(c, new())).ConnectionsValue!);
        Assert.Equal("ordering", Assert.Single(lab.Dx((d, c) => d.DescribeConnections(c, new()), Direct.Tenant).ConnectionsValue!).ConnectionState);
        Assert.Contains("is not available", lab.DxRefused((d, c) => d.CreatePublicVirtualInterface(
            c, new() { ConnectionId = made.ConnectionId, NewPublicVirtualInterface = Direct.Public(300) }), Direct.Tenant), StringComparison.Ordinal);
        lab.DxRefused((d, c) => d.ConfirmConnection(c, new() { ConnectionId = made.ConnectionId }));
        Assert.Equal("available", lab.Dx((d, c) => d.ConfirmConnection(c, new() { ConnectionId = made.ConnectionId }), Direct.Tenant).ConnectionState);
        lab.DxRefused((d, c) => d.ConfirmConnection(c, new() { ConnectionId = made.ConnectionId }), Direct.Tenant);
        Assert.All(
            [parent, made.ConnectionId!],
            id => Assert.Equal("available", Assert.Single(lab.Dx((d, c) => d.DescribeHostedConnections(
                c, new() { ConnectionId = id })).ConnectionsValue!).ConnectionState));
        Assert.Single(lab.Dx((d, c) => d.DescribeConnectionsOnInterconnect(c, new() { InterconnectId = parent })).ConnectionsValue!);
    }

    [Fact]
    public void A_hosted_connection_bears_one_virtual_interface_on_its_vlan()
    {
        string hosted = Confirmed(300);
        AwsDx.CreatePublicVirtualInterfaceRequest request = new() { ConnectionId = hosted, NewPublicVirtualInterface = Direct.Public(300) };
        Assert.Contains("has VLAN 300", lab.DxRefused((d, c) => d.CreatePublicVirtualInterface(
            c, request with { NewPublicVirtualInterface = Direct.Public(301) }), Direct.Tenant), StringComparison.Ordinal);
        lab.Dx((d, c) => d.CreatePublicVirtualInterface(c, request), Direct.Tenant);
        Assert.Contains("limit of 1", lab.DxRefused((d, c) => d.CreatePublicVirtualInterface(c, request), Direct.Tenant), StringComparison.Ordinal);
        Assert.Contains("has virtual interfaces", lab.DxRefused((d, c) => d.DeleteConnection(c, new() { ConnectionId = hosted })), StringComparison.Ordinal);
    }

    [Fact]
    public void An_owner_who_declines_leaves_it_rejected_at_the_provider()
    {
        string parent = lab.Interconnect();
        string id = Allocate(parent, 300).ConnectionId!;
        Assert.Equal("rejected", lab.Dx((d, c) => d.DeleteConnection(c, new() { ConnectionId = id }), Direct.Tenant).ConnectionState);
        Assert.Empty(lab.Dx((d, c) => d.DescribeConnections(c, new()), Direct.Tenant).ConnectionsValue!);
        Assert.Equal("rejected", Assert.Single(lab.Dx((d, c) => d.DescribeHostedConnections(
            c, new() { ConnectionId = parent })).ConnectionsValue!).ConnectionState);
        Allocate(parent, 300);
        lab.Dx((d, c) => d.DeleteConnection(c, new() { ConnectionId = id }));
        Assert.Single(lab.Dx((d, c) => d.DescribeHostedConnections(c, new() { ConnectionId = parent })).ConnectionsValue!);
    }

    [Fact]
    public void Either_side_deletes_it_for_both()
    {
        foreach (string account in new[] { Direct.Owner, Direct.Tenant })
        {
            string id = Confirmed(300);
            Assert.Equal("deleted", lab.Dx((d, c) => d.DeleteConnection(c, new() { ConnectionId = id }), account).ConnectionState);
            lab.DxRefused((d, c) => d.DescribeConnections(c, new() { ConnectionId = id }), Direct.Tenant);
            Assert.Equal(
                $"Could not find Connection with ID {id}", lab.DxRefused((d, c) => d.DescribeHostedConnections(c, new() { ConnectionId = id })));
        }
    }

    [Fact]
    public void Hosted_connections_that_cannot_be_are_refused()
    {
        string parent = lab.Interconnect();
        Allocate(parent, 300);
        AwsDx.AllocateHostedConnectionRequest good = Request(parent, 301);
        (string Words, AwsDx.AllocateHostedConnectionRequest Request)[] cases =
        [
            ("VLAN 300 is already in use", good with { Vlan = 300 }), ("VLAN 0 is not valid", good with { Vlan = 0 }),
            ("VLAN 4095 is not valid", good with { Vlan = 4095 }), ("Bandwidth 3Gbps", good with { Bandwidth = "3Gbps" }),
            ("account 12", good with { OwnerAccount = "12" }), ("is not an interconnect", good with { ConnectionId = lab.Connection() }),
            ("does not allow hosted", good with { ConnectionId = lab.Lag().LagId }), ("Could not find Connection", good with { ConnectionId = "dxcon-x" }),
        ];
        foreach ((string words, AwsDx.AllocateHostedConnectionRequest request) in cases)
        {
            Assert.Contains(words, lab.DxRefused((d, c) => d.AllocateHostedConnection(c, request)), StringComparison.Ordinal);
        }

        Assert.Contains("has hosted connections", lab.DxRefused((d, c) => d.DeleteInterconnect(
            c, new() { InterconnectId = parent })), StringComparison.Ordinal);
    }

    [Fact]
    public void An_interconnect_takes_what_it_hosts_along_into_a_lag()
    {
        string parent = lab.Interconnect();
        string id = Confirmed(300, parent);
        string lag = lab.Lag(0).LagId!;
        lab.Dx((d, c) => d.AssociateConnectionWithLag(c, new() { ConnectionId = parent, LagId = lag }));
        AwsDx.Connection seen = Assert.Single(lab.Dx((d, c) => d.DescribeHostedConnections(c, new() { ConnectionId = lag })).ConnectionsValue!);
        Assert.Equal((id, lag), (seen.ConnectionId, seen.LagId));
        Assert.True(Assert.Single(lab.Dx((d, c) => d.DescribeLags(c, new())).LagsValue!).AllowsHostedConnections);
        Assert.Contains("Allocate the connection on the LAG", lab.DxRefused((d, c) => d.AllocateHostedConnection(
            c, Request(parent, 301))), StringComparison.Ordinal);
        Assert.Contains("made on the connections that it hosts", lab.DxRefused((d, c) => d.CreatePublicVirtualInterface(
            c, new() { ConnectionId = lag, NewPublicVirtualInterface = Direct.Public(5) })), StringComparison.Ordinal);
        lab.DxRefused((d, c) => d.DeleteLag(c, new() { LagId = lag }));
        string other = lab.Interconnect();
        lab.Dx((d, c) => d.AssociateHostedConnection(c, new() { ConnectionId = id, ParentConnectionId = other }));
        Assert.Single(lab.Dx((d, c) => d.DescribeHostedConnections(c, new() { ConnectionId = other })).ConnectionsValue!);
        Assert.Empty(lab.Dx((d, c) => d.DescribeHostedConnections(c, new() { ConnectionId = lag })).ConnectionsValue!);
    }

    [Fact]
    public void The_older_operation_does_the_same()
    {
        string parent = lab.Interconnect();
        AwsDx.Connection made = lab.Dx((d, c) => d.AllocateConnectionOnInterconnect(c, new()
        {
            InterconnectId = parent,
            OwnerAccount = Direct.Tenant,
            ConnectionName = "hosted",
            Bandwidth = "50Mbps",
            Vlan = 9,
        }));
        Assert.Equal("ordering", made.ConnectionState);
        Assert.Equal("Could not find Interconnect with ID dxcon-x", lab.DxRefused((d, c) => d.DescribeInterconnects(
            c, new() { InterconnectId = "dxcon-x" })));
        lab.Dx((d, c) => d.DeleteConnection(c, new() { ConnectionId = made.ConnectionId }));
        Assert.Equal("deleted", lab.Dx((d, c) => d.DeleteInterconnect(c, new() { InterconnectId = parent })).InterconnectState);
        Assert.Empty(lab.Dx((d, c) => d.DescribeInterconnects(c, new())).InterconnectsValue!);
    }

    private string Confirmed(int vlan, string? parent = null)
    {
        string id = Allocate(parent ?? lab.Interconnect(), vlan).ConnectionId!;
        lab.Dx((d, c) => d.ConfirmConnection(c, new() { ConnectionId = id }), Direct.Tenant);
        return id;
    }

    private AwsDx.Connection Allocate(string parent, int vlan) => lab.Dx((d, c) => d.AllocateHostedConnection(c, Request(parent, vlan)));

    private static AwsDx.AllocateHostedConnectionRequest Request(string parent, int vlan) => new()
    {
        ConnectionId = parent,
        OwnerAccount = Direct.Tenant,
        ConnectionName = "hosted",
        Bandwidth = "500Mbps",
        Vlan = vlan,
    };
}
