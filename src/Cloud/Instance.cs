using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>An instance's state; the values are the API's codes.</summary>
public enum InstanceState
{
    Pending = 0,
    Running = 16,
    ShuttingDown = 32,
    Terminated = 48,
    Stopping = 64,
    Stopped = 80,
}

/// <summary>An instance, as far as networks need it. Its interfaces are rows of their own, found by its id.</summary>
public sealed record Instance : IResource<Instance>, ITagged
{
    public static string Kind => "instance";

    public static string IdPrefix => "i";

    public required Id<Instance> Id { get; init; }

    public required string ReservationId { get; init; }

    public required string ImageId { get; init; }

    public required string InstanceType { get; init; }

    public required InstanceState State { get; init; }

    public required DateTimeOffset LaunchTime { get; init; }

    public required string Zone { get; init; }

    /// <summary>Where its primary interface stands; null once terminated.</summary>
    public Id<Subnet>? SubnetId { get; init; }

    public Id<Vpc>? VpcId { get; init; }

    public int LaunchIndex { get; init; }

    public string? KeyName { get; init; }

    public string? ClientToken { get; init; }

    public string Tenancy { get; init; } = "default";

    public string? PlacementGroup { get; init; }

    public int? PartitionNumber { get; init; }

    public bool Monitored { get; init; }

    public string? StateReasonCode { get; init; }

    public string? StateReasonMessage { get; init; }

    /// <summary>As the API words it: <c>User initiated (2026-01-02 03:04:05 GMT)</c>.</summary>
    public string StateTransitionReason { get; init; } = "";

    /// <summary>When it was terminated; it stays in describe for about an hour.</summary>
    public DateTimeOffset? TerminatedAt { get; init; }

    /// <summary>User data, base64 as it was sent.</summary>
    public string? UserData { get; init; }

    public bool EbsOptimized { get; init; }

    public bool DisableApiTermination { get; init; }

    public bool DisableApiStop { get; init; }

    /// <summary><c>stop</c> or <c>terminate</c>.</summary>
    public string ShutdownBehavior { get; init; } = "stop";

    public MetadataOptions Metadata { get; init; } = new();

    public string HostnameType { get; init; } = "ip-name";

    public bool ResourceNameDnsA { get; init; }

    public bool ResourceNameDnsAaaa { get; init; }

    /// <summary><c>standard</c> or <c>unlimited</c>; null where the type has no credits.</summary>
    public string? CpuCredits { get; init; }

    /// <summary><c>default</c> or <c>disabled</c>.</summary>
    public string AutoRecovery { get; init; } = "default";

    public int? CpuCoreCount { get; init; }

    public int? CpuThreadsPerCore { get; init; }

    public bool Hibernation { get; init; }

    public bool EnclaveEnabled { get; init; }

    /// <summary><c>spot</c> or null.</summary>
    public string? Lifecycle { get; init; }

    public string RootDeviceName { get; init; } = "/dev/xvda";

    /// <summary>The IAM role's profile that it bears; null where it bears none.</summary>
    public ProfileAssociation? Profile { get; init; }

    /// <summary><c>open</c>, <c>none</c> or <c>capacity-reservations-only</c>.</summary>
    public string CapacityReservationPreference { get; init; } = "open";

    /// <summary><c>default</c> or <c>disabled</c>.</summary>
    public string RebootMigration { get; init; } = "default";

    /// <summary><c>default</c>, <c>vpc-1</c> or <c>ebs-1</c>.</summary>
    public string BandwidthWeighting { get; init; } = "default";

    public bool EnaSupport { get; init; } = true;

    /// <summary>How often it was started again or rebooted: its programs end with each.</summary>
    public int Boots { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <remarks>A terminated instance holds on to nothing.</remarks>
    public IEnumerable<string> Keys
    {
        get
        {
            yield return ReservationId;
            if (ClientToken is { } token)
            {
                yield return TokenWord(token);
            }

            if (SubnetId is { } subnet)
            {
                yield return subnet.Value;
            }

            if (VpcId is { } vpc)
            {
                yield return vpc.Value;
            }

            if (PlacementGroup is { } group && State != InstanceState.Terminated)
            {
                yield return Trunkline.Cloud.PlacementGroup.NameWord(group);
            }

            if (Profile is { } profile)
            {
                yield return profile.Id;
            }
        }
    }

    public static string TokenWord(string token) => $"token/{token}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>Settings of the instance metadata service, in the API's words.</summary>
public sealed record MetadataOptions
{
    public string HttpTokens { get; init; } = "optional";

    public int HttpPutResponseHopLimit { get; init; } = 1;

    public string HttpEndpoint { get; init; } = "enabled";

    public string HttpProtocolIpv6 { get; init; } = "disabled";

    public string InstanceMetadataTags { get; init; } = "disabled";
}

/// <summary>The IAM instance profile of an instance.</summary>
/// <param name="Id"><c>iip-assoc-…</c></param>
/// <param name="Arn">The profile's ARN.</param>
/// <param name="ProfileId">IAM's own id, <c>AIPA…</c>.</param>
public sealed record ProfileAssociation(string Id, string Arn, string ProfileId, DateTimeOffset Time);
