using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A Classic Load Balancer. Source: AWS, "User Guide for Classic Load Balancers"; Elastic Load Balancing API, version 2012-06-01.</summary>
/// <remarks>Its tags are Elastic Load Balancing's own: EC2's tag operations do not reach it.</remarks>
public sealed record ClassicLoadBalancer : IResource<ClassicLoadBalancer>
{
    public static string Kind => "classic-load-balancer";

    public static string IdPrefix => "";

    /// <summary>Unique among the classic load balancers of the account and region; as it was given.</summary>
    public required string Name { get; init; }

    /// <summary>Scheme <c>internal</c>: its nodes have private addresses only. Else <c>internet-facing</c>.</summary>
    public bool Internal { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    /// <summary>One for each subnet, at most one a zone, in order of zones.</summary>
    public ImmutableArray<ClassicNode> Nodes { get; init; } = [];

    /// <summary>In order of ports; a port has one listener at most.</summary>
    public ImmutableArray<ClassicListener> Listeners { get; init; } = [];

    /// <summary>The registered instances, in the order in which they were registered.</summary>
    public ImmutableArray<Id<Instance>> Instances { get; init; } = [];

    /// <summary>Instances that are registered no more, and whose connections may still be drained: see <see cref="DrainingAt"/>.</summary>
    public ImmutableArray<DrainingInstance> Draining { get; init; } = [];

    public required ClassicHealthCheck HealthCheck { get; init; }

    /// <summary>The groups of its nodes.</summary>
    public ImmutableArray<Id<SecurityGroup>> SecurityGroups { get; init; } = [];

    /// <summary>Whether a node sends to the instances of every zone. Off where it was made by the API, as on AWS.</summary>
    public bool CrossZone { get; init; }

    public ClassicAccessLog AccessLog { get; init; } = new();

    /// <summary>Whether requests in flight are completed when an instance leaves.</summary>
    public bool ConnectionDraining { get; init; }

    /// <summary>Seconds that draining waits, 1 to 3600.</summary>
    public int DrainingTimeout { get; init; } = 300;

    /// <summary>Seconds that a connection may be idle, 1 to 4000.</summary>
    public int IdleTimeout { get; init; } = 60;

    /// <summary><c>monitor</c>, <c>defensive</c> or <c>strictest</c>: elb.http.desyncmitigationmode.</summary>
    public string DesyncMitigationMode { get; init; } = "defensive";

    /// <summary>In order of their names.</summary>
    public ImmutableArray<ClassicPolicy> Policies { get; init; } = [];

    /// <summary>Policies towards the instances, in order of instance ports.</summary>
    public ImmutableArray<ClassicBackend> Backends { get; init; } = [];

    /// <summary>Without a dot at the end: <c>NAME-1234567890.us-east-1.elb.amazonaws.com</c>.</summary>
    public required string DnsName { get; init; }

    public required DateTimeOffset CreatedTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Name;

    public IEnumerable<string> Keys
    {
        get
        {
            yield return NameWord(Name);
            yield return VpcId.Value;
            foreach (ClassicNode node in Nodes)
            {
                yield return node.SubnetId.Value;
                yield return node.NetworkInterfaceId.Value;
            }

            foreach (Id<SecurityGroup> group in SecurityGroups)
            {
                yield return group.Value;
            }

            foreach (Id<Instance> instance in Instances)
            {
                yield return instance.Value;
            }

            foreach (DrainingInstance leaving in Draining)
            {
                yield return leaving.Instance.Value;
            }

            foreach (ClassicListener listener in Listeners)
            {
                if (listener.CertificateArn is { } certificate)
                {
                    yield return Certificate.UseWord(certificate);
                }
            }
        }
    }

    /// <summary>The instances whose connections are drained at a time.</summary>
    public ImmutableArray<DrainingInstance> DrainingAt(DateTimeOffset now) => Draining.RemoveAll(d => d.Until <= now);

    /// <summary>Names are told apart without regard to case, as names in the DNS are.</summary>
    public static string NameWord(string name) => $"name/{name.ToLowerInvariant()}";
}

/// <summary>Where a classic load balancer stands in one zone: the interface that takes connections in and sends them on.</summary>
public sealed record ClassicNode(Id<Subnet> SubnetId, string Zone, Id<NetworkInterface> NetworkInterfaceId);

/// <summary>An instance that was deregistered: new connections avoid it, and those that it has go on.</summary>
/// <param name="Until">When the load balancer closes what is left of them.</param>
public sealed record DrainingInstance(Id<Instance> Instance, DateTimeOffset Until);

/// <summary>One port of a classic load balancer.</summary>
/// <param name="Protocol">Towards the client: <c>HTTP</c>, <c>HTTPS</c>, <c>TCP</c> or <c>SSL</c>.</param>
/// <param name="InstanceProtocol">Towards the instance, the same four.</param>
/// <param name="CertificateArn">Of IAM or ACM, for HTTPS and SSL; null for the others.</param>
/// <param name="Policies">Names of the policies in force on it.</param>
public sealed record ClassicListener(
    string Protocol, int Port, string InstanceProtocol, int InstancePort, string? CertificateArn, ImmutableArray<string> Policies);

/// <summary>The health check of a classic load balancer.</summary>
/// <param name="Target"><c>TCP:80</c>, <c>SSL:443</c>, <c>HTTP:80/path</c> or <c>HTTPS:443/path</c>.</param>
/// <param name="Interval">Seconds between checks, 5 to 300.</param>
/// <param name="Timeout">Seconds to wait for an answer, 2 to 60 and less than the interval.</param>
/// <param name="UnhealthyThreshold">Failures in a row, 2 to 10.</param>
/// <param name="HealthyThreshold">Successes in a row, 2 to 10.</param>
public sealed record ClassicHealthCheck(string Target, int Interval = 30, int Timeout = 5, int UnhealthyThreshold = 2, int HealthyThreshold = 10);

/// <summary>Where a classic load balancer writes its access log.</summary>
/// <param name="EmitInterval">Minutes: 5 or 60.</param>
public sealed record ClassicAccessLog(bool Enabled = false, string? S3BucketName = null, int EmitInterval = 60, string? S3BucketPrefix = null);

/// <summary>A policy of a classic load balancer.</summary>
/// <param name="TypeName">One of DescribeLoadBalancerPolicyTypes.</param>
/// <param name="Attributes">In the order of the request; a name may come more than once where its type allows that.</param>
public sealed record ClassicPolicy(string Name, string TypeName, ImmutableArray<ClassicPolicyAttribute> Attributes)
{
    /// <summary>Stickiness by a cookie of the load balancer's own.</summary>
    public const string LbCookie = "LBCookieStickinessPolicyType";

    /// <summary>Stickiness for as long as the application's cookie, named by <see cref="CookieName"/>, lasts.</summary>
    public const string AppCookie = "AppCookieStickinessPolicyType";

    public const string CookieName = "CookieName";
}

public sealed record ClassicPolicyAttribute(string Name, string Value);

/// <summary>The policies in force towards one port of the instances.</summary>
public sealed record ClassicBackend(int InstancePort, ImmutableArray<string> Policies);
