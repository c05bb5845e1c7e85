using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

public sealed class SubnetCidrReservationTests
{
    private readonly Lab lab = new();
    private readonly string subnet;
    private readonly string block6;

    public SubnetCidrReservationTests()
    {
        Aws.Vpc vpc = lab.NewVpc(ipv6: true);
        block6 = vpc.Ipv6CidrBlockAssociationSet!.Single().Ipv6CidrBlock!.Replace("/56", "/64");
        subnet = lab.NewSubnet(vpc.VpcId!, "10.0.1.0/27", block6).SubnetId!;
    }

    [Fact]
    public void A_reservation_is_made_listed_by_family_and_deleted()
    {
        Aws.SubnetCidrReservation made = New("10.0.1.16/28", "explicit");
        New(block6.Replace("/64", "/80"), "prefix");
        Aws.GetSubnetCidrReservationsResult found = lab.Run((ec2, c) => ec2.GetSubnetCidrReservations(c, new() { SubnetId = subnet }));
        Assert.Equal(("10.0.1.16/28", "explicit", "000000000000"), (made.Cidr, made.ReservationType, made.OwnerId));
        Assert.Equal(made.SubnetCidrReservationId, Assert.Single(found.SubnetIpv4CidrReservations!).SubnetCidrReservationId);
        Assert.Equal("prefix", Assert.Single(found.SubnetIpv6CidrReservations!).ReservationType);
        Assert.Empty(lab.Run((ec2, c) => ec2.GetSubnetCidrReservations(
            c, new() { SubnetId = subnet, Filters = [Networks.Filter("reservationType", "prefix")] })).SubnetIpv4CidrReservations!);
        lab.Run((ec2, c) => ec2.DeleteSubnetCidrReservation(c, new() { SubnetCidrReservationId = made.SubnetCidrReservationId }));
        Assert.Equal(
            "InvalidSubnetCidrReservationID.NotFound",
            lab.Refused((ec2, c) => ec2.DeleteSubnetCidrReservation(c, new() { SubnetCidrReservationId = made.SubnetCidrReservationId })));
    }

    [Theory]
    [InlineData("10.0.2.0/28", "explicit")]
    [InlineData("10.0.0.0/16", "explicit")]
    [InlineData("10.0.1.16", "explicit")]
    [InlineData("10.0.1.8/29", "other")]
    [InlineData("10.0.1.0/28", "prefix")]
    public void What_cannot_be_reserved_is_refused(string cidr, string type)
    {
        New("10.0.1.0/29", "explicit");
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateSubnetCidrReservation(
            c, new() { SubnetId = subnet, Cidr = cidr, ReservationType = type })));
    }

    [Fact]
    public void Picked_addresses_stay_out_of_reserved_ranges_and_named_ones_do_not()
    {
        New("10.0.1.8/29", "explicit");
        New("10.0.1.16/28", "prefix");
        Prefix free = Prefix.Parse("10.0.1.0/29");

        // Of the first eight addresses AWS keeps four.
        for (int i = 0; i < 4; i++)
        {
            string ip = NewInterface(null).PrivateIpAddress!;
            Assert.True(free.Contains(IpAddress.Parse(ip)), ip);
        }

        Assert.Equal("InsufficientFreeAddressesInSubnet", lab.Refused((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet })));
        Assert.Equal("10.0.1.9", NewInterface("10.0.1.9").PrivateIpAddress);
    }

    [Fact]
    public void Picked_prefixes_come_out_of_ranges_reserved_for_them()
    {
        string wide = lab.NewSubnet(lab.Here.Get(new Id<Subnet>(subnet)).VpcId.Value, "10.0.16.0/20").SubnetId!;
        lab.Run((ec2, c) => ec2.CreateSubnetCidrReservation(c, new() { SubnetId = wide, Cidr = "10.0.20.0/27", ReservationType = "prefix" }));
        lab.Run((ec2, c) => ec2.CreateSubnetCidrReservation(c, new() { SubnetId = wide, Cidr = "10.0.24.0/21", ReservationType = "explicit" }));
        Prefix[] picked = [.. Enumerable.Range(0, 12).Select(_ => Prefix.Parse(lab.Run((ec2, c) => ec2.CreateNetworkInterface(
            c, new() { SubnetId = wide, Ipv4PrefixCount = 1 })).NetworkInterface!.Ipv4Prefixes!.Single().Ipv4Prefix!))];
        Assert.All(picked[..2], p => Assert.True(Prefix.Parse("10.0.20.0/27").Contains(p), p.ToString()));
        Assert.All(picked[2..], p => Assert.False(Prefix.Parse("10.0.20.0/27").Overlaps(p) || Prefix.Parse("10.0.24.0/21").Overlaps(p), p.ToString()));
    }

    [Fact]
    public void A_subnet_reserved_as_a_whole_has_no_ipv6_address_to_pick()
    {
        New(block6, "explicit");
        Assert.Equal("InsufficientFreeAddressesInSubnet", lab.Refused((ec2, c) => ec2.CreateNetworkInterface(
            c, new() { SubnetId = subnet, Ipv6AddressCount = 1 })));
    }

    private Aws.SubnetCidrReservation New(string cidr, string type) => lab.Run((ec2, c) => ec2.CreateSubnetCidrReservation(
        c, new() { SubnetId = subnet, Cidr = cidr, ReservationType = type })).SubnetCidrReservation!;

    private Aws.NetworkInterface NewInterface(string? address) => lab.Run((ec2, c) => ec2.CreateNetworkInterface(
        c, new() { SubnetId = subnet, PrivateIpAddress = address })).NetworkInterface!;
}
