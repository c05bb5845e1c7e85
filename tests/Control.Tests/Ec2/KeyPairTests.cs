using System.Security.Cryptography;
using System.Text;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

#pragma warning disable CA5350, CA5351 // AWS's fingerprints are SHA-1 and MD5.
public sealed class KeyPairTests
{
    private readonly Lab lab = new();

    /// <summary>RFC 8032, section 7.1, tests 1 to 3.</summary>
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")]
    public void Ed25519_public_keys_are_those_of_the_standard(string seed, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Ed25519.PublicKeyOf(Convert.FromHexString(seed))));

    [Fact]
    public void A_made_rsa_key_has_the_fingerprint_of_its_private_key()
    {
        Aws.KeyPair made = lab.Run((ec2, c) => ec2.CreateKeyPair(c, new() { KeyName = "k" }));
        using RSA rsa = RSA.Create();
        rsa.ImportFromPem(made.KeyMaterial);
        Assert.Equal(2048, rsa.KeySize);
        Assert.StartsWith("-----BEGIN RSA PRIVATE KEY-----", made.KeyMaterial, StringComparison.Ordinal);
        Assert.Equal(Colons(SHA1.HashData(rsa.ExportPkcs8PrivateKey())), made.KeyFingerprint);
        Aws.KeyPairInfo seen = lab.Run((ec2, c) => ec2.DescribeKeyPairs(c, new() { KeyNames = ["k"], IncludePublicKey = true })).KeyPairs!.Single();
        Assert.Equal(("rsa", made.KeyFingerprint, made.KeyPairId), (seen.KeyType, seen.KeyFingerprint, seen.KeyPairId));
        Aws.ImportKeyPairResult again = lab.Run((ec2, c) => ec2.ImportKeyPair(
            c, new() { KeyName = "again", PublicKeyMaterial = Encoding.UTF8.GetBytes(seen.PublicKey!) }));
        Assert.Equal(Colons(MD5.HashData(rsa.ExportSubjectPublicKeyInfo())), again.KeyFingerprint);
    }

    [Fact]
    public void A_made_ed25519_key_comes_in_the_forms_of_OpenSSH_and_PuTTY()
    {
        byte[] seed = Convert.FromHexString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        Aws.KeyPair pem = MadeWith(seed, new() { KeyName = "pem", KeyType = "ed25519" });
        Aws.KeyPair ppk = MadeWith(seed, new() { KeyName = "ppk", KeyType = "ed25519", KeyFormat = "ppk" });
        Assert.StartsWith("-----BEGIN OPENSSH PRIVATE KEY-----", pem.KeyMaterial, StringComparison.Ordinal);
        Assert.StartsWith("PuTTY-User-Key-File-2: ssh-ed25519\r\n", ppk.KeyMaterial, StringComparison.Ordinal);
        Assert.Equal(pem.KeyFingerprint, ppk.KeyFingerprint);
        string line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
        Aws.ImportKeyPairResult imported = lab.Run((ec2, c) => ec2.ImportKeyPair(
            c, new() { KeyName = "imported", PublicKeyMaterial = Encoding.UTF8.GetBytes(line + " me@home") }));
        Assert.Equal(pem.KeyFingerprint, imported.KeyFingerprint);
    }

    [Fact]
    public void A_key_may_be_imported_as_DER_in_base64()
    {
        using RSA rsa = RSA.Create(2048);
        string der = Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
        Assert.Equal(Colons(MD5.HashData(rsa.ExportSubjectPublicKeyInfo())), lab.Run((ec2, c) => ec2.ImportKeyPair(
            c, new() { KeyName = "der", PublicKeyMaterial = Encoding.UTF8.GetBytes(der) })).KeyFingerprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("ssh-rsa")]
    [InlineData("ssh-rsa AAAA")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA////")]
    [InlineData("ssh-dss AAAAB3NzaC1kc3MAAAAA")]
    public void What_is_no_key_is_refused(string material) => Assert.Equal("InvalidKey.Format", lab.Refused((ec2, c) => ec2.ImportKeyPair(
        c, new() { KeyName = "k", PublicKeyMaterial = Encoding.UTF8.GetBytes(material) })));

    [Fact]
    public void Names_are_unique_and_deletion_never_fails()
    {
        Aws.KeyPair made = lab.Run((ec2, c) => ec2.CreateKeyPair(c, new() { KeyName = "k", KeyType = "ed25519" }));
        Assert.Equal("InvalidKeyPair.Duplicate", lab.Refused((ec2, c) => ec2.CreateKeyPair(c, new() { KeyName = "k" })));
        Assert.Equal("k", lab.LaunchOne(Launches.Ask() with { KeyName = "k" }).KeyName);
        Assert.Equal(made.KeyPairId, lab.Run((ec2, c) => ec2.DeleteKeyPair(c, new() { KeyName = "k" })).KeyPairId);
        Assert.True(lab.Run((ec2, c) => ec2.DeleteKeyPair(c, new() { KeyName = "k" })).Return);
        Assert.Equal("InvalidKeyPair.NotFound", lab.Refused((ec2, c) => ec2.DescribeKeyPairs(c, new() { KeyNames = ["k"] })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.DeleteKeyPair(c, new())));
    }

    private Aws.KeyPair MadeWith(byte[] seed, Aws.CreateKeyPairRequest request)
    {
        CommandContext plain = lab.Context();
        CommandContext context = new(plain.Caller, plain.Now, plain.Ids, plain.Quotas, plain.Draft, _ => plain.Tracer)
        {
            Keys = _ => new MadeKey(null, seed),
        };
        Aws.KeyPair made = lab.Ec2.CreateKeyPair(context, request);
        lab.Commit(context);
        return made;
    }

    private static string Colons(byte[] hash) => string.Join(':', hash.Select(b => b.ToString("x2")));
}
