using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Trunkline.Control.Ec2;

/// <summary>A key pair in the forms that AWS gives: OpenSSH's line, a private key as PEM or PuTTY file, a fingerprint.</summary>
/// <remarks>Source: RFC 4253 section 6.6 and RFC 8709 (public keys), OpenSSH's PROTOCOL.key, PuTTY's manual appendix C (version 2 files).</remarks>
internal sealed class KeyFiles
{
    private const string Ed25519Name = "ssh-ed25519";
    private const string RsaName = "ssh-rsa";

    private readonly MadeKey key;
    private readonly byte[]? edPublic;

    public KeyFiles(MadeKey key)
    {
        this.key = key;
        edPublic = key.Ed25519Seed is { } seed ? Ed25519.PublicKeyOf(seed) : null;
    }

    /// <summary>OpenSSH's one line, without a comment.</summary>
    public string PublicLine => $"{Name} {Convert.ToBase64String(PublicBlob())}";

    private string Name => edPublic is null ? RsaName : Ed25519Name;

    /// <summary>RSA: SHA-1 of the PKCS#8 private key in hexadecimal with colons. ED25519: SHA-256 of the public key in base64.</summary>
    public string Fingerprint
    {
        get
        {
            if (edPublic is not null)
            {
                return Convert.ToBase64String(SHA256.HashData(PublicBlob()));
            }

            using RSA rsa = RSA.Create(key.Rsa!.Value);
#pragma warning disable CA5350 // AWS's fingerprint of a key that it made is SHA-1; it protects nothing.
            return PublicKeys.Colons(SHA1.HashData(rsa.ExportPkcs8PrivateKey()));
#pragma warning restore CA5350
        }
    }

    /// <summary>The private key: PEM of PKCS#1 for RSA, OpenSSH's own form for ED25519.</summary>
    public string Pem()
    {
        if (edPublic is not null)
        {
            return PemEncoding.WriteString("OPENSSH PRIVATE KEY", OpenSshBlob());
        }

        using RSA rsa = RSA.Create(key.Rsa!.Value);
        return rsa.ExportRSAPrivateKeyPem();
    }

    /// <summary>PuTTY's private key file, version 2, without a passphrase.</summary>
    public string Ppk(string comment)
    {
        byte[] open = PublicBlob();
        byte[] secret = PuttySecret();
        byte[] mac = PuttyMac(open, secret, comment);
        StringBuilder text = new();
        text.Append("PuTTY-User-Key-File-2: ").Append(Name).Append("\r\n");
        text.Append("Encryption: none\r\n");
        text.Append("Comment: ").Append(comment).Append("\r\n");
        AppendLines(text, "Public-Lines", open);
        AppendLines(text, "Private-Lines", secret);
        return text.Append("Private-MAC: ").Append(Convert.ToHexStringLower(mac)).Append("\r\n").ToString();
    }

    private byte[] PublicBlob()
    {
        SshWriter blob = new();
        blob.Text(Name);
        if (edPublic is not null)
        {
            return blob.Bytes(edPublic).ToArray();
        }

        return blob.Number(key.Rsa!.Value.Exponent!).Number(key.Rsa.Value.Modulus!).ToArray();
    }

    private byte[] OpenSshBlob()
    {
        byte[] pair = [.. key.Ed25519Seed!, .. edPublic!];

        // Both check numbers must be equal; they are there to see a wrong passphrase, and this file has none.
        uint check = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(pair));
        SshWriter secret = new SshWriter().Count(check).Count(check).Text(Ed25519Name).Bytes(edPublic!).Bytes(pair).Text("");
        for (byte padding = 1; secret.Length % 8 != 0; padding++)
        {
            secret.Raw([padding]);
        }

        return new SshWriter().Raw("openssh-key-v1\0"u8).Text("none").Text("none").Text("").Count(1)
            .Bytes(PublicBlob()).Bytes(secret.ToArray()).ToArray();
    }

    private byte[] PuttySecret()
    {
        if (key.Ed25519Seed is { } seed)
        {
            return new SshWriter().Bytes(seed).ToArray();
        }

        RSAParameters rsa = key.Rsa!.Value;
        return new SshWriter().Number(rsa.D!).Number(rsa.P!).Number(rsa.Q!).Number(rsa.InverseQ!).ToArray();
    }

#pragma warning disable CA5350 // PuTTY's version 2 files are sealed with HMAC-SHA-1; the format leaves no choice.
    private byte[] PuttyMac(byte[] open, byte[] secret, string comment) => HMACSHA1.HashData(
        SHA1.HashData("putty-private-key-file-mac-key"u8),
        new SshWriter().Text(Name).Text("none").Text(comment).Bytes(open).Bytes(secret).ToArray());
#pragma warning restore CA5350

    private static void AppendLines(StringBuilder text, string name, byte[] data)
    {
        const int Width = 64;
        string base64 = Convert.ToBase64String(data);
        text.Append(name).Append(": ").Append((base64.Length + Width - 1) / Width).Append("\r\n");
        for (int at = 0; at < base64.Length; at += Width)
        {
            text.Append(base64, at, Math.Min(Width, base64.Length - at)).Append("\r\n");
        }
    }
}

/// <summary>Writes SSH's binary form: lengths before values, numbers with their sign. Source: RFC 4251, section 5.</summary>
internal sealed class SshWriter
{
    private readonly List<byte> bytes = [];

    public int Length => bytes.Count;

    public SshWriter Raw(ReadOnlySpan<byte> value)
    {
        bytes.AddRange(value);
        return this;
    }

    public SshWriter Count(uint value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, value);
        return Raw(four);
    }

    public SshWriter Bytes(ReadOnlySpan<byte> value) => Count((uint)value.Length).Raw(value);

    public SshWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>A positive number: no leading zeros, but one where its first bit would be taken for a sign.</summary>
    public SshWriter Number(ReadOnlySpan<byte> bigEndian)
    {
        ReadOnlySpan<byte> digits = bigEndian.TrimStart((byte)0);
        return digits.IsEmpty || digits[0] < 128 ? Bytes(digits) : Count((uint)digits.Length + 1).Raw([0]).Raw(digits);
    }

    public byte[] ToArray() => [.. bytes];
}
