using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Control.Elb;

/// <summary>
/// Classic load balancers. Source: Elastic Load Balancing API 2012-06-01, CreateLoadBalancer, DeleteLoadBalancer, DescribeLoadBalancers;
/// AWS, "User Guide for Classic Load Balancers".
/// </summary>
public sealed partial class ElbService : AwsElb.IElb<CommandContext>
{
    private const int MostOnPage = 400;

    /// <remarks>Asked for again with the same settings, it answers with the one that is there.</remarks>
    public AwsElb.CreateAccessPointOutput CreateLoadBalancer(CommandContext context, AwsElb.CreateAccessPointInput request)
    {
        string name = ElbNames.Checked(Door.Required(request.LoadBalancerName, "LoadBalancerName"));
        bool isInternal = request.Scheme switch
        {
            null or "" or "internet-facing" => false,
            "internal" => true,
            _ => throw new Fault("InvalidScheme", $"The scheme '{request.Scheme}' is not valid: it is 'internal' or 'internet-facing'"),
        };
        ImmutableArray<ClassicListener> listeners = ListenersOf(context, request.Listeners, []);
        if (listeners.IsEmpty)
        {
            throw ElbFaults.Validation("Listeners cannot be empty");
        }

        ImmutableArray<Subnet> subnets = SubnetsOf(context, request.Subnets, request.AvailabilityZones);
        Id<Vpc> vpc = subnets[0].VpcId;
        ImmutableSortedDictionary<string, string> tags = NewTags(request.Tags);
        if (ElbNames.Find(context, name) is { } existing)
        {
            return IsAsAsked(existing, isInternal, listeners, subnets, request.SecurityGroups)
                ? new AwsElb.CreateAccessPointOutput { DNSName = existing.DnsName }
                : throw new Fault(
                    "DuplicateLoadBalancerName",
                    $"Load Balancer named '{name}' already exists and it is configured with different parameters.");
        }

        context.Quotas.Check(Quotas.ClassicLoadBalancersPerRegion, context.Here.Table<ClassicLoadBalancer>().Count + 1);
        RequireWayOut(context, vpc, isInternal);
        ImmutableArray<Id<SecurityGroup>> groups = NewGroups(context, vpc, request.SecurityGroups, listeners);
        ClassicLoadBalancer balancer = new()
        {
            Name = name,
            Internal = isInternal,
            VpcId = vpc,
            Nodes = [.. subnets.Select(s => NewNode(context, name, isInternal, s, groups)).OrderBy(n => n.Zone, StringComparer.Ordinal)],
            HealthCheck = new ClassicHealthCheck($"TCP:{listeners[0].InstancePort}"),
            SecurityGroups = groups,
            DnsName = ElbNames.NewDnsName(context, name, isInternal),
            CreatedTime = context.Now,
            Tags = tags,
        };
        context.Put(WithListeners(context, balancer, listeners));
        return new AwsElb.CreateAccessPointOutput { DNSName = balancer.DnsName };
    }

    /// <remarks>AWS succeeds where there is none of that name.</remarks>
    public AwsElb.DeleteAccessPointOutput DeleteLoadBalancer(CommandContext context, AwsElb.DeleteAccessPointInput request)
    {
        if (ElbNames.Find(context, Door.Required(request.LoadBalancerName, "LoadBalancerName")) is { } balancer)
        {
            context.Remove(new Id<ClassicLoadBalancer>(balancer.Key));
            foreach (ClassicNode node in balancer.Nodes)
            {
                context.Remove(node.NetworkInterfaceId);
            }
        }

        return new AwsElb.DeleteAccessPointOutput();
    }

    public AwsElb.DescribeAccessPointsOutput DescribeLoadBalancers(CommandContext context, AwsElb.DescribeAccessPointsInput request)
    {
        IEnumerable<ClassicLoadBalancer> rows = request.LoadBalancerNames is { Count: > 0 } names
            ? [.. names.Select(n => ElbNames.Get(context, n)).DistinctBy(b => b.Key).OrderBy(b => b.Key, StringComparer.Ordinal)]
            : context.Here.All<ClassicLoadBalancer>();
        Page<ClassicLoadBalancer> page = PageOf(rows, request.PageSize, request.Marker, b => b.Key);
        return new AwsElb.DescribeAccessPointsOutput
        {
            LoadBalancerDescriptions = [.. page.Rows.Select(b => ToWire(context, b))],
            NextMarker = page.NextToken,
        };
    }

    public AwsElb.DescribeAccountLimitsOutput DescribeAccountLimits(CommandContext context, AwsElb.DescribeAccountLimitsInput request)
    {
        (string Name, Quota Quota)[] limits =
        [
            ("classic-listeners", Quotas.ListenersPerClassicLoadBalancer),
            ("classic-load-balancers", Quotas.ClassicLoadBalancersPerRegion),
            ("classic-registered-instances", Quotas.InstancesPerClassicLoadBalancer),
        ];
        Page<(string Name, Quota Quota)> page = PageOf(limits, request.PageSize, request.Marker, l => l.Name);
        return new AwsElb.DescribeAccountLimitsOutput
        {
            Limits =
            [
                .. page.Rows.Select(l => new AwsElb.Limit { Name = l.Name, Max = FormattableString.Invariant($"{context.Quotas.LimitOf(l.Quota)}") }),
            ],
            NextMarker = page.NextToken,
        };
    }

    private static Page<T> PageOf<T>(IEnumerable<T> rows, int? size, string? marker, Func<T, string> keyOf)
    {
        new Constraints().Range(size, "pageSize", 1, MostOnPage).Check();
        return Pager.Page(rows, size, marker, keyOf, least: 1, most: MostOnPage, alwaysPaged: true, tokenFault: "ValidationError");
    }

    private static bool IsAsAsked(
        ClassicLoadBalancer existing,
        bool isInternal,
        ImmutableArray<ClassicListener> listeners,
        ImmutableArray<Subnet> subnets,
        IReadOnlyList<string>? groups) =>
        existing.Internal == isInternal
        && existing.Nodes.Select(n => n.SubnetId).ToHashSet().SetEquals(subnets.Select(s => s.Id))
        && existing.Listeners.Length == listeners.Length && listeners.All(l => existing.Listeners.Any(e => IsSame(e, l)))
        && (groups is not { Count: > 0 } || existing.SecurityGroups.Select(g => g.Value).ToHashSet().SetEquals(groups));
}
