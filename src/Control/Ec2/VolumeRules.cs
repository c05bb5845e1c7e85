using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Size and speed of a volume as they were checked.</summary>
internal sealed record VolumeShape(string Type, int Size, int? Iops, int? Throughput);

/// <summary>What EBS volumes may be. Source: EC2 API, CreateVolume; AWS, "Amazon EBS volume types".</summary>
internal static class VolumeRules
{
    private sealed record TypeLimits(int LeastSize, int MostSize, int LeastIops, int MostIops, int MostIopsPerGib);

    private static readonly ImmutableSortedDictionary<string, TypeLimits> Limits = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        new Dictionary<string, TypeLimits>
        {
            ["gp2"] = new(1, 16_384, 0, 0, 0),
            ["gp3"] = new(1, 65_536, 3000, 80_000, 500),
            ["io1"] = new(4, 16_384, 100, 64_000, 50),
            ["io2"] = new(4, 65_536, 100, 256_000, 1000),
            ["st1"] = new(125, 16_384, 0, 0, 0),
            ["sc1"] = new(125, 16_384, 0, 0, 0),
            ["standard"] = new(1, 1024, 0, 0, 0),
        });

    /// <summary>The volume that is asked for, with AWS's defaults for what is left open.</summary>
    public static VolumeShape Checked(string? type, int? size, int? iops, int? throughput)
    {
        string kind = type ?? "gp2";
        if (!Limits.TryGetValue(kind, out TypeLimits? limits))
        {
            throw new Fault("UnknownVolumeType", $"Unsupported volume type '{kind}' for volume creation.");
        }

        int gib = Door.Required(size, "size");
        if (gib < limits.LeastSize || gib > limits.MostSize)
        {
            throw Fault.Invalid(
                $"Volume of {gib}GiB is too {(gib < limits.LeastSize ? "small" : "large")} for volume type {kind}; "
                + $"{(gib < limits.LeastSize ? "minimum" : "maximum")} is {(gib < limits.LeastSize ? limits.LeastSize : limits.MostSize)}GiB.");
        }

        return new VolumeShape(kind, gib, IopsOf(kind, gib, iops, limits), ThroughputOf(kind, throughput, iops));
    }

    /// <summary>The ARN of the key a volume is encrypted with; null where it is not encrypted.</summary>
    public static string? KeyArnOf(CommandContext context, bool? encrypted, string? keyId)
    {
        if (string.IsNullOrEmpty(keyId))
        {
            return encrypted == true ? KeyArn(context, $"key/{KeyUuid(context)}") : null;
        }

        if (encrypted != true)
        {
            throw new Fault("InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set.");
        }

        if (keyId.StartsWith("arn:", StringComparison.Ordinal))
        {
            return keyId;
        }

        return KeyArn(context, keyId.StartsWith("alias/", StringComparison.Ordinal) ? keyId : $"key/{keyId}");
    }

    private static string KeyArn(CommandContext context, string resource) => context.Arn(resource, "kms");

    /// <summary>The id of the account's own key <c>aws/ebs</c> in a region: always the same.</summary>
    private static string KeyUuid(CommandContext context)
    {
        string seed = $"{context.Account}/{context.Region}/aws/ebs";
        uint a = PublicPool.Hash(seed);
        uint b = PublicPool.Hash(seed + "/2");
        uint c = PublicPool.Hash(seed + "/3");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{a:x8}-{b >> 16:x4}-4{b & 0xFFF:x3}-8{c & 0xFFF:x3}-{PublicPool.Hash(seed + "/4"):x8}{c >> 16:x4}");
    }

    private static int? IopsOf(string kind, int size, int? iops, TypeLimits limits)
    {
        if (limits.MostIops == 0)
        {
            return iops is null
                ? kind == "gp2" ? Math.Clamp(size * 3, 100, 16_000) : null
                : throw Fault.Combination($"The parameter iops is not supported for {kind} volumes.");
        }

        if (iops is not { } asked)
        {
            return kind == "gp3" ? 3000 : throw Fault.Missing("iops");
        }

        if (asked < limits.LeastIops || asked > limits.MostIops)
        {
            throw Fault.Invalid(
                $"Volume iops of {asked} is too {(asked < limits.LeastIops ? "low" : "high")}; "
                + $"{(asked < limits.LeastIops ? "minimum" : "maximum")} is {(asked < limits.LeastIops ? limits.LeastIops : limits.MostIops)}.");
        }

        return asked <= limits.MostIopsPerGib * (long)size || asked == limits.LeastIops ? asked : throw Fault.Combination(
            $"Iops to volume size ratio of {asked / (double)size:F1} is too high; maximum is {limits.MostIopsPerGib}");
    }

    private static int? ThroughputOf(string kind, int? throughput, int? iops)
    {
        if (kind != "gp3")
        {
            return throughput is null ? null : throw Fault.Combination($"The parameter Throughput is not supported for {kind} volumes.");
        }

        int asked = throughput ?? 125;
        if (asked is < 125 or > 2000)
        {
            throw Fault.Invalid($"Throughput of {asked} MiB/s is out of range; a gp3 volume has 125 to 2000 MiB/s.");
        }

        return asked * 4 <= (iops ?? 3000) ? asked : throw Fault.Combination(
            $"Throughput (MiBps) to iops ratio of {asked / (double)(iops ?? 3000):F6} is too high; maximum is 0.250000 MiBps per iops.");
    }
}
