using CsCheck;
using Trunkline.Addressing;

namespace Trunkline.Tests.Addressing;

public sealed class PrefixTests
{
    private static readonly Gen<Prefix> V4 = Gen.Select(Gen.UInt, Gen.Int[0, 32], (bits, length) => new Prefix(IpAddress.FromV4(bits), length));

    private static readonly Gen<Prefix> V6 = Gen.Select(
        Gen.ULong, Gen.ULong, Gen.Int[0, 128], (high, low, length) => new Prefix(IpAddress.FromV6(new UInt128(high, low)), length));

    [Theory]
    [InlineData("100.68.0.18/18", "100.68.0.0/18", false)]
    [InlineData("10.0.0.0/16", "10.0.0.0/16", true)]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", true)]
    [InlineData("1.2.3.4/32", "1.2.3.4/32", true)]
    [InlineData("2600:1f00::1/56", "2600:1f00::/56", false)]
    [InlineData("::/0", "::/0", true)]
    public void Clears_host_bits_and_says_so(string text, string wanted, bool strict)
    {
        Assert.True(Prefix.TryParse(text, out Prefix prefix, out bool wasStrict));
        Assert.Equal((wanted, strict), (prefix.ToString(), wasStrict));
    }

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/")]
    [InlineData("/8")]
    [InlineData("::/129")]
    [InlineData("10.0.0.0/999999999999")]
    public void Refuses_what_is_no_block(string text) => Assert.False(Prefix.TryParse(text, out _));

    [Fact]
    public void First_and_last_are_its_ends() => Gen.OneOf(V4, V6).Sample(prefix =>
    {
        Assert.True(prefix.Contains(prefix.First));
        Assert.True(prefix.Contains(prefix.Last));
        Assert.True(prefix.Length == 0 || !prefix.Contains(prefix.Last.Plus(1)));
        Assert.Equal(prefix.Count, prefix.Last.Bits - prefix.First.Bits + 1);
    });

    [Fact]
    public void Two_blocks_nest_or_are_apart() => Gen.Select(V4, V4).Sample((a, b) =>
    {
        bool share = a.First <= b.Last && b.First <= a.Last;
        Assert.Equal(share, a.Overlaps(b));
        Assert.Equal(share, a.Contains(b) || b.Contains(a));
    });

    [Fact]
    public void Families_never_meet()
    {
        Assert.False(Prefix.AnyV4.Contains(IpAddress.Parse("::1")));
        Assert.False(Prefix.AnyV6.Contains(IpAddress.Parse("10.0.0.1")));
        Assert.False(Prefix.AnyV4.Overlaps(Prefix.AnyV6));
    }

    [Fact]
    public void Reads_back_what_it_prints() => Gen.OneOf(V4, V6).Sample(prefix => Assert.Equal(prefix, Prefix.Parse(prefix.ToString())));
}
