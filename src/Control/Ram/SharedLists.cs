using Trunkline.Cloud;
using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Control.Ram;

/// <summary>What is shared, and with whom, across shares. Source: RAM API, ListResources, ListPrincipals.</summary>
public sealed partial class RamService
{
    private const string Regional = "REGIONAL";

    public AwsRam.ListResourcesResponse ListResources(CommandContext context, AwsRam.ListResourcesRequest request)
    {
        RefuseUnknownType(request.ResourceType);
        string? account = request.Principal is { } principal ? AccountOf(principal) : null;
        IEnumerable<AwsRam.Resource> rows = request.ResourceRegionScope == "GLOBAL"
            ? []
            : ActiveShares(context, request.ResourceOwner, request.ResourceShareArns)
                .Where(s => account is null || IsWith(context, s, account))
                .SelectMany(s => ResourcesOf(context, s))
                .Where(r => (request.ResourceArns is null or [] || request.ResourceArns.Contains(r.Arn!))
                    && (request.ResourceType is null || request.ResourceType.Equals(r.Type, StringComparison.OrdinalIgnoreCase)));
        Page<AwsRam.Resource> page = PageOf(rows, request.MaxResults, request.NextToken, r => $"{r.Arn} {r.ResourceShareArn}");
        return new AwsRam.ListResourcesResponse { Resources = [.. page.Rows], NextToken = page.NextToken };
    }

    /// <summary>Whom the caller shares with, or who shares with the caller.</summary>
    public AwsRam.ListPrincipalsResponse ListPrincipals(CommandContext context, AwsRam.ListPrincipalsRequest request)
    {
        RefuseUnknownType(request.ResourceType);
        HashSet<string>? accounts = request.Principals is { Count: > 0 } named ? [.. named.Select(AccountOf)] : null;
        bool own = request.ResourceOwner == Self;
        IEnumerable<AwsRam.Principal> rows = ActiveShares(context, request.ResourceOwner, request.ResourceShareArns)
            .Where(s => (request.ResourceArn is null && request.ResourceType is null)
                || s.Share.Resources.Any(r => IsInPlace(r.State)
                    && (request.ResourceArn is null || r.Arn == request.ResourceArn)
                    && (request.ResourceType is null || r.Type.Equals(request.ResourceType, StringComparison.OrdinalIgnoreCase))))
            .SelectMany(s => s.Share.Principals
                .Where(p => IsInPlace(p.StateAt(context.Now)) && (own || p.Account == context.Account))
                .Select(p => new AwsRam.Principal
                {
                    Id = own ? p.Account : s.Owner,
                    ResourceShareArn = RamArns.Share(s.Owner, context.Region, s.Share.Key),
                    CreationTime = p.CreationTime,
                    LastUpdatedTime = p.LastUpdatedTime,
                    External = p.External,
                }))
            .Where(p => accounts is null || accounts.Contains(p.Id!));
        Page<AwsRam.Principal> page = PageOf(rows, request.MaxResults, request.NextToken, p => $"{p.Id} {p.ResourceShareArn}");
        return new AwsRam.ListPrincipalsResponse { Principals = [.. page.Rows], NextToken = page.NextToken };
    }

    private static IEnumerable<SeenShare> ActiveShares(CommandContext context, string? owner, IReadOnlyList<string>? arns) =>
        SharesOf(context, owner, arns).Where(s => s.Share.Status != Deleted);

    /// <summary>Among own shares: those with an account. Among others': those of an account.</summary>
    private static bool IsWith(CommandContext context, SeenShare seen, string account) => seen.Owner == context.Account
        ? seen.Share.Principals.Any(p => p.Account == account && IsInPlace(p.StateAt(context.Now)))
        : seen.Owner == account;

    private static IEnumerable<AwsRam.Resource> ResourcesOf(CommandContext context, SeenShare seen) => seen.Share.Resources
        .Where(r => IsInPlace(r.State))
        .Select(r => new AwsRam.Resource
        {
            Arn = r.Arn,
            Type = r.Type,
            ResourceShareArn = RamArns.Share(seen.Owner, context.Region, seen.Share.Key),
            CreationTime = r.CreationTime,
            LastUpdatedTime = r.LastUpdatedTime,
            Status = "AVAILABLE",
            ResourceRegionScope = Regional,
        });

    private static void RefuseUnknownType(string? type)
    {
        if (type is not null && ShareableTypes.Named(type) is null)
        {
            throw new Fault("InvalidResourceTypeException", $"The resource type {type} is not valid.");
        }
    }
}
