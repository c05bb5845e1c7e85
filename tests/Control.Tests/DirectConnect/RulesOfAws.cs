using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>Section M of AWS's rules, as far as the API holds them.</summary>
public sealed class RulesOfAws
{
    private readonly Lab lab = new();

    [Fact]
    public void Rule127_A_gateway_is_private_or_transit_and_never_both()
    {
        string port = lab.Connection();
        string withExit = lab.Gateway();
        lab.Associate(withExit, lab.Exit("10.1.0.0/16"));
        Assert.Contains("cannot have a transit", RefusedTransit(port, withExit), StringComparison.Ordinal);
        Assert.Contains("cannot be associated", RefusedAssociation(withExit, lab.Hub(), "10.9.0.0/16"), StringComparison.Ordinal);
        string withHub = lab.Gateway();
        lab.Associate(withHub, lab.Hub(), "10.9.0.0/16");
        Assert.Contains("cannot have a private", RefusedPrivate(port, withHub), StringComparison.Ordinal);
        Assert.Contains("cannot be associated", RefusedAssociation(withHub, lab.Exit("10.2.0.0/16")), StringComparison.Ordinal);
        string withPrivate = lab.Gateway();
        lab.NewPrivate(port, Direct.Private(1, withPrivate));
        Assert.Contains("cannot have a transit", RefusedTransit(port, withPrivate), StringComparison.Ordinal);
        Assert.Contains("cannot be associated", RefusedAssociation(withPrivate, lab.Hub(), "10.9.0.0/16"), StringComparison.Ordinal);
        string withTransit = lab.Gateway();
        lab.NewTransit(port, Direct.Transit(2, withTransit));
        Assert.Contains("cannot have a private", RefusedPrivate(port, withTransit), StringComparison.Ordinal);
        Assert.Contains("cannot be associated", RefusedAssociation(withTransit, lab.Exit("10.3.0.0/16")), StringComparison.Ordinal);
        lab.NewPrivate(port, Direct.Private(3, withExit));
        lab.NewTransit(port, Direct.Transit(4, withHub));
    }

    [Fact]
    public void Rule128_Prefixes_are_the_vpcs_for_an_exit_and_must_be_given_for_a_hub()
    {
        Assert.Equal(["10.1.0.0/16"], Direct.Texts(lab.Associate(
            lab.Gateway(), lab.Exit("10.1.0.0/16")).AllowedPrefixesToDirectConnectGateway));
        Assert.Equal(["172.16.0.0/12"], Direct.Texts(lab.Associate(
            lab.Gateway(), lab.Exit("10.1.0.0/16"), "172.16.0.0/12").AllowedPrefixesToDirectConnectGateway));
        string hub = lab.Hub();
        Assert.Contains("required", RefusedAssociation(lab.Gateway(), hub), StringComparison.Ordinal);
        AwsDx.DirectConnectGatewayAssociation made = lab.Associate(lab.Gateway(), hub, "172.16.0.0/12");
        Assert.Contains("required", lab.DxRefused((d, c) => d.UpdateDirectConnectGatewayAssociation(c, new()
        {
            AssociationId = made.AssociationId,
            RemoveAllowedPrefixesToDirectConnectGateway = Direct.Prefixes("172.16.0.0/12"),
        })), StringComparison.Ordinal);
    }

    [Fact]
    public void Rule130_Vpcs_and_prefixes_of_hubs_on_one_gateway_do_not_overlap()
    {
        string exits = lab.Gateway();
        lab.Associate(exits, lab.Exit("10.1.0.0/16"));
        string overlapping = lab.Exit("10.1.128.0/20");
        Assert.Contains("overlap", RefusedAssociation(exits, overlapping), StringComparison.Ordinal);
        lab.Associate(lab.Gateway(), overlapping);
        string hubs = lab.Gateway();
        string hub = lab.Hub();
        lab.Associate(hubs, lab.Hub(), "10.0.0.0/8");
        Assert.Contains("overlap", RefusedAssociation(hubs, hub, "10.5.0.0/16"), StringComparison.Ordinal);
        AwsDx.DirectConnectGatewayAssociation made = lab.Associate(hubs, hub, "172.16.0.0/12");
        Assert.Contains("overlap", lab.DxRefused((d, c) => d.UpdateDirectConnectGatewayAssociation(c, new()
        {
            AssociationId = made.AssociationId,
            AddAllowedPrefixesToDirectConnectGateway = Direct.Prefixes("10.5.0.0/16"),
        })), StringComparison.Ordinal);
    }

    [Fact]
    public void Rule132_A_public_interface_has_at_most_a_thousand_prefixes()
    {
        string port = lab.Connection();
        string[] many = [.. Enumerable.Range(0, 1001).Select(i => $"203.{i / 256}.{i % 256}.0/24")];
        AwsDx.NewPublicVirtualInterface wanted = Direct.Public(1) with { RouteFilterPrefixes = Direct.Prefixes(many) };
        Assert.Contains("at most 1000", lab.DxRefused((d, c) => d.CreatePublicVirtualInterface(
            c, new() { ConnectionId = port, NewPublicVirtualInterface = wanted })), StringComparison.Ordinal);
        Assert.Equal(1000, lab.NewPublic(port, wanted with { RouteFilterPrefixes = Direct.Prefixes(many[1..]) }).RouteFilterPrefixes!.Count);
    }

    [Fact]
    public void Rule133_A_hub_announces_at_most_two_hundred_prefixes()
    {
        string[] many = [.. Enumerable.Range(0, 201).Select(i => $"10.{i}.0.0/16")];
        Assert.Contains("at most 200", RefusedAssociation(lab.Gateway(), lab.Hub(), many), StringComparison.Ordinal);
        lab.Associate(lab.Gateway(), lab.Hub(), many[1..]);
    }

    [Fact]
    public void Rule134_Limits_of_gateways_hold()
    {
        string exits = lab.Gateway();
        for (int i = 0; i < 20; i++)
        {
            lab.Associate(exits, lab.Exit($"10.{i}.0.0/16"));
        }

        Assert.Contains("limit of 20", RefusedAssociation(exits, lab.Exit("10.20.0.0/16")), StringComparison.Ordinal);
        string hubs = lab.Gateway();
        for (int i = 0; i < 6; i++)
        {
            lab.Associate(hubs, lab.Hub(), $"10.{i}.0.0/16");
        }

        Assert.Contains("limit of 6", RefusedAssociation(hubs, lab.Hub(), "10.6.0.0/16"), StringComparison.Ordinal);
        string hub = lab.Hub();
        for (int i = 0; i < 20; i++)
        {
            lab.Associate(lab.Gateway(), hub, "10.0.0.0/8");
        }

        Assert.Contains("limit of 20", RefusedAssociation(lab.Gateway(), hub, "10.0.0.0/8"), StringComparison.Ordinal);
    }

    [Fact]
    public void Rule134_A_gateway_takes_thirty_interfaces_and_a_port_fifty_and_four_transit()
    {
        lab.Quotas = Quotas.AwsDefaults;
        string port = lab.Connection();
        string full = lab.Gateway();
        for (int i = 1; i <= 30; i++)
        {
            lab.NewPrivate(port, Direct.Private(i, full));
        }

        Assert.Contains("limit of 30", RefusedPrivate(port, full), StringComparison.Ordinal);
        string next = lab.Gateway();
        string transit = lab.Gateway();
        lab.NewTransit(port, Direct.Transit(101, transit));
        for (int i = 31; i <= 50; i++)
        {
            lab.NewPrivate(port, Direct.Private(i, next));
        }

        Assert.Contains("limit of 51", RefusedPrivate(port, next), StringComparison.Ordinal);
        string other = lab.Connection();
        for (int i = 1; i <= 4; i++)
        {
            lab.NewTransit(other, Direct.Transit(i, transit));
        }

        Assert.Contains("limit of 4 transit", RefusedTransit(other, transit), StringComparison.Ordinal);
        lab.NewPrivate(other, Direct.Private(5, next));
    }

    [Theory]
    [InlineData(DxInterfaceType.Private, 9001, true)]
    [InlineData(DxInterfaceType.Private, 8500, true)]
    [InlineData(DxInterfaceType.Transit, 8500, true)]
    [InlineData(DxInterfaceType.Transit, 9001, false)]
    public void Rule134_Jumbo_frames_are_9001_on_private_and_8500_on_transit_interfaces(DxInterfaceType type, int mtu, bool fits)
    {
        string port = lab.Connection();
        string gateway = lab.Gateway();
        string id = type == DxInterfaceType.Private
            ? lab.NewPrivate(port, Direct.Private(1, gateway)).VirtualInterfaceId!
            : lab.NewTransit(port, Direct.Transit(1, gateway)).VirtualInterfaceId!;
        AwsDx.UpdateVirtualInterfaceAttributesRequest change = new() { VirtualInterfaceId = id, Mtu = mtu };
        if (fits)
        {
            Assert.Equal(mtu, lab.Dx((d, c) => d.UpdateVirtualInterfaceAttributes(c, change)).Mtu);
        }
        else
        {
            Assert.Contains($"MTU {mtu} is not valid", lab.DxRefused((d, c) => d.UpdateVirtualInterfaceAttributes(c, change)), StringComparison.Ordinal);
        }
    }

    private string RefusedPrivate(string port, string gateway) => lab.DxRefused((d, c) => d.CreatePrivateVirtualInterface(
        c, new() { ConnectionId = port, NewPrivateVirtualInterface = Direct.Private(900, gateway) }));

    private string RefusedTransit(string port, string gateway) => lab.DxRefused((d, c) => d.CreateTransitVirtualInterface(
        c, new() { ConnectionId = port, NewTransitVirtualInterface = Direct.Transit(900, gateway) }));

    private string RefusedAssociation(string gateway, string associated, params string[] prefixes) => lab.DxRefused(
        (d, c) => d.CreateDirectConnectGatewayAssociation(c, Direct.Association(gateway, associated, prefixes)));
}
