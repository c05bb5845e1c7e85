using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A listener of a load balancer. Source: AWS, "Listeners for your Application Load Balancers"; ELBv2 API, Listener.</summary>
public sealed record Listener : IResource<Listener>, ITagged
{
    public static string Kind => "listener";

    public static string IdPrefix => "";

    /// <summary>What stands after <c>listener/</c> in its ARN: <c>app/NAME/load balancer's hex/16 hex</c>.</summary>
    public required string Key { get; init; }

    public required string LoadBalancerKey { get; init; }

    /// <summary><c>HTTP</c>, <c>HTTPS</c>, <c>TCP</c>, <c>TLS</c>, <c>UDP</c>, <c>TCP_UDP</c>; <c>GENEVE</c> for a gateway load balancer.</summary>
    public required string Protocol { get; init; }

    /// <summary>1 to 65535; 6081 for a gateway load balancer, where it cannot be chosen.</summary>
    public required int Port { get; init; }

    /// <summary>For HTTPS and TLS only.</summary>
    public string? SslPolicy { get; init; }

    /// <summary>ARNs of ACM or IAM server certificates, the default one first; empty but for HTTPS and TLS.</summary>
    public ImmutableArray<string> Certificates { get; init; } = [];

    /// <summary>The ALPN policy's name; TLS only.</summary>
    public string? Alpn { get; init; }

    public MutualAuthentication? MutualAuthentication { get; init; }

    /// <summary>What it does where no rule matches.</summary>
    public ImmutableArray<LbAction> DefaultActions { get; init; } = [];

    /// <summary>16 hex digits: the last part of the default rule's ARN. The default rule is no row of its own.</summary>
    public required string DefaultRuleId { get; init; }

    public ImmutableSortedDictionary<string, string> DefaultRuleTags { get; init; } = Trunkline.Cloud.Tags.None;

    /// <summary>The attributes that were set; <see cref="AttributeOf"/> gives the value that holds.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = Trunkline.Cloud.Tags.None;

    public required DateTimeOffset CreatedTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys =>
    [
        LoadBalancerWord(LoadBalancerKey),
        .. DefaultActions.SelectMany(a => a.TargetGroupKeys()).Distinct(StringComparer.Ordinal).Select(TargetGroup.KeyWord),
        .. Certificates.Select(Certificate.UseWord),
        .. MutualAuthentication?.TrustStoreKey is { } store ? new[] { TrustStore.KeyWord(store) } : [],
    ];

    /// <summary>The value of an attribute that holds: the one that was set, or AWS's default; null where it has no such attribute.</summary>
    public string? AttributeOf(string name) =>
        Attributes.TryGetValue(name, out string? set) ? set : ListenerAttributes.Find(this, name)?.Default;

    /// <summary>The word by which a load balancer's listeners are found.</summary>
    public static string LoadBalancerWord(string key) => $"loadbalancer/{key}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>How an HTTPS listener looks at clients' certificates. Source: AWS, "Mutual authentication with TLS".</summary>
/// <param name="Mode"><c>off</c>, <c>passthrough</c> or <c>verify</c>.</param>
/// <param name="TrustStoreKey">With <c>verify</c>: the trust store's key.</param>
public sealed record MutualAuthentication(string Mode, string? TrustStoreKey = null, bool? IgnoreExpiry = null, string? AdvertiseNames = null);

/// <summary>The attributes of listeners with AWS's defaults. Source: ELBv2 API, ListenerAttribute.</summary>
public static class ListenerAttributes
{
    public const string TcpIdleTimeout = "tcp.idle_timeout.seconds";

    private static readonly ImmutableArray<AttributeSpec> OfTcp = [AttributeSpec.Number(TcpIdleTimeout, "350", 60, 6000)];

    private static readonly ImmutableArray<AttributeSpec> OfHttp =
    [
        AttributeSpec.Switch("routing.http.response.server.enabled", "true"),
        .. ResponseHeaders("strict_transport_security"),
        .. ResponseHeaders(
            "access_control_allow_origin", "access_control_allow_methods", "access_control_allow_headers", "access_control_expose_headers"),
        AttributeSpec.Choice(Response("access_control_allow_credentials"), "", "", "true"),
        AttributeSpec.Number(Response("access_control_max_age"), "", 0, 86_400, ""),
        .. ResponseHeaders("content_security_policy", "x_frame_options"),
        AttributeSpec.Choice(Response("x_content_type_options"), "", "", "nosniff"),
    ];

    private static readonly ImmutableArray<AttributeSpec> OfHttps =
    [
        .. OfHttp,
        .. RequestHeaders(
            "X-Amzn-Mtls-Clientcert-Serial-Number", "X-Amzn-Mtls-Clientcert-Issuer", "X-Amzn-Mtls-Clientcert-Subject",
            "X-Amzn-Mtls-Clientcert-Validity", "X-Amzn-Mtls-Clientcert-Leaf", "X-Amzn-Mtls-Clientcert", "X-Amzn-Tls-Version",
            "X-Amzn-Tls-Cipher-Suite"),
    ];

    /// <summary>Every attribute the listener has.</summary>
    public static ImmutableArray<AttributeSpec> Of(Listener listener) => listener.Protocol switch
    {
        "HTTPS" => OfHttps,
        "HTTP" => OfHttp,
        "TCP" or "GENEVE" => OfTcp,
        _ => [],
    };

    /// <summary>One attribute by name, or null where the listener has none such.</summary>
    public static AttributeSpec? Find(Listener listener, string name)
    {
        foreach (AttributeSpec spec in Of(listener))
        {
            if (spec.Name == name)
            {
                return spec;
            }
        }

        return null;
    }

    private static IEnumerable<AttributeSpec> ResponseHeaders(params ReadOnlySpan<string> names)
    {
        List<AttributeSpec> specs = [];
        foreach (string name in names)
        {
            specs.Add(AttributeSpec.Text(Response(name)));
        }

        return specs;
    }

    private static string Response(string header) => $"routing.http.response.{header}.header_value";

    /// <summary>A header that the load balancer adds keeps its own name until another is given.</summary>
    private static IEnumerable<AttributeSpec> RequestHeaders(params ReadOnlySpan<string> names)
    {
        List<AttributeSpec> specs = [];
        foreach (string name in names)
        {
            string key = name.ToLowerInvariant().Replace('-', '_');
            specs.Add(AttributeSpec.Text($"routing.http.request.{key}.header_name", name));
        }

        return specs;
    }
}
