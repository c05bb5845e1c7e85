using Trunkline.Cloud;

namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>Bundles of ports, and what goes into them and out again.</summary>
public sealed class LagTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_lag_comes_with_its_ports()
    {
        AwsDx.Lag lag = lab.Dx((d, c) => d.CreateLag(c, new()
        {
            LagName = "bundle",
            ConnectionsBandwidth = "10Gbps",
            Location = Direct.Location,
            NumberOfConnections = 2,
            RequestMACSec = true,
            Tags = [new() { Key = "of", Value = "lag" }],
            ChildConnectionTags = [new() { Key = "of", Value = "child" }],
        }));
        Assert.Matches("^dxlag-f[0-9a-z]{7}$", lag.LagId);
        Assert.Equal(("available", 2, 0, false, "should_encrypt"), (
            lag.LagState, lag.NumberOfConnections, lag.MinimumLinks, lag.AllowsHostedConnections, lag.EncryptionMode));
        Assert.Equal("lag", Assert.Single(lag.Tags!).Value);
        Assert.Equal(
            [$"Requested Connection 1 for Lag {lag.LagId}", $"Requested Connection 2 for Lag {lag.LagId}"],
            lag.Connections!.Select(c => c.ConnectionName).Order(StringComparer.Ordinal));
        Assert.All(lag.Connections!, c => Assert.Equal((lag.LagId, "child"), (c.LagId, Assert.Single(c.Tags!).Value)));
        Assert.Equal(lag.LagId, Assert.Single(lab.Dx((d, c) => d.DescribeLags(c, new() { LagId = lag.LagId })).LagsValue!).LagId);
        Assert.Equal("Could not find Lag with ID dxlag-x", lab.DxRefused((d, c) => d.DescribeLags(c, new() { LagId = "dxlag-x" })));
    }

    [Theory]
    [InlineData("10Gbps", 4)]
    [InlineData("100Gbps", 2)]
    public void A_lag_has_at_most_four_ports_or_two_of_the_fastest(string bandwidth, int most)
    {
        Assert.Equal(most, lab.Lag(most, bandwidth).NumberOfConnections);
        AwsDx.CreateLagRequest more = new()
        {
            LagName = "bundle",
            ConnectionsBandwidth = bandwidth,
            Location = Direct.Location,
            NumberOfConnections = most + 1,
        };
        lab.DxRefused((d, c) => d.CreateLag(c, more));
        string full = Assert.Single(lab.Here.All<DxLag>()).Key;
        string port = lab.Connection(bandwidth: bandwidth);
        Assert.Contains("limit", lab.DxRefused((d, c) => d.AssociateConnectionWithLag(
            c, new() { ConnectionId = port, LagId = full })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_takes_its_virtual_interfaces_along_into_a_lag_and_leaves_them_there()
    {
        string port = lab.Connection();
        string vif = lab.NewPublic(port, Direct.Public(10)).VirtualInterfaceId!;
        string lag = lab.Lag(0).LagId!;
        Assert.Equal(lag, lab.Dx((d, c) => d.AssociateConnectionWithLag(c, new() { ConnectionId = port, LagId = lag })).LagId);
        Assert.Equal(lag, lab.Seen(vif)!.ConnectionId);
        Assert.Contains("on the LAG", lab.DxRefused((d, c) => d.CreatePublicVirtualInterface(
            c, new() { ConnectionId = port, NewPublicVirtualInterface = Direct.Public(11) })), StringComparison.Ordinal);
        Assert.Null(lab.Dx((d, c) => d.DisassociateConnectionFromLag(c, new() { ConnectionId = port, LagId = lag })).LagId);
        Assert.Equal(lag, lab.Seen(vif)!.ConnectionId);
        Assert.Contains("has virtual interfaces", lab.DxRefused((d, c) => d.DeleteLag(c, new() { LagId = lag })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_vlan_that_is_taken_keeps_a_port_out()
    {
        string port = lab.Connection();
        string lag = lab.Lag(1).LagId!;
        lab.NewPublic(port, Direct.Public(10));
        lab.NewPublic(lag, Direct.Public(10) with { AmazonAddress = "203.0.113.5/30", CustomerAddress = "203.0.113.6/30" });
        Assert.Contains("VLAN 10 is already in use", lab.DxRefused((d, c) => d.AssociateConnectionWithLag(
            c, new() { ConnectionId = port, LagId = lag })), StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_that_do_not_fit_stay_out()
    {
        string lag = lab.Lag(1).LagId!;
        string slow = lab.Connection(bandwidth: "1Gbps");
        string partner = lab.Interconnect();
        string elsewhere = lab.Dx((d, c) => d.CreateConnection(
            c, new() { ConnectionName = "port", Bandwidth = "10Gbps", Location = "CSVA1" })).ConnectionId!;
        string secure = lab.Dx((d, c) => d.CreateLag(c, new()
        {
            LagName = "secure",
            ConnectionsBandwidth = "10Gbps",
            Location = Direct.Location,
            NumberOfConnections = 1,
            RequestMACSec = true,
        })).LagId!;
        (string Words, string Port, string Lag)[] cases =
        [
            ("does not match", slow, lag), ("cannot be part of one LAG", partner, lag), ("same Direct Connect endpoint", elsewhere, lag),
            ("is not MACsec capable", lab.Connection(), secure), ("Could not find Connection", "dxcon-x", lag),
            ("Could not find Lag", slow, "dxlag-x"),
        ];
        foreach ((string words, string port, string to) in cases)
        {
            Assert.Contains(words, lab.DxRefused((d, c) => d.AssociateConnectionWithLag(
                c, new() { ConnectionId = port, LagId = to })), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_minimum_of_links_holds_ports_but_not_the_last()
    {
        AwsDx.Lag lag = lab.Lag(2);
        lab.DxRefused((d, c) => d.UpdateLag(c, new() { LagId = lag.LagId, MinimumLinks = 3 }));
        lab.Dx((d, c) => d.UpdateLag(c, new() { LagId = lag.LagId, MinimumLinks = 2, LagName = "renamed" }));
        string[] ports = [.. lag.Connections!.Select(c => c.ConnectionId!)];
        Assert.Contains("minimum of 2", lab.DxRefused((d, c) => d.DisassociateConnectionFromLag(
            c, new() { ConnectionId = ports[0], LagId = lag.LagId })), StringComparison.Ordinal);
        lab.DxRefused((d, c) => d.DeleteConnection(c, new() { ConnectionId = ports[0] }));
        lab.Site(failed: $"connection:{ports[0]}");
        AwsDx.Lag seen = Assert.Single(lab.Dx((d, c) => d.DescribeLags(c, new())).LagsValue!);
        Assert.Equal(("down", "renamed"), (seen.LagState, seen.LagName));
        lab.Dx((d, c) => d.UpdateLag(c, new() { LagId = lag.LagId, MinimumLinks = 1 }));
        Assert.Equal("available", Assert.Single(lab.Dx((d, c) => d.DescribeLags(c, new())).LagsValue!).LagState);
        lab.Dx((d, c) => d.DeleteConnection(c, new() { ConnectionId = ports[0] }));
        lab.Dx((d, c) => d.DisassociateConnectionFromLag(c, new() { ConnectionId = ports[1], LagId = lag.LagId }));
        Assert.Equal(0, Assert.Single(lab.Dx((d, c) => d.DescribeLags(c, new())).LagsValue!).NumberOfConnections);
    }

    [Fact]
    public void A_deleted_lag_leaves_its_ports()
    {
        string port = lab.Connection();
        AwsDx.Lag lag = lab.Lag(2, connection: port);
        Assert.Equal(2, lag.NumberOfConnections);
        Assert.Equal("deleted", lab.Dx((d, c) => d.DeleteLag(c, new() { LagId = lag.LagId })).LagState);
        Assert.Equal(2, lab.Dx((d, c) => d.DescribeConnections(c, new())).ConnectionsValue!.Count(c => c.LagId is null));
        Assert.Equal($"Could not find Lag with ID {lag.LagId}", lab.DxRefused((d, c) => d.DeleteLag(c, new() { LagId = lag.LagId })));
    }

    [Fact]
    public void The_encryption_mode_goes_to_every_member()
    {
        AwsDx.Lag lag = lab.Dx((d, c) => d.CreateLag(c, new()
        {
            LagName = "secure",
            ConnectionsBandwidth = "10Gbps",
            Location = Direct.Location,
            NumberOfConnections = 2,
            RequestMACSec = true,
        }));
        AwsDx.Lag after = lab.Dx((d, c) => d.UpdateLag(c, new() { LagId = lag.LagId, EncryptionMode = "must_encrypt" }));
        Assert.All(after.Connections!, c => Assert.Equal("must_encrypt", c.EncryptionMode));
        lab.DxRefused((d, c) => d.UpdateLag(c, new() { LagId = lag.LagId, EncryptionMode = "sometimes" }));
    }
}
