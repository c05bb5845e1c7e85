using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>What the targets of a group are.</summary>
public enum TargetType
{
    Instance,
    Ip,
    Alb,
}

/// <summary>A target group. Source: AWS, "Target groups for your Application Load Balancers"; ELBv2 API, TargetGroup.</summary>
public sealed record TargetGroup : IResource<TargetGroup>, ITagged
{
    public static string Kind => "target-group";

    public static string IdPrefix => "";

    /// <summary>What stands after <c>targetgroup/</c> in its ARN: <c>NAME/16 hex</c>.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    /// <summary><c>HTTP</c>, <c>HTTPS</c>, <c>TCP</c>, <c>TLS</c>, <c>UDP</c>, <c>TCP_UDP</c> or <c>GENEVE</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary><c>HTTP1</c>, <c>HTTP2</c> or <c>GRPC</c>; null but for HTTP and HTTPS.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>Used where a target names none of its own.</summary>
    public required int Port { get; init; }

    /// <summary>Null only for rows that need none.</summary>
    public Id<Vpc>? VpcId { get; init; }

    public TargetType TargetType { get; init; }

    /// <summary><c>ipv4</c> or <c>ipv6</c>.</summary>
    public string IpAddressType { get; init; } = "ipv4";

    /// <summary>The target optimizer's port; null where it is off.</summary>
    public int? ControlPort { get; init; }

    public required HealthCheck HealthCheck { get; init; }

    /// <summary>The attributes that were set; <see cref="AttributeOf"/> gives the value that holds.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = Trunkline.Cloud.Tags.None;

    /// <summary>In the order they were registered.</summary>
    public ImmutableArray<RegisteredTarget> Targets { get; init; } = [];

    /// <summary>Targets that are registered no more, and whose deregistration delay may still run: see <see cref="DrainingAt"/>.</summary>
    public ImmutableArray<DrainingTarget> Draining { get; init; } = [];

    public required DateTimeOffset CreatedTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    /// <remarks>Neither its VPC nor its targets are held by it: both can be deleted while it stands.</remarks>
    public IEnumerable<string> Keys =>
    [
        NameWord(Name),
        .. VpcId is { } vpc ? new[] { VpcWord(vpc) } : [],
        .. Targets.Select(t => t.Id).Concat(Draining.Select(d => d.Target.Id)).Distinct(StringComparer.Ordinal).Select(TargetWord),
    ];

    /// <summary>The targets whose deregistration delay runs at a time.</summary>
    public ImmutableArray<DrainingTarget> DrainingAt(DateTimeOffset now) => Draining.RemoveAll(d => d.Until <= now);

    /// <summary>The value of an attribute that holds: the one that was set, or AWS's default; null where it has no such attribute.</summary>
    public string? AttributeOf(string name) =>
        Attributes.TryGetValue(name, out string? set) ? set : TargetGroupAttributes.Find(this, name)?.Default;

    /// <summary>What stands after <c>targetgroup/</c> in an ARN, or null where it is no target group's.</summary>
    public static string? KeyOfArn(string arn) =>
        arn.IndexOf(":targetgroup/", StringComparison.Ordinal) is > 0 and int at ? arn[(at + ":targetgroup/".Length)..] : null;

    public static string NameWord(string name) => $"name/{name}";

    /// <summary>The word by which listeners and rules that name a target group are found.</summary>
    public static string KeyWord(string key) => $"targetgroup/{key}";

    /// <summary>The word by which the groups of a VPC are found.</summary>
    public static string VpcWord(Id<Vpc> vpc) => $"in/{vpc}";

    /// <summary>The word by which the groups are found that a target is registered with, or leaves.</summary>
    /// <param name="id">The target's id: an instance's, an address or an application load balancer's ARN.</param>
    public static string TargetWord(string id) => $"target/{id}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A target as it was registered.</summary>
/// <param name="Id">An instance's id, an IP address, or an application load balancer's ARN, by the group's type.</param>
/// <param name="Port">The port that holds: its own or the group's.</param>
/// <param name="Zone">For addresses: a zone's name, or <c>all</c> where every node may use it. Null for instances and load balancers.</param>
/// <param name="QuicServerId">For QUIC only.</param>
public sealed record RegisteredTarget(
    string Id, int Port, string? Zone, DateTimeOffset RegisteredAt, string? QuicServerId = null);

/// <summary>A target that was deregistered: new connections avoid it, and those that it has go on.</summary>
/// <param name="Until">When its deregistration delay is over.</param>
public sealed record DrainingTarget(RegisteredTarget Target, DateTimeOffset Until);

/// <summary>How targets are probed. Source: AWS, "Health checks for Application Load Balancer target groups".</summary>
/// <param name="Protocol"><c>HTTP</c>, <c>HTTPS</c> or <c>TCP</c>.</param>
/// <param name="Port"><c>traffic-port</c>, or a number.</param>
/// <param name="Path">For HTTP and HTTPS; null for TCP.</param>
/// <param name="Interval">Seconds, 5 to 300.</param>
/// <param name="Timeout">Seconds, 2 to 120.</param>
/// <param name="Healthy">Successes in a row, 2 to 10.</param>
/// <param name="Unhealthy">Failures in a row, 2 to 10.</param>
/// <param name="Matcher">HTTP or gRPC codes that count as success, such as <c>200-299,302</c>; null for TCP.</param>
public sealed record HealthCheck(
    bool Enabled, string Protocol, string Port, string? Path, int Interval, int Timeout, int Healthy, int Unhealthy, string? Matcher);
