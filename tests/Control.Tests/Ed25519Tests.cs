using Trunkline.Control;

namespace Trunkline.Tests.Control;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8032, section 7.1, tests 1 and 2.</summary>
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
    public void The_public_key_is_the_RFC_s(string seed, string key) =>
        Assert.Equal(key, Convert.ToHexStringLower(Ed25519.PublicKeyOf(Convert.FromHexString(seed))));
}
