using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>What a request says of a listener's security; null where it says nothing.</summary>
internal sealed record ListenerSecurity(
    string? Policy, IReadOnlyList<AwsElbv2.Certificate>? Certificates, IReadOnlyList<string>? Alpn,
    AwsElbv2.MutualAuthenticationAttributes? Mutual);

/// <summary>
/// What AWS checks of a listener. Source: AWS, "Listener configuration" of each type; ELBv2 API, CreateListener and its errors.
/// </summary>
internal static class ListenerRules
{
    /// <summary>The one protocol of gateway load balancers, and its port (RFC 8926).</summary>
    public const string Tunnel = "GENEVE";

    public const int TunnelPort = 6081;

    private static readonly string[] AlpnPolicies = ["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"];

    public static bool IsSecure(string protocol) => protocol is "HTTPS" or "TLS";

    public static (string Protocol, int Port) ProtocolAndPort(LoadBalancer balancer, string? protocol, int? port)
    {
        string type = Elbv2Service.NameOf(balancer.Type);
        if (balancer.Type == LoadBalancerType.Gateway)
        {
            return protocol is null && port is null
                ? (Tunnel, TunnelPort)
                : throw Elbv2Faults.Validation("You cannot specify a protocol or a port for a listener of a load balancer with type 'gateway'");
        }

        if (protocol is null)
        {
            throw Elbv2Faults.Validation("A listener protocol must be specified");
        }

        if (protocol is "QUIC" or "TCP_QUIC")
        {
            throw Fault.Unsupported($"Protocol={protocol}");
        }

        bool fits = balancer.Type == LoadBalancerType.Application
            ? protocol is "HTTP" or "HTTPS"
            : protocol is "TCP" or "TLS" or "UDP" or "TCP_UDP";
        if (!fits)
        {
            throw new Fault("UnsupportedProtocol", $"Protocol '{protocol}' is not supported for load balancers with type '{type}'");
        }

        if (protocol is "UDP" or "TCP_UDP" && balancer.IpAddressType != "ipv4" && !balancer.PrefixForIpv6SourceNat)
        {
            throw Elbv2Faults.Configuration($"Protocol '{protocol}' is not supported with the IP address type '{balancer.IpAddressType}'");
        }

        return port switch
        {
            null => throw Elbv2Faults.Validation("A listener port must be specified"),
            < 1 or > 65535 => throw Elbv2Faults.Validation($"Listener port '{port}' must be between 1 and 65535"),
            _ => (protocol, port.Value),
        };
    }

    /// <summary>The listener with its policy, default certificate, ALPN and client certificates; further certificates stay.</summary>
    /// <param name="keeps">It was secure before: what is not asked for stays as it was.</param>
    public static Listener WithSecurity(CommandContext context, Listener listener, ListenerSecurity asked, bool keeps = false)
    {
        if (!IsSecure(listener.Protocol))
        {
            RefuseSecurity(listener, asked);
            return listener;
        }

        Listener made = listener with
        {
            SslPolicy = PolicyOf(asked.Policy, keeps ? listener.SslPolicy : null),
            Certificates = CertificatesOf(context, listener, asked.Certificates, keeps),
            Alpn = asked.Alpn is null && keeps ? listener.Alpn : AlpnOf(listener, asked.Alpn),
        };
        if (asked.Mutual is not null)
        {
            return made with { MutualAuthentication = MutualOf(context, listener, asked.Mutual) };
        }

        return keeps || listener.Protocol != "HTTPS" ? made : made with { MutualAuthentication = new MutualAuthentication("off") };
    }

    /// <summary>Another listener that would take the same packets.</summary>
    public static Listener? OnSamePort(CommandContext context, Listener listener) =>
        context.Here.By<Listener>(Listener.LoadBalancerWord(listener.LoadBalancerKey)).FirstOrDefault(
            other => other.Key != listener.Key && other.Port == listener.Port && Share(other.Protocol, listener.Protocol));

    public static bool IsSame(Listener there, Listener wanted) =>
        there.Protocol == wanted.Protocol && there.SslPolicy == wanted.SslPolicy
        && there.Certificates.FirstOrDefault() == wanted.Certificates.FirstOrDefault()
        && there.Alpn == wanted.Alpn && there.MutualAuthentication == wanted.MutualAuthentication
        && there.Tags.SequenceEqual(wanted.Tags) && ActionsMatch(there.DefaultActions, wanted.DefaultActions);

    public static Fault Duplicate(CommandContext context, LoadBalancer balancer) => new(
        "DuplicateListener", $"A listener already exists on this port for this load balancer '{Elbv2Arns.Of(context, balancer)}'");

    /// <summary>Whether a certificate is there: ACM's by its ARN, IAM's by its name.</summary>
    public static string CheckedCertificate(CommandContext context, AwsElbv2.Certificate certificate)
    {
        if (certificate.IsDefault is not null)
        {
            throw Elbv2Faults.Validation("IsDefault cannot be specified for a certificate");
        }

        string arn = certificate.CertificateArn is { Length: > 0 } text
            ? text
            : throw Elbv2Faults.Validation("A certificate ARN must be specified");
        return CertificateFinder.Exists(context, arn) ? arn : throw Elbv2Faults.CertificateNotFound(arn);
    }

    /// <summary>TCP and UDP listeners can share a port; TLS is TCP.</summary>
    private static bool Share(string one, string other) => one == "TCP_UDP" || other == "TCP_UDP" || (one == "UDP") == (other == "UDP");

    private static bool ActionsMatch(ImmutableArray<LbAction> one, ImmutableArray<LbAction> other) =>
        one.Length == other.Length && one.Zip(other).All(pair => pair.First with { Forward = null } == pair.Second with { Forward = null }
            && ForwardsMatch(pair.First.Forward, pair.Second.Forward));

    private static bool ForwardsMatch(LbForward? one, LbForward? other) =>
        (one is null && other is null)
        || (one is not null && other is not null && one.Targets.SequenceEqual(other.Targets)
            && one.StickinessEnabled == other.StickinessEnabled && one.StickinessSeconds == other.StickinessSeconds);

    private static void RefuseSecurity(Listener listener, ListenerSecurity asked)
    {
        bool mutualIsOff = asked.Mutual is null or { Mode: null or "off" };
        if (asked.Policy is not null || asked.Certificates is { Count: > 0 } || asked.Alpn is { Count: > 0 } || !mutualIsOff)
        {
            throw Elbv2Faults.Validation(
                $"SSL policies, certificates, ALPN policies and mutual authentication cannot be specified for {listener.Protocol} listeners");
        }
    }

    private static string PolicyOf(string? asked, string? before) => asked is null
        ? before ?? SslPolicies.Default
        : SslPolicies.IsKnown(asked) ? asked : throw new Fault("SSLPolicyNotFound", $"SSL policy '{asked}' not found");

    private static ImmutableArray<string> CertificatesOf(
        CommandContext context, Listener listener, IReadOnlyList<AwsElbv2.Certificate>? asked, bool keeps)
    {
        if (asked is null or [])
        {
            return keeps && !listener.Certificates.IsEmpty
                ? listener.Certificates
                : throw Elbv2Faults.Validation($"A certificate must be specified for {listener.Protocol} listeners");
        }

        if (asked.Count > 1)
        {
            throw Elbv2Faults.Validation($"Exactly one certificate must be specified for {listener.Protocol} listeners");
        }

        string arn = CheckedCertificate(context, asked[0]);
        return [arn, .. listener.Certificates.Skip(1).Where(c => c != arn)];
    }

    private static string? AlpnOf(Listener listener, IReadOnlyList<string>? asked)
    {
        if (asked is null or [])
        {
            return null;
        }

        if (listener.Protocol != "TLS")
        {
            throw Elbv2Faults.Validation("ALPN policies can be specified only for TLS listeners");
        }

        if (asked.Count > 1)
        {
            throw Elbv2Faults.Validation("Only one ALPN policy can be specified");
        }

        return AlpnPolicies.Contains(asked[0])
            ? asked[0]
            : throw new Fault("ALPNPolicyNotFound", $"ALPN policy '{asked[0]}' not found");
    }

    private static MutualAuthentication MutualOf(CommandContext context, Listener listener, AwsElbv2.MutualAuthenticationAttributes asked)
    {
        string mode = asked.Mode ?? "off";
        if (mode is not ("off" or "passthrough" or "verify"))
        {
            throw Elbv2Faults.Validation($"Mutual authentication mode '{mode}' is not valid: off, passthrough or verify");
        }

        if (mode != "off" && listener.Protocol != "HTTPS")
        {
            throw Elbv2Faults.Validation("Mutual authentication can be specified only for HTTPS listeners");
        }

        if (mode != "verify")
        {
            return asked.TrustStoreArn is null && asked.IgnoreClientCertificateExpiry is null && asked.AdvertiseTrustStoreCaNames is null
                ? new MutualAuthentication(mode)
                : throw Elbv2Faults.Validation($"A trust store and its settings cannot be specified with the mutual authentication mode '{mode}'");
        }

        TrustStore store = Elbv2Arns.GetTrustStore(
            context,
            asked.TrustStoreArn ?? throw Elbv2Faults.Validation("A trust store must be specified with the mutual authentication mode 'verify'"));
        return new MutualAuthentication(
            mode, store.Key, asked.IgnoreClientCertificateExpiry ?? false, asked.AdvertiseTrustStoreCaNames ?? "off");
    }
}

/// <summary>Certificates that a load balancer can use, wherever they are kept.</summary>
internal static class CertificateFinder
{
    public static bool Exists(CommandContext context, string arn)
    {
        string[] fields = arn.Split(':', 6);
        if (fields.Length != 6 || fields[0] != "arn" || fields[4] != context.Account)
        {
            return false;
        }

        string name = fields[5][(fields[5].LastIndexOf('/') + 1)..];
        return fields[2] switch
        {
            "acm" => fields[3] == context.Region && fields[5] == $"certificate/{name}" && context.Here.Find(new Id<Certificate>(name)) is not null,
            "iam" => context.Global.Here.By<ServerCertificate>(ServerCertificate.NameWord(name)).Any(c => c.ArnIn(context.Account) == arn),
            _ => false,
        };
    }
}
