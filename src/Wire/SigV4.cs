using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Trunkline.Wire;

/// <summary>
/// What a request says about who signed it, and for where. <paramref name="SignedAt"/> is the signer's clock;
/// <paramref name="Lifetime"/> is set for presigned requests only.
/// </summary>
public sealed record RequestSignature(
    string AccessKeyId,
    string Date,
    string Region,
    string Service,
    IReadOnlyList<string> SignedHeaders,
    string Signature,
    DateTimeOffset SignedAt,
    TimeSpan? Lifetime)
{
    /// <summary>Whether the signature stands in the query string.</summary>
    public bool IsPresigned => Lifetime is not null;
}

/// <summary>The result of checking a signature.</summary>
public enum SignatureCheck
{
    /// <summary>The signature is the one that the secret makes.</summary>
    Valid,

    /// <summary>It is another: a wrong secret, or the request was changed on its way.</summary>
    Mismatch,

    /// <summary>It was made too long ago.</summary>
    Expired,

    /// <summary>It was made in the future.</summary>
    NotYetValid,
}

/// <summary>
/// Signature Version 4 as pure functions:
/// <see href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"/>.
/// </summary>
public static class SigV4
{
    /// <summary>How far a signer's clock may be off.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Terminator = "aws4_request";

    /// <summary>
    /// The signature that a request carries, in its Authorization header or its query string; neither a value nor a fault
    /// when it is not signed; a fault when what it carries is no SigV4 signature.
    /// </summary>
    public static WireResult<RequestSignature> Parse(WireRequest request)
    {
        if (request.Header("Authorization") is { } header)
        {
            return header.StartsWith(Algorithm + " ", StringComparison.Ordinal)
                ? FromHeader(request, header[(Algorithm.Length + 1)..])
                : Incomplete("The Authorization header must begin with " + Algorithm);
        }

        List<KeyValuePair<string, string>>? query = CanonicalRequest.Query(request.Query);
        if (query is null || Find(query, "X-Amz-Algorithm") is not { } algorithm)
        {
            return default;
        }

        string expires = Find(query, "X-Amz-Expires") ?? "";
        if (algorithm != Algorithm || !int.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            || seconds > 7 * 24 * 3600)
        {
            return Incomplete("X-Amz-Algorithm or X-Amz-Expires is not valid");
        }

        return Build(
            Find(query, "X-Amz-Credential"), Find(query, "X-Amz-SignedHeaders"), Find(query, "X-Amz-Signature"),
            Find(query, "X-Amz-Date"), TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Whether <paramref name="secret"/> made the signature, and whether it is still good at <paramref name="now"/>.</summary>
    public static SignatureCheck Verify(WireRequest request, RequestSignature signature, string secret, DateTimeOffset now)
    {
        string? expected = Sign(request, signature, secret);
        bool same = expected is not null && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature.Signature));
        if (!same)
        {
            return SignatureCheck.Mismatch;
        }

        if (signature.SignedAt > now + ClockSkew)
        {
            return SignatureCheck.NotYetValid;
        }

        TimeSpan lifetime = signature.Lifetime ?? ClockSkew;
        return now - signature.SignedAt > lifetime ? SignatureCheck.Expired : SignatureCheck.Valid;
    }

    /// <summary>The signature in lower-case hexadecimal that <paramref name="secret"/> makes; null for a broken query string.</summary>
    public static string? Sign(WireRequest request, RequestSignature scope, string secret)
    {
        if (CanonicalRequest.Text(request, scope) is not { } canonical)
        {
            return null;
        }

        string time = scope.SignedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string text = $"{Algorithm}\n{time}\n{scope.Date}/{scope.Region}/{scope.Service}/{Terminator}\n"
            + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(SigningKey(secret, scope), Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The key that a secret gives for one day, region and service.</summary>
    internal static byte[] SigningKey(string secret, RequestSignature scope)
    {
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (string part in (ReadOnlySpan<string>)[scope.Date, scope.Region, scope.Service, Terminator])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return key;
    }

    private static WireResult<RequestSignature> FromHeader(WireRequest request, string text)
    {
        string? credential = null;
        string? headers = null;
        string? signature = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=');
            string value = equals < 0 ? "" : part[(equals + 1)..];
            switch (equals < 0 ? part : part[..equals])
            {
                case "Credential":
                    credential = value;
                    break;
                case "SignedHeaders":
                    headers = value;
                    break;
                case "Signature":
                    signature = value;
                    break;
                default:
                    return Incomplete("The Authorization header has an unknown part");
            }
        }

        return Build(credential, headers, signature, request.Header("X-Amz-Date") ?? request.Header("Date"), null);
    }

    private static WireResult<RequestSignature> Build(
        string? credential, string? headers, string? signature, string? date, TimeSpan? lifetime)
    {
        if (credential is null || headers is null || signature is null || date is null)
        {
            string missing = credential is null ? "Credential"
                : headers is null ? "SignedHeaders"
                : signature is null ? "Signature" : "X-Amz-Date";
            return Incomplete($"Authorization requires '{missing}'");
        }

        // An access key id may hold slashes of its own; the scope is the last four parts.
        string[] scope = credential.Split('/');
        if (scope.Length < 5 || scope[^1] != Terminator || scope[..^4].All(part => part.Length == 0))
        {
            return Incomplete("Credential must be ACCESS-KEY/DATE/REGION/SERVICE/" + Terminator);
        }

        bool iso = DateTimeOffset.TryParseExact(
            date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
        if (!iso && !Scalars.TryTimestamp(date, TimestampForm.HttpDate, out time))
        {
            return Incomplete("The date of the request is not valid");
        }

        if (!time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture).Equals(scope[^4], StringComparison.Ordinal))
        {
            return Incomplete("Date in Credential scope does not match the date of the request");
        }

        return new RequestSignature(
            string.Join('/', scope[..^4]), scope[^4], scope[^3], scope[^2], headers.Split(';'), signature, time, lifetime);
    }

    private static string? Find(List<KeyValuePair<string, string>> query, string name)
    {
        foreach (KeyValuePair<string, string> pair in query)
        {
            if (pair.Key == name)
            {
                return pair.Value;
            }
        }

        return null;
    }

    private static WireFault Incomplete(string message) => new("IncompleteSignature", message);
}
