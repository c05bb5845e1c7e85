using System.Numerics;
using System.Security.Cryptography;

namespace Trunkline.Control;

/// <summary>The public key of an ED25519 seed. Source: RFC 8032, sections 5.1.5 and 5.1.4 (extended coordinates).</summary>
/// <remarks>Plain arithmetic, not proof against timing: it runs once where a key pair of the emulated cloud is made.</remarks>
public static class Ed25519
{
    public const int KeyLength = 32;

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;

    /// <summary>d = -121665/121666 mod p.</summary>
    private static readonly BigInteger Curve = Modulo(-121665 * Invert(121666));

    private static readonly Point Base = MakeBase();

    /// <summary>The 32 bytes of the public key.</summary>
    /// <param name="seed">The 32 secret bytes.</param>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        Span<byte> hash = stackalloc byte[64];
        SHA512.HashData(seed, hash);
        hash[0] &= 248;
        hash[31] = (byte)((hash[31] & 127) | 64);
        BigInteger scalar = new(hash[..32], isUnsigned: true);
        return Encode(Multiply(scalar, Base));
    }

    private static Point MakeBase()
    {
        BigInteger y = Modulo(4 * Invert(5));
        BigInteger square = Modulo(((y * y) - 1) * Invert((Curve * y * y) + 1));
        BigInteger x = BigInteger.ModPow(square, (Prime + 3) / 8, Prime);
        if (Modulo((x * x) - square) != 0)
        {
            x = Modulo(x * BigInteger.ModPow(2, (Prime - 1) / 4, Prime));
        }

        x = x.IsEven ? x : Prime - x;
        return new Point(x, y, 1, Modulo(x * y));
    }

    private static Point Multiply(BigInteger scalar, Point point)
    {
        Point sum = new(0, 1, 1, 0);
        while (scalar > 0)
        {
            if (!scalar.IsEven)
            {
                sum = Add(sum, point);
            }

            point = Add(point, point);
            scalar >>= 1;
        }

        return sum;
    }

    private static Point Add(Point p, Point q)
    {
        BigInteger a = Modulo((p.Y - p.X) * (q.Y - q.X));
        BigInteger b = Modulo((p.Y + p.X) * (q.Y + q.X));
        BigInteger c = Modulo(2 * p.T * q.T * Curve);
        BigInteger d = Modulo(2 * p.Z * q.Z);
        (BigInteger e, BigInteger f, BigInteger g, BigInteger h) = (b - a, d - c, d + c, b + a);
        return new Point(Modulo(e * f), Modulo(g * h), Modulo(f * g), Modulo(e * h));
    }

    private static byte[] Encode(Point point)
    {
        BigInteger inverse = Invert(point.Z);
        BigInteger x = Modulo(point.X * inverse);
        BigInteger y = Modulo(point.Y * inverse);
        byte[] key = new byte[KeyLength];
        y.TryWriteBytes(key, out _, isUnsigned: true);
        key[^1] |= (byte)(x.IsEven ? 0 : 128);
        return key;
    }

    private static BigInteger Invert(BigInteger value) => BigInteger.ModPow(Modulo(value), Prime - 2, Prime);

    private static BigInteger Modulo(BigInteger value)
    {
        BigInteger rest = value % Prime;
        return rest.Sign < 0 ? rest + Prime : rest;
    }

    /// <summary>A point of the curve: x = X/Z, y = Y/Z, T = X*Y/Z.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
