using Org.BouncyCastle.Crypto.Parameters;

namespace Trunkline.Control;

/// <summary>The public key of an ED25519 seed (RFC 8032); the framework has no ED25519.</summary>
public static class Ed25519
{
    public const int KeyLength = 32;

    /// <summary>The 32 bytes of the public key.</summary>
    /// <param name="seed">32 bytes.</param>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed) => new Ed25519PrivateKeyParameters(seed).GeneratePublicKey().GetEncoded();
}
