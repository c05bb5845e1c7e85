using System.Collections.Immutable;

namespace Trunkline.Control.Ram;

/// <summary>RAM's quotas. Source: AWS General Reference, "AWS Resource Access Manager endpoints and quotas".</summary>
internal static class RamQuotas
{
    public static readonly Quota SharesPerRegion = new(
        "resource-shares-per-region", 25_000, "ResourceShareLimitExceededException", "The maximum number of resource shares has been reached.");

    public static readonly Quota CustomerPermissionsPerRegion = new(
        "customer-managed-permissions-per-region", 5_000, "PermissionLimitExceededException",
        "The maximum number of customer managed permissions has been reached.");

    public static readonly ImmutableArray<Quota> All = [SharesPerRegion, CustomerPermissionsPerRegion];
}
