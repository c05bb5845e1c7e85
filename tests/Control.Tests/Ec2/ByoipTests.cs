using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class ByoipTests
{
    private readonly Lab lab = new() { Quotas = Quotas.AwsDefaults };

    [Fact]
    public void A_range_goes_from_provisioned_to_advertised_and_back()
    {
        Assert.Equal("pending-provision", Provision("198.18.4.0/24").State);
        Assert.Equal("provisioned", State());
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.WithdrawByoipCidr(c, new() { Cidr = "198.18.4.0/24" })));
        Assert.Equal("pending-advertising", lab.Run((ec2, c) => ec2.AdvertiseByoipCidr(
            c, new() { Cidr = "198.18.4.0/24", Asn = "3356" })).ByoipCidr!.State);
        Assert.Equal("advertised", State());
        Assert.True(lab.Here.All<ByoipCidr>().Single().IsAdvertised);
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.DeprovisionByoipCidr(c, new() { Cidr = "198.18.4.0/24" })));
        lab.Run((ec2, c) => ec2.WithdrawByoipCidr(c, new() { Cidr = "198.18.4.0/24" }));
        Assert.Equal("pending-deprovision", lab.Run((ec2, c) => ec2.DeprovisionByoipCidr(c, new() { Cidr = "198.18.4.0/24" })).ByoipCidr!.State);
        Assert.Empty(lab.Here.All<ByoipCidr>());
        Assert.Empty(lab.Here.All<PublicIpv4Pool>());
    }

    [Theory]
    [InlineData("198.18.4.0/25", null)]
    [InlineData("198.18.4.1/24", null)]
    [InlineData("10.1.0.0/16", null)]
    [InlineData("3.7.0.0/16", null)]
    [InlineData("2001:db8::/49", null)]
    [InlineData("2001:db8::/61", false)]
    [InlineData("fd00::/48", null)]
    [InlineData("nonsense", null)]
    public void Rule044_ranges_are_public_and_large_enough(string cidr, bool? advertisable) =>
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ProvisionByoipCidr(
            c, new() { Cidr = cidr, PubliclyAdvertisable = advertisable })));

    [Fact]
    public void Rule044_a_range_is_in_one_region_at_a_time_and_five_are_the_most()
    {
        Provision("198.18.0.0/24");
        Assert.Equal("InvalidParameterValue", lab.Refused(
            (ec2, c) => ec2.ProvisionByoipCidr(c, new() { Cidr = "198.18.0.0/23" }), "111111111111"));
        for (int i = 1; i < 5; i++)
        {
            Provision($"198.18.{i}.0/24");
        }

        Assert.Equal("ByoipCidrLimitExceeded", lab.Refused((ec2, c) => ec2.ProvisionByoipCidr(c, new() { Cidr = "198.18.9.0/24" })));
        Aws.DescribeByoipCidrsResult page = lab.Run((ec2, c) => ec2.DescribeByoipCidrs(c, new() { MaxResults = 3 }));
        Assert.Equal(3, page.ByoipCidrs!.Count);
        Assert.Equal(2, lab.Run((ec2, c) => ec2.DescribeByoipCidrs(
            c, new() { MaxResults = 3, NextToken = page.NextToken })).ByoipCidrs!.Count);
    }

    [Fact]
    public void Rule044_an_unadvertised_ipv6_range_may_be_small_and_is_never_advertised()
    {
        lab.Run((ec2, c) => ec2.ProvisionByoipCidr(c, new() { Cidr = "2001:db8:1::/56", PubliclyAdvertisable = false }));
        Assert.Equal("provisioned-not-publicly-advertisable", State());
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.AdvertiseByoipCidr(c, new() { Cidr = "2001:db8:1::/56" })));
        Aws.Ipv6Pool pool = lab.Run((ec2, c) => ec2.DescribeIpv6Pools(c, new())).Ipv6Pools!.Single();
        Assert.StartsWith("ipv6pool-ec2-", pool.PoolId);
        Assert.Equal("2001:db8:1::/56", pool.PoolCidrBlocks!.Single().Cidr);
        Assert.Empty(lab.Run((ec2, c) => ec2.GetAssociatedIpv6PoolCidrs(c, new() { PoolId = pool.PoolId })).Ipv6CidrAssociations!);
    }

    [Fact]
    public void Rule044_the_signed_message_names_the_account_and_the_range()
    {
        Aws.ProvisionByoipCidrRequest With(string message) =>
            new() { Cidr = "198.18.4.0/24", CidrAuthorizationContext = new() { Message = message, Signature = "c2ln" } };
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ProvisionByoipCidr(
            c, With("1|aws|111111111111|198.18.4.0/24|20270101|SHA256|RSAPSS"))));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ProvisionByoipCidr(
            c, With("1|aws|000000000000|198.18.4.0/24|20250101|SHA256|RSAPSS"))));
        lab.Run((ec2, c) => ec2.ProvisionByoipCidr(c, With("1|aws|000000000000|198.18.4.0/24|20270101|SHA256|RSAPSS")));
        Assert.Equal("provisioned", State());
    }

    [Fact]
    public void Elastic_ips_come_out_of_the_pool_of_the_range()
    {
        Provision("198.18.4.0/24");
        Aws.PublicIpv4Pool pool = Pool();
        Assert.StartsWith("ipv4pool-ec2-", pool.PoolId);
        Assert.Equal((256, 256), (pool.TotalAddressCount!.Value, pool.TotalAvailableAddressCount!.Value));
        Aws.AllocateAddressResult picked = lab.Run((ec2, c) => ec2.AllocateAddress(c, new() { PublicIpv4Pool = pool.PoolId }));
        Assert.True(Prefix.Parse("198.18.4.0/24").Contains(IpAddress.Parse(picked.PublicIp!)));
        string named = picked.PublicIp == "198.18.4.77" ? "198.18.4.78" : "198.18.4.77";
        Aws.AllocateAddressResult byName = lab.Run((ec2, c) => ec2.AllocateAddress(c, new() { Address = named }));
        Assert.Equal((named, pool.PoolId), (byName.PublicIp, byName.PublicIpv4Pool));
        Assert.Equal((254, 254), (Pool().TotalAvailableAddressCount!.Value, Pool().PoolAddressRanges!.Single().AvailableAddressCount!.Value));
        Assert.Equal("InvalidAddress.NotFound", lab.Refused((ec2, c) => ec2.AllocateAddress(
            c, new() { Address = "198.18.5.1", PublicIpv4Pool = pool.PoolId })));
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.DeprovisionByoipCidr(c, new() { Cidr = "198.18.4.0/24" })));

        // Addresses of one's own do not count against the quota of five.
        for (int i = 0; i < 5; i++)
        {
            lab.NewEip();
        }

        lab.Run((ec2, c) => ec2.AllocateAddress(c, new() { PublicIpv4Pool = pool.PoolId }));
    }

    [Fact]
    public void Empty_pools_are_made_and_deleted()
    {
        string pool = lab.Run((ec2, c) => ec2.CreatePublicIpv4Pool(c, new())).PoolId!;
        Assert.Equal("InsufficientAddressCapacity", lab.Refused((ec2, c) => ec2.AllocateAddress(c, new() { PublicIpv4Pool = pool })));
        Assert.Equal("InvalidIpamPoolId.NotFound", lab.Refused((ec2, c) => ec2.ProvisionPublicIpv4PoolCidr(
            c, new() { PoolId = pool, IpamPoolId = "ipam-pool-00000000000000001", NetmaskLength = 28 })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DeprovisionPublicIpv4PoolCidr(
            c, new() { PoolId = pool, Cidr = "198.18.4.0/24" })));
        lab.Run((ec2, c) => ec2.DeletePublicIpv4Pool(c, new() { PoolId = pool }));
        Assert.Equal("InvalidPublicIpv4PoolID.NotFound", lab.Refused((ec2, c) => ec2.DescribePublicIpv4Pools(c, new() { PoolIds = [pool] })));
        Provision("198.18.4.0/24");
        string own = Pool().PoolId!;
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeletePublicIpv4Pool(c, new() { PoolId = own })));
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.DeprovisionPublicIpv4PoolCidr(
            c, new() { PoolId = own, Cidr = "198.18.4.0/24" })));
    }

    private Aws.ByoipCidr Provision(string cidr) => lab.Run((ec2, c) => ec2.ProvisionByoipCidr(c, new() { Cidr = cidr })).ByoipCidr!;

    private string State() => lab.Run((ec2, c) => ec2.DescribeByoipCidrs(c, new() { MaxResults = 10 })).ByoipCidrs!.Single().State!;

    private Aws.PublicIpv4Pool Pool() => lab.Run((ec2, c) => ec2.DescribePublicIpv4Pools(c, new())).PublicIpv4Pools!.Single();
}
