using System.Xml.Linq;

namespace Trunkline.Tests.Clients;

/// <summary>Everything an account has in a region, as its describes show it.</summary>
internal sealed class CloudView
{
    private static readonly (string Action, string List)[] Reads =
    [
        ("DescribeVpcs", "vpcSet"), ("DescribeSubnets", "subnetSet"), ("DescribeRouteTables", "routeTableSet"),
        ("DescribeNetworkAcls", "networkAclSet"), ("DescribeSecurityGroups", "securityGroupInfo"),
        ("DescribeSecurityGroupRules", "securityGroupRuleSet"), ("DescribeNetworkInterfaces", "networkInterfaceSet"),
        ("DescribeInstances", "reservationSet"), ("DescribeVolumes", "volumeSet"), ("DescribeAddresses", "addressesSet"),
        ("DescribeInternetGateways", "internetGatewaySet"), ("DescribeVpcEndpoints", "vpcEndpointSet"),
    ];

    private readonly Dictionary<string, int> nodes = new(StringComparer.Ordinal);

    private readonly Dictionary<string, XElement[]> items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> tags = new(StringComparer.Ordinal);

    /// <summary>What joins networks.</summary>
    public JoinView Joins { get; private set; } = new();

    /// <summary>The interfaces of transit gateways.</summary>
    public IReadOnlyCollection<string> Doors => [.. items["DescribeNetworkInterfaces"].Where(IsDoor).Select(i => Text(i, "networkInterfaceId"))];

    /// <summary>The ids of all that is there; a terminated instance is not.</summary>
    public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

    public static async Task<CloudView> Of(QueryClient client)
    {
        CloudView view = new() { Joins = await JoinView.Of(client) };
        view.Ids.UnionWith(view.Joins.Ids);
        foreach ((string action, string list) in Reads)
        {
            XElement root = XDocument.Parse((await client.Must(action)).Body).Root!;
            view.items[action] = [.. Child(root, list)!.Elements()];
        }

        foreach ((string action, string id) in (ReadOnlySpan<(string, string)>)
        [
            ("DescribeVpcs", "vpcId"), ("DescribeSubnets", "subnetId"), ("DescribeRouteTables", "routeTableId"),
            ("DescribeNetworkAcls", "networkAclId"), ("DescribeSecurityGroups", "groupId"), ("DescribeSecurityGroupRules", "securityGroupRuleId"),
            ("DescribeNetworkInterfaces", "networkInterfaceId"), ("DescribeVolumes", "volumeId"), ("DescribeAddresses", "allocationId"),
            ("DescribeVpcEndpoints", "vpcEndpointId"),
        ])
        {
            foreach (XElement item in view.items[action])
            {
                view.Ids.Add(Text(item, id));
            }
        }

        view.Ids.UnionWith((await client.Must(QueryService.Elbv2, "DescribeTargetGroups")).All("TargetGroupArn"));
        foreach (XElement balancer in XDocument.Parse((await client.Must(QueryService.Elb, "DescribeLoadBalancers")).Body)
            .Descendants().Where(e => e.Name.LocalName == "LoadBalancerName").Select(e => e.Parent!))
        {
            view.Ids.Add(Text(balancer, "LoadBalancerName"));
            view.nodes[Text(balancer, "LoadBalancerName")] = Child(balancer, "Subnets")!.Elements().Count();
        }

        foreach (XElement balancer in XDocument.Parse((await client.Must(QueryService.Elbv2, "DescribeLoadBalancers")).Body)
            .Descendants().Where(e => e.Name.LocalName == "LoadBalancerArn").Select(e => e.Parent!))
        {
            string arn = Text(balancer, "LoadBalancerArn");
            view.Ids.Add(arn);
            view.nodes[arn[(arn.IndexOf('/') + 1)..]] = Child(balancer, "AvailabilityZones")!.Elements().Count();
            view.Ids.UnionWith((await client.Must(QueryService.Elbv2, "DescribeListeners", $"LoadBalancerArn={arn}")).All("ListenerArn"));
        }

        view.Ids.UnionWith(view.Instances().Where(IsAlive).Select(i => Text(i, "instanceId")));
        foreach (XElement vpc in view.items["DescribeVpcs"])
        {
            foreach (XElement tag in Child(vpc, "tagSet")?.Elements() ?? [])
            {
                view.tags[Text(vpc, "vpcId")] = Text(tag, "value");
            }
        }

        return view;
    }

    /// <summary>The value of a VPC's only tag, or null.</summary>
    public string? TagOf(string vpc) => tags.GetValueOrDefault(vpc);

    /// <summary>What one request makes together is there together.</summary>
    public void NothingIsHalfThere()
    {
        foreach (XElement vpc in items["DescribeVpcs"])
        {
            string id = Text(vpc, "vpcId");
            Assert.Single(Of("DescribeRouteTables", id), t => t.Descendants().Any(e => e.Name.LocalName == "main" && e.Value == "true"));
            Assert.Single(Of("DescribeNetworkAcls", id), a => Text(a, "default") == "true");
            Assert.Single(Of("DescribeSecurityGroups", id), g => Text(g, "groupName") == "default");
        }

        string[] covered = [.. items["DescribeNetworkAcls"].SelectMany(a => Child(a, "associationSet")!.Elements()).Select(a => Text(a, "subnetId"))];
        Assert.Equal(items["DescribeSubnets"].Select(s => Text(s, "subnetId")).Order(StringComparer.Ordinal), covered.Order(StringComparer.Ordinal));
        foreach (XElement reservation in items["DescribeInstances"])
        {
            Assert.Equal(MixedWrite.LaunchedTogether, Child(reservation, "instancesSet")!.Elements().Count());
        }

        string[] alive = [.. Instances().Where(IsAlive).Select(i => Text(i, "instanceId")).Order(StringComparer.Ordinal)];
        XElement[] managed = [.. items["DescribeNetworkInterfaces"].Where(i => Text(i, "requesterManaged") == "true" && !IsDoor(i))];
        Assert.Equal(alive, items["DescribeNetworkInterfaces"].Where(i => Text(i, "requesterManaged") != "true").Select(OwnerOf).Order(StringComparer.Ordinal));
        ManagedInterfacesAreWhole(managed);
        Assert.Equal(alive, items["DescribeVolumes"].Select(OwnerOf).Order(StringComparer.Ordinal));
    }

    /// <summary>Each endpoint and each load balancer has all its interfaces, and no such interface is without one.</summary>
    private void ManagedInterfacesAreWhole(XElement[] managed)
    {
        string[] ofEndpoints = [.. items["DescribeVpcEndpoints"].SelectMany(e => Child(e, "networkInterfaceIdSet")!.Elements()).Select(e => e.Value)];
        ILookup<bool, XElement> balances = managed.ToLookup(i => Text(i, "description").StartsWith("ELB ", StringComparison.Ordinal));
        Assert.Equal(
            ofEndpoints.Order(StringComparer.Ordinal), balances[false].Select(i => Text(i, "networkInterfaceId")).Order(StringComparer.Ordinal));
        Assert.Equal(
            nodes.Select(n => (n.Key, n.Value)).Order(),
            balances[true].GroupBy(i => Text(i, "description")[4..]).Select(g => (g.Key, g.Count())).Order());
    }

    private static bool IsDoor(XElement part) => Text(part, "interfaceType") == "transit_gateway";

    private static string OwnerOf(XElement part) => part.Descendants().First(e => e.Name.LocalName == "instanceId").Value;

    private static bool IsAlive(XElement instance) => Text(Child(instance, "instanceState")!, "name") != "terminated";

    private IEnumerable<XElement> Instances() => items["DescribeInstances"].SelectMany(r => Child(r, "instancesSet")!.Elements());

    private IEnumerable<XElement> Of(string action, string vpc) => items[action].Where(e => Text(e, "vpcId") == vpc);

    private static XElement? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    private static string Text(XElement parent, string name) => Child(parent, name)?.Value ?? "";
}
