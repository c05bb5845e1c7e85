using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Trunkline.Control.Machines;

/// <summary>
/// Session tokens of instance metadata version 2: when they end and whose they are, under a key that nobody else has. Nothing is kept, so a
/// token holds as long as the key does. Source: AWS, "How Instance Metadata Service Version 2 works".
/// </summary>
/// <param name="key">At least 32 random octets.</param>
public sealed class MetadataTokens(byte[] key)
{
    /// <summary>Seconds that a token may live at most: six hours.</summary>
    public const int SecondsMax = 21_600;

    private const int TimeBytes = 8;
    private const int ProofBytes = 32;

    /// <summary>A new token for one instance.</summary>
    /// <param name="seconds">1 to <see cref="SecondsMax"/>.</param>
    public string Make(string instanceId, DateTimeOffset now, int seconds)
    {
        Span<byte> token = stackalloc byte[TimeBytes + ProofBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, now.ToUnixTimeSeconds() + seconds);
        Prove(token[..TimeBytes], instanceId, token[TimeBytes..]);
        return Convert.ToBase64String(token).Replace('+', '-').Replace('/', '_');
    }

    /// <summary>Seconds that are left of a token; null where it is not one of this instance's, or is over.</summary>
    public int? SecondsLeft(string token, string instanceId, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[TimeBytes + ProofBytes];
        if (!Convert.TryFromBase64String(token.Replace('-', '+').Replace('_', '/'), bytes, out int length) || length != bytes.Length)
        {
            return null;
        }

        Span<byte> proof = stackalloc byte[ProofBytes];
        Prove(bytes[..TimeBytes], instanceId, proof);
        long left = BinaryPrimitives.ReadInt64BigEndian(bytes) - now.ToUnixTimeSeconds();
        return CryptographicOperations.FixedTimeEquals(proof, bytes[TimeBytes..]) && left is > 0 and <= SecondsMax ? (int)left : null;
    }

    /// <summary>Text that only this key makes of a seed: 88 characters of base64.</summary>
    internal string Secret(string seed) => Convert.ToBase64String(HMACSHA512.HashData(key, Encoding.UTF8.GetBytes(seed)));

    private void Prove(ReadOnlySpan<byte> time, string instanceId, Span<byte> proof)
    {
        byte[] signed = [.. time, .. Encoding.UTF8.GetBytes(instanceId)];
        HMACSHA256.HashData(key, signed, proof);
    }
}
