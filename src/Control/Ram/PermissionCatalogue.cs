using System.Collections.Immutable;
using System.Text.Json;
using Trunkline.Cloud;

namespace Trunkline.Control.Ram;

/// <summary>One version of a permission, AWS's or a customer's, as shares use it.</summary>
/// <param name="Policy">JSON with <c>Effect</c> and <c>Action</c>.</param>
public sealed record PermissionView(
    string Arn, string Name, string ResourceType, int Version, bool IsDefaultVersion, bool IsAwsManaged, string Policy,
    DateTimeOffset CreationTime, DateTimeOffset LastUpdatedTime)
{
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;
}

/// <summary>The permissions that AWS manages, one for each type that can be shared. Source: RAM User Guide, "Managed permissions".</summary>
public static class PermissionCatalogue
{
    private const string Prefix = "arn:aws:ram::aws:permission/";

    /// <summary>When AWS made them.</summary>
    private static readonly DateTimeOffset MadeAt = new(2020, 2, 27, 0, 0, 0, TimeSpan.Zero);

    public static ImmutableArray<PermissionView> All { get; } = [.. ShareableTypes.All.Select(Make).OrderBy(p => p.Arn, StringComparer.Ordinal)];

    public static PermissionView DefaultOf(ShareableType type) => All.Single(p => p.ResourceType == type.Name);

    /// <summary>The permission of that name; null where AWS has none here.</summary>
    public static PermissionView? Named(string name) => All.FirstOrDefault(p => p.Name == name);

    private static PermissionView Make(ShareableType type) => new(
        Prefix + type.Permission, type.Permission, type.Name, 1, true, true,
        JsonSerializer.Serialize(new PolicyForm("Allow", type.Actions)), MadeAt, MadeAt);

    private sealed record PolicyForm(string Effect, ImmutableArray<string> Action);
}
