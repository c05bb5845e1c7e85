using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Elb;

/// <summary>One attribute that a type of policy has.</summary>
/// <param name="Type"><c>String</c>, <c>Boolean</c>, <c>Long</c> or <c>PolicyName</c>.</param>
/// <param name="Cardinality"><c>ONE</c>, <c>ZERO_OR_ONE</c> or <c>ONE_OR_MORE</c>.</param>
/// <param name="Default">The value where none is given; null where there is none.</param>
internal sealed record ElbAttributeType(string Name, string Type, string Cardinality, string? Default = null);

/// <summary>One type of policy.</summary>
internal sealed record ElbPolicyType(string Name, string Description, ImmutableArray<ElbAttributeType> Attributes);

/// <summary>
/// The types of policies of classic load balancers, and the policies that are predefined. Source: DescribeLoadBalancerPolicyTypes; AWS,
/// "Predefined SSL security policies for Classic Load Balancers". Policies that the page does not list any more are not kept.
/// </summary>
internal static class ElbPolicyTypes
{
    public const string LbCookie = ClassicPolicy.LbCookie;
    public const string AppCookie = ClassicPolicy.AppCookie;
    public const string ProxyProtocol = "ProxyProtocolPolicyType";
    public const string PublicKey = "PublicKeyPolicyType";
    public const string BackendAuthentication = "BackendServerAuthenticationPolicyType";
    public const string SslNegotiation = "SSLNegotiationPolicyType";

    public const string CookieName = ClassicPolicy.CookieName;
    public const string CookieExpirationPeriod = "CookieExpirationPeriod";
    public const string PublicKeyPolicyName = "PublicKeyPolicyName";
    public const string ReferencePolicy = "Reference-Security-Policy";

    /// <summary>What a listener of HTTPS or SSL begins with.</summary>
    public const string DefaultSslPolicy = "ELBSecurityPolicy-2016-08";

    private const string ServerOrder = "Server-Defined-Cipher-Order";

    private static readonly string[] Protocols = ["Protocol-TLSv1", "Protocol-SSLv3", "Protocol-TLSv1.1", "Protocol-TLSv1.2"];

    private static readonly string[] Ciphers = (
        "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-SHA256 ECDHE-ECDSA-AES128-SHA "
        + "ECDHE-RSA-AES128-SHA DHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES256-SHA384 "
        + "ECDHE-RSA-AES256-SHA384 ECDHE-RSA-AES256-SHA ECDHE-ECDSA-AES256-SHA AES128-GCM-SHA256 AES128-SHA256 AES128-SHA AES256-GCM-SHA384 "
        + "AES256-SHA256 AES256-SHA DHE-DSS-AES128-SHA CAMELLIA128-SHA EDH-RSA-DES-CBC3-SHA DES-CBC3-SHA ECDHE-RSA-RC4-SHA RC4-SHA "
        + "ECDHE-ECDSA-RC4-SHA DHE-DSS-AES256-GCM-SHA384 DHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES256-SHA256 DHE-DSS-AES256-SHA256 "
        + "DHE-RSA-AES256-SHA DHE-DSS-AES256-SHA DHE-RSA-CAMELLIA256-SHA DHE-DSS-CAMELLIA256-SHA CAMELLIA256-SHA EDH-DSS-DES-CBC3-SHA "
        + "DHE-DSS-AES128-GCM-SHA256 DHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES128-SHA256 DHE-DSS-AES128-SHA256 DHE-RSA-CAMELLIA128-SHA "
        + "DHE-DSS-CAMELLIA128-SHA ADH-AES128-GCM-SHA256 ADH-AES128-SHA ADH-AES128-SHA256 ADH-AES256-GCM-SHA384 ADH-AES256-SHA "
        + "ADH-AES256-SHA256 ADH-CAMELLIA128-SHA ADH-CAMELLIA256-SHA ADH-DES-CBC3-SHA ADH-DES-CBC-SHA ADH-RC4-MD5 ADH-SEED-SHA DES-CBC-SHA "
        + "DHE-DSS-SEED-SHA DHE-RSA-SEED-SHA EDH-DSS-DES-CBC-SHA EDH-RSA-DES-CBC-SHA IDEA-CBC-SHA RC4-MD5 SEED-SHA DES-CBC3-MD5 DES-CBC-MD5 "
        + "RC2-CBC-MD5 PSK-AES256-CBC-SHA PSK-3DES-EDE-CBC-SHA KRB5-DES-CBC3-SHA KRB5-DES-CBC3-MD5 PSK-AES128-CBC-SHA PSK-RC4-SHA "
        + "KRB5-RC4-SHA KRB5-RC4-MD5 KRB5-DES-CBC-SHA KRB5-DES-CBC-MD5 EXP-EDH-RSA-DES-CBC-SHA EXP-EDH-DSS-DES-CBC-SHA "
        + "EXP-ADH-DES-CBC-SHA EXP-DES-CBC-SHA EXP-RC2-CBC-MD5 EXP-KRB5-RC2-CBC-SHA EXP-KRB5-DES-CBC-SHA EXP-KRB5-RC2-CBC-MD5 "
        + "EXP-KRB5-DES-CBC-MD5 EXP-ADH-RC4-MD5 EXP-RC4-MD5 EXP-KRB5-RC4-SHA EXP-KRB5-RC4-MD5").Split(' ');

    /// <summary>The ciphers that every predefined policy has.</summary>
    private static readonly string[] OfTls12 = (
        "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-SHA256 "
        + "ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-AES256-SHA384 AES128-GCM-SHA256 "
        + "AES128-SHA256 AES256-GCM-SHA384 AES256-SHA256").Split(' ');

    private static readonly string[] Of2016 =
    [
        .. OfTls12, "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA", "AES128-SHA", "AES256-SHA",
    ];

    /// <summary>Every policy that can be named without a load balancer, as AWS lists them.</summary>
    public static readonly ImmutableArray<ClassicPolicy> Predefined =
    [
        Ssl(DefaultSslPolicy, ["Protocol-TLSv1", "Protocol-TLSv1.1", "Protocol-TLSv1.2"], Of2016),
        Ssl("ELBSecurityPolicy-TLS-1-2-2017-01", ["Protocol-TLSv1.2"], OfTls12),
        Ssl("ELBSecurityPolicy-TLS-1-1-2017-01", ["Protocol-TLSv1.1", "Protocol-TLSv1.2"], Of2016),
        Ssl("ELBSecurityPolicy-2015-05", ["Protocol-TLSv1", "Protocol-TLSv1.1", "Protocol-TLSv1.2"], [.. Of2016, "DES-CBC3-SHA"]),
        Ssl(
            "ELBSecurityPolicy-2015-03", ["Protocol-TLSv1", "Protocol-TLSv1.1", "Protocol-TLSv1.2"],
            [.. Of2016, "DHE-RSA-AES128-SHA", "DHE-DSS-AES128-SHA", "DES-CBC3-SHA"]),
        Ssl(
            "ELBSecurityPolicy-2015-02", ["Protocol-TLSv1", "Protocol-TLSv1.1", "Protocol-TLSv1.2"],
            [.. Of2016, "DHE-RSA-AES128-SHA", "DHE-DSS-AES128-SHA"]),
    ];

    /// <summary>The default policy as a load balancer has it: by reference.</summary>
    public static readonly ClassicPolicy DefaultPolicy = new(
        DefaultSslPolicy, SslNegotiation, Expanded([new ClassicPolicyAttribute(ReferencePolicy, DefaultSslPolicy)]));

    public static readonly ImmutableArray<ElbPolicyType> All =
    [
        new(
            LbCookie,
            "Stickiness policy with session lifetimes controlled by the browser (user-agent) or a specified expiration period. This policy can "
            + "be associated only with HTTP/HTTPS listeners.",
            [new(CookieExpirationPeriod, "Long", "ZERO_OR_ONE")]),
        new(
            BackendAuthentication,
            "Policy that controls authentication to back-end server(s) and contains one or more policies, such as an instance of a "
            + "PublicKeyPolicyType. This policy can be associated only with back-end servers that are using HTTPS/SSL.",
            [new(PublicKeyPolicyName, "PolicyName", "ONE_OR_MORE")]),
        new(
            SslNegotiation,
            "Listener policy that defines the ciphers and protocols that will be accepted by the load balancer. This policy can be associated "
            + "only with HTTPS/SSL listeners.",
            [new(ReferencePolicy, "String", "ZERO_OR_ONE"), .. SslSwitches.Select(s => new ElbAttributeType(s, "Boolean", "ZERO_OR_ONE", "false"))]),
        new(
            PublicKey,
            "Policy containing a list of public keys to accept when authenticating the back-end server(s). This policy cannot be applied "
            + "directly to back-end servers or listeners but must be part of a BackendServerAuthenticationPolicyType.",
            [new("PublicKey", "String", "ONE")]),
        new(
            AppCookie,
            "Stickiness policy with session lifetimes controlled by the lifetime of the application-generated cookie. This policy can be "
            + "associated only with HTTP/HTTPS listeners.",
            [new(CookieName, "String", "ONE")]),
        new(
            ProxyProtocol,
            "Policy that controls whether to include the IP address and port of the originating request for TCP messages. This policy operates "
            + "on TCP listeners only.",
            [new("ProxyProtocol", "Boolean", "ONE")]),
    ];

    private static readonly FrozenDictionary<string, ElbPolicyType> ByName = All.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>The attributes of a security policy that are on or off, in AWS's order.</summary>
    private static IEnumerable<string> SslSwitches => [.. Protocols, ServerOrder, .. Ciphers];

    public static ElbPolicyType? Find(string name) => ByName.GetValueOrDefault(name);

    public static string? ValueOf(ClassicPolicy policy, string attribute) =>
        policy.Attributes.FirstOrDefault(a => a.Name == attribute)?.Value;

    /// <summary>Seconds; null where the session lasts as long as the browser's.</summary>
    public static long? ExpirationOf(ClassicPolicy policy) =>
        ValueOf(policy, CookieExpirationPeriod) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>A security policy's attributes in full: what a reference means, or what is given with the others off.</summary>
    public static ImmutableArray<ClassicPolicyAttribute> Expanded(IReadOnlyList<ClassicPolicyAttribute> given)
    {
        if (given.FirstOrDefault(a => a.Name == ReferencePolicy) is { } reference)
        {
            ClassicPolicy meant = Predefined.FirstOrDefault(p => p.Name == reference.Value)
                ?? throw ElbFaults.Configuration($"The security policy '{reference.Value}' does not exist");
            return [reference, .. meant.Attributes];
        }

        return [.. SslSwitches.Select(s => given.FirstOrDefault(a => a.Name == s) ?? new ClassicPolicyAttribute(s, "false"))];
    }

    private static ClassicPolicy Ssl(string name, string[] protocols, string[] ciphers) => new(
        name,
        SslNegotiation,
        [
            .. SslSwitches.Select(s => new ClassicPolicyAttribute(
                s, s == ServerOrder || protocols.Contains(s) || ciphers.Contains(s) ? "true" : "false")),
        ]);
}
