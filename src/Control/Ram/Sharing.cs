using Trunkline.Cloud;

namespace Trunkline.Control.Ram;

/// <summary>
/// What accounts share with each other through RAM: whoever shows or uses a resource of another account asks here. A share counts for an
/// account once its association is in place; an invitation alone gives nothing.
/// </summary>
public static class Sharing
{
    public const string TransitGatewayType = "ec2:TransitGateway";
    public const string SubnetType = "ec2:Subnet";
    public const string PrefixListType = "ec2:PrefixList";

    /// <summary>Whether a resource of another account may be used by <paramref name="account"/>. Its owner's own are not shared with itself.</summary>
    /// <param name="arn">Names the owner and the region: <c>arn:aws:ec2:REGION:OWNER:transit-gateway/tgw-…</c>.</param>
    public static bool IsSharedWith(CommandContext context, string arn, string account) =>
        IsSharedWith(context.Draft.Next, arn, account);

    /// <inheritdoc cref="IsSharedWith(CommandContext, string, string)"/>
    public static bool IsSharedWith(CloudSnapshot cloud, string arn, string account)
    {
        string[] fields = arn.Split(':', 6);
        if (fields.Length < 6 || !cloud.Partitions.TryGetValue(new PartitionKey(fields[4], fields[3]), out Partition? owner))
        {
            return false;
        }

        foreach (ResourceShare share in owner.By<ResourceShare>(ResourceShare.ResourceWord(arn)))
        {
            if (Counts(share, account) && share.Resources.Any(r => r.Arn == arn && r.State == ShareAssociationState.Associated))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>ARNs of the resources of a type that other accounts share with an account in a region; each once, in order.</summary>
    /// <param name="resourceType">As RAM writes it: <see cref="TransitGatewayType"/>, <see cref="SubnetType"/>, <see cref="PrefixListType"/>.</param>
    public static IReadOnlyList<string> SharedWith(CommandContext context, string account, string region, string resourceType) =>
        SharedWith(context.Draft.Next, account, region, resourceType);

    /// <inheritdoc cref="SharedWith(CommandContext, string, string, string)"/>
    public static IReadOnlyList<string> SharedWith(CloudSnapshot cloud, string account, string region, string resourceType)
    {
        if (!cloud.Partitions.TryGetValue(new PartitionKey(account, region), out Partition? receiver))
        {
            return [];
        }

        SortedSet<string> arns = new(StringComparer.Ordinal);
        foreach (ReceivedShare received in receiver.All<ReceivedShare>())
        {
            if (ShareOf(cloud, received, region) is { } share && Counts(share, account))
            {
                arns.UnionWith(share.Resources
                    .Where(r => r.Type == resourceType && r.State == ShareAssociationState.Associated)
                    .Select(r => r.Arn));
            }
        }

        return [.. arns];
    }

    /// <summary>The share that an account received; null where its owner has it no more.</summary>
    internal static ResourceShare? ShareOf(CloudSnapshot cloud, ReceivedShare received, string region) =>
        cloud.Partitions.TryGetValue(new PartitionKey(received.Owner, region), out Partition? owner)
            ? owner.Table<ResourceShare>().Find(received.Key)
            : null;

    private static bool Counts(ResourceShare share, string account) => share.Status == "ACTIVE"
        && share.Principals.Any(p => p.Account == account && p.State == ShareAssociationState.Associated);
}
