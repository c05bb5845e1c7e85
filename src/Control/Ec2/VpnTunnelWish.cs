using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// The options that a request gives for one tunnel: null where it says nothing. Source: AWS Site-to-Site VPN, "Tunnel options"; EC2 API,
/// VpnTunnelOptionsSpecification.
/// </summary>
internal sealed record VpnTunnelWish
{
    private static readonly ImmutableArray<string> Encryption = ["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"];
    private static readonly ImmutableArray<string> Integrity = ["SHA1", "SHA2-256", "SHA2-384", "SHA2-512"];
    private static readonly ImmutableArray<int> Phase1Groups = [2, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];
    private static readonly ImmutableArray<int> Phase2Groups = [2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];
    private static readonly ImmutableArray<string> Ike = ["ikev1", "ikev2"];

    /// <summary>Blocks of 169.254.0.0/16 that no tunnel may have (rule 123).</summary>
    private static readonly ImmutableArray<Prefix> ReservedInside =
    [
        Prefix.Parse("169.254.0.0/30"), Prefix.Parse("169.254.1.0/30"), Prefix.Parse("169.254.2.0/30"), Prefix.Parse("169.254.3.0/30"),
        Prefix.Parse("169.254.4.0/30"), Prefix.Parse("169.254.5.0/30"), Prefix.Parse("169.254.169.252/30"),
    ];

    /// <summary>IPv6 inside blocks are of the local half of the unique local addresses.</summary>
    public static readonly Prefix InsideIpv6Range = Prefix.Parse("fd00::/8");

    public const int InsideLength = 30;

    public const int InsideIpv6Length = 126;

    public const int UsualPhase1Lifetime = 28_800;

    public const int UsualPhase2Lifetime = 3_600;

    public string? InsideCidr { get; init; }

    public string? InsideIpv6Cidr { get; init; }

    public string? PreSharedKey { get; init; }

    public int? Phase1Lifetime { get; init; }

    public int? Phase2Lifetime { get; init; }

    public int? RekeyMargin { get; init; }

    public int? RekeyFuzz { get; init; }

    public int? ReplayWindow { get; init; }

    public int? DpdTimeout { get; init; }

    public string? DpdAction { get; init; }

    public IReadOnlyList<string?>? Phase1Encryption { get; init; }

    public IReadOnlyList<string?>? Phase2Encryption { get; init; }

    public IReadOnlyList<string?>? Phase1Integrity { get; init; }

    public IReadOnlyList<string?>? Phase2Integrity { get; init; }

    public IReadOnlyList<int?>? Phase1DhGroups { get; init; }

    public IReadOnlyList<int?>? Phase2DhGroups { get; init; }

    public IReadOnlyList<string?>? IkeVersions { get; init; }

    public string? StartupAction { get; init; }

    public Aws.CloudWatchLogOptionsSpecification? Log { get; init; }

    public bool? LifecycleControl { get; init; }

    public static VpnTunnelWish Of(Aws.VpnTunnelOptionsSpecification given) => new()
    {
        InsideCidr = given.TunnelInsideCidr,
        InsideIpv6Cidr = given.TunnelInsideIpv6Cidr,
        PreSharedKey = given.PreSharedKey,
        Phase1Lifetime = given.Phase1LifetimeSeconds,
        Phase2Lifetime = given.Phase2LifetimeSeconds,
        RekeyMargin = given.RekeyMarginTimeSeconds,
        RekeyFuzz = given.RekeyFuzzPercentage,
        ReplayWindow = given.ReplayWindowSize,
        DpdTimeout = given.DPDTimeoutSeconds,
        DpdAction = given.DPDTimeoutAction,
        Phase1Encryption = given.Phase1EncryptionAlgorithms?.Select(v => v.Value).ToList(),
        Phase2Encryption = given.Phase2EncryptionAlgorithms?.Select(v => v.Value).ToList(),
        Phase1Integrity = given.Phase1IntegrityAlgorithms?.Select(v => v.Value).ToList(),
        Phase2Integrity = given.Phase2IntegrityAlgorithms?.Select(v => v.Value).ToList(),
        Phase1DhGroups = given.Phase1DHGroupNumbers?.Select(v => v.Value).ToList(),
        Phase2DhGroups = given.Phase2DHGroupNumbers?.Select(v => v.Value).ToList(),
        IkeVersions = given.IKEVersions?.Select(v => v.Value).ToList(),
        StartupAction = given.StartupAction,
        Log = given.LogOptions?.CloudWatchLogOptions,
        LifecycleControl = given.EnableTunnelLifecycleControl,
    };

    public static VpnTunnelWish Of(Aws.ModifyVpnTunnelOptionsSpecification given) => new()
    {
        InsideCidr = given.TunnelInsideCidr,
        InsideIpv6Cidr = given.TunnelInsideIpv6Cidr,
        PreSharedKey = given.PreSharedKey,
        Phase1Lifetime = given.Phase1LifetimeSeconds,
        Phase2Lifetime = given.Phase2LifetimeSeconds,
        RekeyMargin = given.RekeyMarginTimeSeconds,
        RekeyFuzz = given.RekeyFuzzPercentage,
        ReplayWindow = given.ReplayWindowSize,
        DpdTimeout = given.DPDTimeoutSeconds,
        DpdAction = given.DPDTimeoutAction,
        Phase1Encryption = given.Phase1EncryptionAlgorithms?.Select(v => v.Value).ToList(),
        Phase2Encryption = given.Phase2EncryptionAlgorithms?.Select(v => v.Value).ToList(),
        Phase1Integrity = given.Phase1IntegrityAlgorithms?.Select(v => v.Value).ToList(),
        Phase2Integrity = given.Phase2IntegrityAlgorithms?.Select(v => v.Value).ToList(),
        Phase1DhGroups = given.Phase1DHGroupNumbers?.Select(v => v.Value).ToList(),
        Phase2DhGroups = given.Phase2DHGroupNumbers?.Select(v => v.Value).ToList(),
        IkeVersions = given.IKEVersions?.Select(v => v.Value).ToList(),
        StartupAction = given.StartupAction,
        Log = given.LogOptions?.CloudWatchLogOptions,
        LifecycleControl = given.EnableTunnelLifecycleControl,
    };

    /// <summary>A tunnel with these options over those it has, checked. The inside blocks are looked at by themselves.</summary>
    public VpnTunnel Over(VpnTunnel tunnel)
    {
        VpnTunnel next = tunnel with
        {
            PreSharedKey = PreSharedKey is null ? tunnel.PreSharedKey : CheckedKey(PreSharedKey),
            Phase1LifetimeSeconds = Between(Phase1Lifetime, "phase1LifetimeSeconds", 900, 28_800) ?? tunnel.Phase1LifetimeSeconds,
            Phase2LifetimeSeconds = Between(Phase2Lifetime, "phase2LifetimeSeconds", 900, 3_600) ?? tunnel.Phase2LifetimeSeconds,
            RekeyMarginTimeSeconds = Between(RekeyMargin, "rekeyMarginTimeSeconds", 60, 1_800) ?? tunnel.RekeyMarginTimeSeconds,
            RekeyFuzzPercentage = Between(RekeyFuzz, "rekeyFuzzPercentage", 0, 100) ?? tunnel.RekeyFuzzPercentage,
            ReplayWindowSize = Between(ReplayWindow, "replayWindowSize", 64, 2_048) ?? tunnel.ReplayWindowSize,
            DpdTimeoutSeconds = Between(DpdTimeout, "dpdTimeoutSeconds", 30, int.MaxValue) ?? tunnel.DpdTimeoutSeconds,
            DpdTimeoutAction = Door.OneOf(DpdAction, "dpdTimeoutAction", "clear", "none", "restart") ?? tunnel.DpdTimeoutAction,
            Phase1Encryption = Some(Phase1Encryption, "phase1EncryptionAlgorithms", Encryption) ?? tunnel.Phase1Encryption,
            Phase2Encryption = Some(Phase2Encryption, "phase2EncryptionAlgorithms", Encryption) ?? tunnel.Phase2Encryption,
            Phase1Integrity = Some(Phase1Integrity, "phase1IntegrityAlgorithms", Integrity) ?? tunnel.Phase1Integrity,
            Phase2Integrity = Some(Phase2Integrity, "phase2IntegrityAlgorithms", Integrity) ?? tunnel.Phase2Integrity,
            Phase1DhGroups = Numbers(Phase1DhGroups, "phase1DHGroupNumbers", Phase1Groups) ?? tunnel.Phase1DhGroups,
            Phase2DhGroups = Numbers(Phase2DhGroups, "phase2DHGroupNumbers", Phase2Groups) ?? tunnel.Phase2DhGroups,
            IkeVersions = Some(IkeVersions, "ikeVersions", Ike) ?? tunnel.IkeVersions,
            StartupAction = Door.OneOf(StartupAction, "startupAction", "add", "start") ?? tunnel.StartupAction,
            LifecycleControl = LifecycleControl ?? tunnel.LifecycleControl,
            Log = Log is null ? tunnel.Log : LogOf(Log, tunnel.Log),
        };
        CheckTimes(next);
        return next;
    }

    /// <summary>The inside block that was asked for; null where AWS picks one.</summary>
    public Prefix? CheckedInside()
    {
        if (InsideCidr is not { } text)
        {
            return null;
        }

        bool isGood = Prefix.TryParse(text, out Prefix cidr, out bool strict) && strict
            && cidr.IsV4 && cidr.Length == InsideLength && WellKnown.LinkLocalV4.Contains(cidr) && IsFit(cidr);
        return isGood
            ? cidr
            : throw Fault.Invalid(
                $"The Tunnel Inside CIDR {text} is invalid: a size /30 CIDR block from the 169.254.0.0/16 range that is not reserved is required.");
    }

    /// <summary>The IPv6 inside block that was asked for; null where AWS picks one.</summary>
    public Prefix? CheckedInsideIpv6()
    {
        if (InsideIpv6Cidr is not { } text)
        {
            return null;
        }

        bool isGood = Prefix.TryParse(text, out Prefix cidr, out bool strict) && strict
            && !cidr.IsV4 && cidr.Length == InsideIpv6Length && InsideIpv6Range.Contains(cidr);
        return isGood
            ? cidr
            : throw Fault.Invalid($"The Tunnel Inside IPv6 CIDR {text} is invalid: a size /126 CIDR block from the fd00::/8 range is required.");
    }

    /// <summary>Whether a /30 is none of those that AWS keeps.</summary>
    public static bool IsFit(Prefix inside) => !ReservedInside.Contains(inside);

    private static string CheckedKey(string key)
    {
        bool isGood = key.Length is >= 8 and <= 64 && key[0] != '0'
            && !key.AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._");
        return isGood
            ? key
            : throw Fault.Invalid(
                "The pre-shared key is invalid: it must have 8 to 64 alphanumeric characters, periods and underscores, and cannot start with zero (0).");
    }

    private static int? Between(int? value, string parameter, int least, int most) => value is null || (value >= least && value <= most)
        ? value
        : throw Fault.Invalid($"Value ({value}) for parameter {parameter} is invalid. Expecting a value between {least} and {most}.");

    private static ImmutableArray<string>? Some(IReadOnlyList<string?>? values, string parameter, ImmutableArray<string> allowed)
    {
        foreach (string? value in values ?? [])
        {
            if (value is null || !allowed.Contains(value))
            {
                throw Fault.InvalidValue(value, parameter);
            }
        }

        return values is null ? null : [.. values.Select(v => v!).Distinct(StringComparer.Ordinal)];
    }

    private static ImmutableArray<int>? Numbers(IReadOnlyList<int?>? values, string parameter, ImmutableArray<int> allowed)
    {
        foreach (int? value in values ?? [])
        {
            if (value is not { } number || !allowed.Contains(number))
            {
                throw Fault.InvalidValue(value?.ToString(System.Globalization.CultureInfo.InvariantCulture), parameter);
            }
        }

        return values is null ? null : [.. values.Select(v => v!.Value).Distinct()];
    }

    /// <summary>Phase 2 lives shorter than phase 1, and the margin before a new key is at most half of it.</summary>
    private static void CheckTimes(VpnTunnel tunnel)
    {
        int phase1 = tunnel.Phase1LifetimeSeconds ?? UsualPhase1Lifetime;
        int phase2 = tunnel.Phase2LifetimeSeconds ?? UsualPhase2Lifetime;
        if (phase2 >= phase1)
        {
            throw Fault.Invalid($"The phase 2 lifetime ({phase2}) must be less than the phase 1 lifetime ({phase1}).");
        }

        if (tunnel.RekeyMarginTimeSeconds > phase2 / 2)
        {
            throw Fault.Invalid($"The rekey margin time ({tunnel.RekeyMarginTimeSeconds}) must be at most half of the phase 2 lifetime ({phase2}).");
        }
    }

    private static VpnTunnelLog LogOf(Aws.CloudWatchLogOptionsSpecification given, VpnTunnelLog before)
    {
        bool enabled = given.LogEnabled ?? before.Enabled;
        bool bgpEnabled = given.BgpLogEnabled ?? before.BgpEnabled;
        string? group = given.LogGroupArn ?? before.GroupArn;
        string? bgpGroup = given.BgpLogGroupArn ?? before.BgpGroupArn;
        if ((enabled && group is null) || (bgpEnabled && bgpGroup is null))
        {
            throw Fault.Missing(enabled && group is null ? "logGroupArn" : "bgpLogGroupArn");
        }

        return new VpnTunnelLog(
            enabled,
            enabled ? CheckedGroup(group) : null,
            enabled ? Door.OneOf(given.LogOutputFormat, "logOutputFormat", "json", "text") ?? before.Format ?? "json" : null,
            bgpEnabled,
            bgpEnabled ? CheckedGroup(bgpGroup) : null,
            bgpEnabled ? Door.OneOf(given.BgpLogOutputFormat, "bgpLogOutputFormat", "json", "text") ?? before.BgpFormat ?? "json" : null);
    }

    private static string? CheckedGroup(string? arn) =>
        arn is not null && arn.StartsWith("arn:aws", StringComparison.Ordinal) && arn.Contains(":logs:", StringComparison.Ordinal)
        && arn.Contains(":log-group:", StringComparison.Ordinal)
            ? arn
            : throw Fault.InvalidValue(arn, "logGroupArn");
}
