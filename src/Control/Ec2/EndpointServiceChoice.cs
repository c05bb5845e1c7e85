using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>The service that an endpoint is to lead to: exactly one of AWS's and an account's own.</summary>
/// <param name="Region">Where the service is.</param>
/// <param name="Owner">Whose it is; null for AWS's.</param>
internal sealed record EndpointServiceChoice(
    string Name, string Region, AwsService? OfAws, VpcEndpointService? Row, PartitionKey? Owner)
{
    private const string OwnStart = "com.amazonaws.vpce.";

    public ImmutableArray<VpcEndpointType> Types => OfAws?.Types
        ?? [Row!.IsGatewayLoadBalancer ? VpcEndpointType.GatewayLoadBalancer : VpcEndpointType.Interface];

    /// <summary>AWS's services of the catalogue are reached over IPv4.</summary>
    public ImmutableArray<string> IpAddressTypes => Row?.SupportedIpAddressTypes ?? ["ipv4"];

    public bool TakesPolicy => OfAws?.TakesPolicy ?? false;

    public bool AcceptanceRequired => Row?.AcceptanceRequired ?? false;

    /// <summary>The service of a name, if the caller may see it.</summary>
    /// <param name="region">The region that the request says the service is in; null for the caller's.</param>
    /// <exception cref="Fault">InvalidServiceName: there is none, or the caller is not among its principals.</exception>
    public static EndpointServiceChoice Find(CommandContext context, string? serviceName, string? region)
    {
        string name = Door.Required(serviceName, "ServiceName");
        string where = string.IsNullOrEmpty(region) ? context.Region : region;
        if (FindOwn(context, name, where) is { } own)
        {
            return own;
        }

        return where == context.Region && AwsServices.Named(name) is { Types.IsEmpty: false } aws && aws.Region == where
            ? new EndpointServiceChoice(name, where, aws, null, null)
            : throw NotFound(name);
    }

    /// <summary>The service that an endpoint leads to; it is there, and what the caller may see does not count any more.</summary>
    public static EndpointServiceChoice Of(CommandContext context, VpcEndpoint endpoint) =>
        endpoint is { ServiceId: { } id, ServiceOwner: { } owner }
            ? new EndpointServiceChoice(
                endpoint.ServiceName, endpoint.ServiceRegion, null,
                context.Draft.Partition(owner).Find(id) ?? throw NotFound(endpoint.ServiceName), owner)
            : new EndpointServiceChoice(
                endpoint.ServiceName, endpoint.ServiceRegion,
                AwsServices.Named(endpoint.ServiceName) ?? throw NotFound(endpoint.ServiceName), null, null);

    public static Fault NotFound(string name) => new("InvalidServiceName", $"The Vpc Endpoint Service '{name}' does not exist");

    /// <summary>Whether an account in a region may make endpoints to a service: its owner, and whom the owner has allowed.</summary>
    public static bool Admits(PartitionKey owner, VpcEndpointService row, PartitionKey caller) =>
        (caller.Region == owner.Region || row.SupportedRegions.Contains(caller.Region))
        && (caller.Account == owner.Account || row.AllowedPrincipals.Any(p => Covers(p.Principal, caller.Account)));

    /// <summary>The ids of the zones that a service's load balancers stand in; AWS's are in all of the region.</summary>
    public ImmutableSortedSet<string> ZoneIds(CommandContext context) => OfAws is not null
        ? [.. Regions.ZonesOf(context.Account, context.Region).Select(z => z.ZoneId)]
        : ZoneIds(context, Owner!.Value, Row!);

    /// <inheritdoc cref="ZoneIds(CommandContext)"/>
    public static ImmutableSortedSet<string> ZoneIds(CommandContext context, PartitionKey owner, VpcEndpointService row)
    {
        Partition there = context.Draft.Partition(owner);
        ImmutableArray<Zone> zones = Regions.ZonesOf(owner.Account, owner.Region);
        return
        [
            .. row.LoadBalancerKeys
                .Select(key => there.Find(new Id<LoadBalancer>(key)))
                .OfType<LoadBalancer>()
                .SelectMany(balancer => balancer.Nodes)
                .Select(node => zones.First(z => z.Name == node.Zone).ZoneId),
        ];
    }

    /// <summary>A principal is everyone, or an account as a whole, or one of its users and roles: the caller is known by its account only.</summary>
    private static bool Covers(string principal, string account) =>
        principal == "*" || principal.StartsWith($"arn:aws:iam::{account}:", StringComparison.Ordinal);

    private static EndpointServiceChoice? FindOwn(CommandContext context, string name, string region)
    {
        if (!name.StartsWith(OwnStart, StringComparison.Ordinal))
        {
            return null;
        }

        Id<VpcEndpointService> id = new(name[(name.LastIndexOf('.') + 1)..]);
        foreach ((PartitionKey owner, Partition partition) in context.Draft.Next.Partitions)
        {
            if (owner.Region == region && partition.Find(id) is { } row && row.ServiceName == name)
            {
                return Admits(owner, row, context.Caller.Partition)
                    ? new EndpointServiceChoice(name, region, null, row, owner)
                    : throw NotFound(name);
            }
        }

        return null;
    }
}
