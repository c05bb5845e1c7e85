using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Cloud;

/// <summary>By which words interfaces, pools, paths and what hangs on them are found.</summary>
public sealed class AddressRowTests
{
    private static readonly PartitionKey Home = new("000000000000", "us-east-1");
    private static readonly Id<Subnet> InSubnet = new("subnet-00000000000000001");
    private static readonly Id<NetworkInterface> Eni = new("eni-00000000000000001");

    [Fact]
    public void An_interface_is_found_by_each_of_its_addresses_and_prefixes()
    {
        Partition rows = Partition.Empty(Home).Put(new NetworkInterface
        {
            Id = Eni,
            SubnetId = InSubnet,
            VpcId = new("vpc-00000000000000001"),
            MacAddress = "02:00:00:00:00:01",
            PrivateAddresses = [new InterfaceAddress(IpAddress.Parse("10.0.1.10"), IpAddress.Parse("3.1.2.3"))],
            Ipv6Addresses = [IpAddress.Parse("2600:1f00::10")],
            Ipv4Prefixes = [Prefix.Parse("10.0.1.64/28")],
            Ipv6Prefixes = [Prefix.Parse("2600:1f00:0:0:1::/80")],
        });
        string[] words =
        [
            NetworkInterface.AddressWord(InSubnet, IpAddress.Parse("10.0.1.10")),
            NetworkInterface.AddressWord(InSubnet, IpAddress.Parse("2600:1f00::10")),
            NetworkInterface.PrefixWord(InSubnet, Prefix.Parse("10.0.1.64/28")),
            NetworkInterface.PrefixWord(InSubnet, Prefix.Parse("2600:1f00:0:0:1::/80")),
            NetworkInterface.PublicWord(IpAddress.Parse("3.1.2.3")),
        ];
        Assert.All(words, word => Assert.Equal(Eni, rows.By<NetworkInterface>(word).Single().Id));
        Assert.Empty(rows.By<NetworkInterface>(NetworkInterface.AddressWord(InSubnet, IpAddress.Parse("10.0.1.64"))));
        rows = rows.Put(rows.Get(Eni) with { Ipv4Prefixes = [] });
        Assert.Empty(rows.By<NetworkInterface>(words[2]));
    }

    [Fact]
    public void Permissions_pools_and_analyses_are_found_by_what_they_belong_to()
    {
        Id<NetworkInsightsPath> path = new("nip-00000000000000001");
        Partition rows = Partition.Empty(Home)
            .Put(new NetworkInterfacePermission
            {
                Id = new("eni-perm-00000000000000001"),
                NetworkInterfaceId = Eni,
                AccountId = "111111111111",
                Permission = "INSTANCE-ATTACH",
            })
            .Put(new PublicIpv4Pool
            {
                Id = new("ipv4pool-ec2-00000000000000001"),
                Ranges = [Prefix.Parse("198.18.4.0/24")],
                NetworkBorderGroup = "us-east-1",
            })
            .Put(new Ipv6AddressPool { Id = new("ipv6pool-ec2-00000000000000001"), Ranges = [Prefix.Parse("2001:db8::/48")] })
            .Put(new NetworkInsightsAnalysis
            {
                Id = new("nia-00000000000000001"),
                PathId = path,
                StartDate = DateTimeOffset.UnixEpoch,
                PathFound = true,
                Answer = "{}",
            });
        Assert.Single(rows.By<NetworkInterfacePermission>(Eni.Value));
        Assert.Single(rows.By<PublicIpv4Pool>("198.18.4.0/24"));
        Assert.Single(rows.By<Ipv6AddressPool>("2001:db8::/48"));
        Assert.Single(rows.By<NetworkInsightsAnalysis>(path.Value));
    }

    [Theory]
    [InlineData("eni-perm-00000000000000001", "network-interface-permission")]
    [InlineData("eni-00000000000000001", "network-interface")]
    [InlineData("ipv4pool-ec2-00000000000000001", "ipv4pool-ec2")]
    [InlineData("ipv6pool-ec2-00000000000000001", "ipv6pool-ec2")]
    [InlineData("nip-00000000000000001", "network-insights-path")]
    [InlineData("nia-00000000000000001", "network-insights-analysis")]
    public void An_id_tells_its_kind(string id, string kind) => Assert.Equal(kind, Kinds.OfId(id)!.Name);
}
