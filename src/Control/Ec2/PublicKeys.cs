using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Trunkline.Control.Ec2;

/// <summary>A public key that was imported, as it was read.</summary>
/// <param name="Type"><c>rsa</c> or <c>ed25519</c>.</param>
/// <param name="Line">OpenSSH's one line, without a comment.</param>
/// <param name="Fingerprint">RSA: MD5 of the DER public key in hexadecimal with colons. ED25519: SHA-256 in base64.</param>
internal sealed record PublicKeyRead(string Type, string Line, string Fingerprint);

/// <summary>Reads the public keys that ImportKeyPair takes: OpenSSH lines, base64 DER, RFC 4716. Source: AWS, "Create a key pair".</summary>
internal static class PublicKeys
{
    /// <exception cref="Fault">InvalidKey.Format.</exception>
    public static PublicKeyRead Read(byte[]? material)
    {
        string text = Encoding.UTF8.GetString(material ?? []).Trim();
        byte[]? blob = text.StartsWith("---- BEGIN SSH2", StringComparison.Ordinal) ? OfRfc4716(text)
            : text.StartsWith("ssh-", StringComparison.Ordinal) ? FromBase64(text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1))
            : OfDer(text);
        return (blob is null ? null : OfBlob(blob)) ?? throw new Fault("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    }

    /// <summary>Bytes as AWS prints them: <c>1f:51:ae:…</c></summary>
    public static string Colons(byte[] hash) => string.Join(':', hash.Select(b => b.ToString("x2")));

    private static PublicKeyRead? OfBlob(byte[] blob)
    {
        if (Parts(blob) is not { } parts)
        {
            return null;
        }

        return (Encoding.ASCII.GetString(parts[0]), parts.Count) switch
        {
            ("ssh-ed25519", 2) when parts[1].Length == Ed25519.KeyLength => new PublicKeyRead(
                "ed25519", $"ssh-ed25519 {Convert.ToBase64String(blob)}", Convert.ToBase64String(SHA256.HashData(blob))),
            ("ssh-rsa", 3) => OfRsa(blob, exponent: parts[1], modulus: parts[2]),
            _ => null,
        };
    }

#pragma warning disable CA5351 // AWS's fingerprint of an imported RSA key is MD5; it protects nothing.
    private static PublicKeyRead? OfRsa(byte[] blob, byte[] exponent, byte[] modulus)
    {
        byte[] n = [.. modulus.SkipWhile(b => b == 0)];
        byte[] e = [.. exponent.SkipWhile(b => b == 0)];
        if (n.Length is < 128 or > 1024 || e.Length is 0 or > 8)
        {
            return null;
        }

        try
        {
            using RSA rsa = RSA.Create(new RSAParameters { Modulus = n, Exponent = e });
            return new PublicKeyRead(
                "rsa", $"ssh-rsa {Convert.ToBase64String(blob)}", Colons(MD5.HashData(rsa.ExportSubjectPublicKeyInfo())));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
#pragma warning restore CA5351

    private static byte[]? OfRfc4716(string text)
    {
        IEnumerable<string> lines = text.Split('\n', StringSplitOptions.TrimEntries)
            .Where(l => l.Length > 0 && !l.StartsWith("----", StringComparison.Ordinal) && !l.Contains(':'));
        return FromBase64(string.Concat(lines));
    }

    /// <summary>A DER public key in base64, with or without PEM's first and last line.</summary>
    private static byte[]? OfDer(string text)
    {
        string plain = string.Concat(text.Split('\n', StringSplitOptions.TrimEntries).Where(l => !l.StartsWith("-----", StringComparison.Ordinal)));
        if (FromBase64(plain) is not { } der)
        {
            return null;
        }

        try
        {
            using RSA rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(der, out _);
            RSAParameters key = rsa.ExportParameters(includePrivateParameters: false);
            return new SshWriter().Text("ssh-rsa").Number(key.Exponent!).Number(key.Modulus!).ToArray();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? FromBase64(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? bytes[..length] : null;
    }

    /// <summary>The values of an SSH blob, each with its length before it; null where the lengths do not add up.</summary>
    private static List<byte[]>? Parts(ReadOnlySpan<byte> blob)
    {
        List<byte[]> parts = [];
        while (!blob.IsEmpty)
        {
            if (blob.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(blob) is var length && length > (uint)(blob.Length - 4))
            {
                return null;
            }

            int size = (int)BinaryPrimitives.ReadUInt32BigEndian(blob);
            parts.Add(blob.Slice(4, size).ToArray());
            blob = blob[(4 + size)..];
        }

        return parts.Count == 0 ? null : parts;
    }
}
