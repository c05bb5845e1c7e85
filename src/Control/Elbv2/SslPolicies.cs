using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// AWS's security policies with their protocols and ciphers. Source: AWS, "Security policies for your Application Load Balancer" and
/// "… Network Load Balancer": each policy has whole classes of ciphers, in one order.
/// </summary>
internal static class SslPolicies
{
    /// <summary>What a listener has that names none.</summary>
    public const string Default = "ELBSecurityPolicy-2016-08";

    private const Ciphers Legacy = Ciphers.Ecdhe | Ciphers.RsaSha2 | Ciphers.RsaSha1;

    private static readonly (string Name, Ciphers Class)[] Order =
    [
        ("TLS_AES_128_GCM_SHA256", Ciphers.Tls13), ("TLS_AES_256_GCM_SHA384", Ciphers.Tls13),
        ("TLS_CHACHA20_POLY1305_SHA256", Ciphers.ChaCha),
        ("ECDHE-ECDSA-AES128-GCM-SHA256", Ciphers.EcdheGcm), ("ECDHE-RSA-AES128-GCM-SHA256", Ciphers.EcdheGcm),
        ("ECDHE-ECDSA-AES128-SHA256", Ciphers.EcdheSha2), ("ECDHE-RSA-AES128-SHA256", Ciphers.EcdheSha2),
        ("ECDHE-ECDSA-AES128-SHA", Ciphers.EcdheSha1), ("ECDHE-RSA-AES128-SHA", Ciphers.EcdheSha1),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", Ciphers.EcdheGcm), ("ECDHE-RSA-AES256-GCM-SHA384", Ciphers.EcdheGcm),
        ("ECDHE-ECDSA-AES256-SHA384", Ciphers.EcdheSha2), ("ECDHE-RSA-AES256-SHA384", Ciphers.EcdheSha2),
        ("ECDHE-RSA-AES256-SHA", Ciphers.EcdheSha1), ("ECDHE-ECDSA-AES256-SHA", Ciphers.EcdheSha1),
        ("AES128-GCM-SHA256", Ciphers.RsaSha2), ("AES128-SHA256", Ciphers.RsaSha2), ("AES128-SHA", Ciphers.RsaSha1),
        ("AES256-GCM-SHA384", Ciphers.RsaSha2), ("AES256-SHA256", Ciphers.RsaSha2), ("AES256-SHA", Ciphers.RsaSha1),
        ("DES-CBC3-SHA", Ciphers.TripleDes),
    ];

    private static readonly ImmutableArray<SslPolicyFacts> All =
    [
        .. Modern("", Ciphers.Tls13 | Ciphers.ChaCha, "2021-06"),
        .. Modern("", Ciphers.Tls13 | Ciphers.ChaCha, "PQ-2025-09"),
        .. Modern("FIPS-", Ciphers.Tls13, "2023-04"),
        .. Modern("FIPS-", Ciphers.Tls13, "PQ-2025-09"),
        new("ELBSecurityPolicy-2016-08", 10, 12, Legacy),
        new("ELBSecurityPolicy-2015-05", 10, 12, Legacy),
        new("ELBSecurityPolicy-TLS-1-0-2015-04", 10, 12, Legacy | Ciphers.TripleDes),
        new("ELBSecurityPolicy-TLS-1-1-2017-01", 11, 12, Legacy),
        new("ELBSecurityPolicy-TLS-1-2-2017-01", 12, 12, Ciphers.EcdheGcm | Ciphers.EcdheSha2 | Ciphers.RsaSha2),
        new("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", 12, 12, Legacy),
        new("ELBSecurityPolicy-FS-2018-06", 10, 12, Ciphers.Ecdhe),
        new("ELBSecurityPolicy-FS-1-1-2019-08", 11, 12, Ciphers.Ecdhe),
        new("ELBSecurityPolicy-FS-1-2-2019-08", 12, 12, Ciphers.Ecdhe),
        new("ELBSecurityPolicy-FS-1-2-Res-2019-08", 12, 12, Ciphers.EcdheGcm | Ciphers.EcdheSha2),
        new("ELBSecurityPolicy-FS-1-2-Res-2020-10", 12, 12, Ciphers.EcdheGcm),
    ];

    private static readonly ImmutableDictionary<string, SslPolicyFacts> ByName = All.ToImmutableDictionary(p => p.Name, StringComparer.Ordinal);

    [Flags]
    private enum Ciphers
    {
        None = 0,
        Tls13 = 1,
        ChaCha = 2,
        EcdheGcm = 4,
        EcdheSha2 = 8,
        EcdheSha1 = 16,
        Ecdhe = EcdheGcm | EcdheSha2 | EcdheSha1,
        RsaSha2 = 32,
        RsaSha1 = 64,
        TripleDes = 128,
    }

    public static bool IsKnown(string name) => ByName.ContainsKey(name);

    /// <summary>All policies by name, or null for one that is not known.</summary>
    public static AwsElbv2.SslPolicy? Find(string name) => ByName.TryGetValue(name, out SslPolicyFacts? policy) ? policy.ToWire() : null;

    public static IEnumerable<AwsElbv2.SslPolicy> InOrder() => All.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => p.ToWire());

    /// <summary>One generation of policies that begin with TLS 1.3.</summary>
    private static IEnumerable<SslPolicyFacts> Modern(string fips, Ciphers first, string date)
    {
        Ciphers strong = first | Ciphers.EcdheGcm | Ciphers.EcdheSha2;
        Ciphers all = strong | Ciphers.EcdheSha1 | Ciphers.RsaSha2 | Ciphers.RsaSha1;
        bool isQuantum = date.StartsWith("PQ", StringComparison.Ordinal);
        string NameOf(string part) => $"ELBSecurityPolicy-TLS13-{part}{fips}{date}";
        yield return new(NameOf("1-3-"), 13, 13, first);
        yield return new(NameOf("1-2-Res-"), 12, 13, first | Ciphers.EcdheGcm);
        yield return new(NameOf("1-2-"), 12, 13, strong);
        yield return new(NameOf("1-2-Ext1-"), 12, 13, strong | Ciphers.RsaSha2);
        yield return new(NameOf("1-2-Ext2-"), 12, 13, all);
        if (fips.Length > 0)
        {
            yield return new(NameOf("1-2-Ext0-"), 12, 13, strong | Ciphers.EcdheSha1);
        }

        if (!isQuantum)
        {
            yield return new(NameOf("1-1-"), 11, 13, all);
        }

        if (!isQuantum || fips.Length == 0)
        {
            yield return new(NameOf("1-0-"), 10, 13, all);
        }
    }

    /// <param name="From">The oldest protocol: 10 for TLS 1.0 to 13 for TLS 1.3.</param>
    /// <param name="To">The newest one.</param>
    private sealed record SslPolicyFacts(string Name, int From, int To, Ciphers Classes)
    {
        public AwsElbv2.SslPolicy ToWire() => new()
        {
            Name = Name,
            SslProtocols = [.. Protocols()],
            Ciphers =
            [
                .. Order.Where(c => Classes.HasFlag(c.Class)).Select((c, i) => new AwsElbv2.Cipher { Name = c.Name, Priority = i + 1 }),
            ],
            SupportedLoadBalancerTypes = ["application", "network"],
        };

        private IEnumerable<string> Protocols()
        {
            for (int version = To; version >= From; version--)
            {
                yield return version == 10 ? "TLSv1" : $"TLSv1.{version - 10}";
            }
        }
    }
}
