using System.Net;
using CsCheck;
using Trunkline.Addressing;

namespace Trunkline.Tests.Addressing;

public sealed class IpAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.1.171")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("2600:1f18:1234:5600::abcd")]
    public void Prints_what_it_read(string text) => Assert.Equal(text, IpAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.0.1")]
    [InlineData("10.0.0.256")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.1 ")]
    [InlineData("10.0.0.-1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("::1::")]
    [InlineData("12345::")]
    public void Refuses_what_is_no_address(string? text) => Assert.False(IpAddress.TryParse(text, out _));

    [Fact]
    public void Reads_any_V4_address_as_the_framework_does() => Gen.UInt.Sample(bits =>
    {
        IpAddress address = IpAddress.FromV4(bits);
        Assert.Equal(IPAddress.Parse(address.ToString()).ToString(), address.ToString());
        Assert.Equal(address, IpAddress.Parse(address.ToString()));
    });

    [Fact]
    public void Reads_back_any_V6_address_it_prints() => Gen.Select(Gen.ULong, Gen.ULong).Sample((high, low) =>
    {
        IpAddress address = IpAddress.FromV6(new UInt128(high, low));
        Assert.Equal(address, IpAddress.Parse(address.ToString()));
    });

    [Fact]
    public void Wraps_within_its_family() =>
        Assert.Equal(IpAddress.Parse("0.0.0.1"), IpAddress.Parse("255.255.255.255").Plus(2));
}
