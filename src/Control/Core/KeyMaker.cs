using System.Security.Cryptography;

namespace Trunkline.Control;

/// <summary>A private key as it was made.</summary>
/// <param name="Rsa">The RSA key; null where it is ED25519.</param>
/// <param name="Ed25519Seed">The 32 bytes of the ED25519 key (RFC 8032); null where it is RSA.</param>
public sealed record MadeKey(RSAParameters? Rsa, byte[]? Ed25519Seed);

/// <summary>Makes the secrets of new key pairs: they need true randomness, which handlers do not have by themselves.</summary>
public delegate MadeKey KeyMaker(string keyType);

/// <summary>Makers of keys.</summary>
public static class KeyMakers
{
    /// <summary>Bits of the RSA keys that AWS makes.</summary>
    public const int RsaBits = 2048;

    /// <summary>Keys from the operating system's randomness.</summary>
    public static readonly KeyMaker System = keyType =>
    {
        if (keyType != "rsa")
        {
            return new MadeKey(null, RandomNumberGenerator.GetBytes(32));
        }

        using RSA rsa = RSA.Create(RsaBits);
        return new MadeKey(rsa.ExportParameters(includePrivateParameters: true), null);
    };
}
