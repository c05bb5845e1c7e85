using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Clouds;

/// <summary>Random changes to endpoints, endpoint services, prefix lists and block public access in a random cloud.</summary>
internal sealed class RandomEndpoints(CloudBuilder net, Random random)
{
    private static readonly string[] Services = [Endpoints.S3, "com.amazonaws.us-east-1.dynamodb"];
    /// <summary>Load balancers that never were.</summary>
    private static readonly string[] Gone = ["net/one/0000000000000001", "gwy/three/0000000000000003"];

    public void Change()
    {
        switch (random.Next(10))
        {
            case 0:
                AddGateway();
                break;
            case 1:
                AddDoors(VpcEndpointType.Interface);
                break;
            case 2:
                AddDoors(VpcEndpointType.GatewayLoadBalancer);
                break;
            case 3:
                ChangeEndpoint();
                break;
            case 4:
                RemoveEndpoint();
                break;
            case 5:
                net.BlockPublicAccess(One([BlockPublicAccess.Off, BlockPublicAccess.Bidirectional, BlockPublicAccess.Ingress]));
                break;
            case 6:
                ChangeExclusion();
                break;
            case 7:
                ChangeService();
                break;
            case 8:
                ChangeAssociation();
                break;
            default:
                ChangeList();
                break;
        }
    }

    /// <summary>An endpoint of either kind that is sure to be used.</summary>
    /// <param name="group">Its security group.</param>
    public void Begin(string vpc, string group)
    {
        net.GatewayEndpoint(vpc, Endpoints.S3, [.. net.Rows.By<RouteTable>(vpc).Select(t => t.Key)]);
        net.InterfaceEndpoint(vpc, Endpoints.Sns, [(net.Rows.By<Subnet>(vpc).First().Key, "10.0.0.30")], group);
    }

    /// <summary>Only what leads to AWS's own services, and block public access: what <c>Reference</c> knows too.</summary>
    public void ChangeSimple()
    {
        switch (random.Next(7))
        {
            case 0 or 1:
                AddGateway();
                break;
            case 2:
                AddInterface();
                break;
            case 3:
                ChangeEndpoint();
                break;
            case 4:
                RemoveEndpoint();
                break;
            case 5:
                net.BlockPublicAccess(One([BlockPublicAccess.Off, BlockPublicAccess.Bidirectional, BlockPublicAccess.Ingress]));
                break;
            default:
                ChangeExclusion();
                break;
        }
    }

    private void AddInterface()
    {
        Subnet subnet = One([.. net.Rows.All<Subnet>()]);
        string address = subnet.Cidr!.Value.First.Plus((UInt128)(20 + random.Next(3))).ToString();
        if (!net.Rows.By<NetworkInterface>(NetworkInterface.AddressWord(subnet.Id, IpAddress.Parse(address))).Any())
        {
            SecurityGroup[] groups = [.. net.Rows.By<SecurityGroup>(subnet.VpcId.Value)];
            net.InterfaceEndpoint(subnet.VpcId.Value, Endpoints.Sns, [(subnet.Key, address)], One(groups).Key);
        }
    }

    private void AddGateway()
    {
        Vpc vpc = One([.. net.Rows.All<Vpc>()]);
        string service = One(Services);
        if (!net.Rows.By<VpcEndpoint>(vpc.Key).Any(e => e.ServiceName == service))
        {
            RouteTable[] tables = [.. net.Rows.By<RouteTable>(vpc.Key).Where(t => !t.Associations.Any(a => a.GatewayId is not null))];
            net.GatewayEndpoint(vpc.Key, service, [.. tables.Where(_ => random.Next(2) == 0).Select(t => t.Key)]);
        }
    }

    private void AddDoors(VpcEndpointType type)
    {
        Subnet subnet = One([.. net.Rows.All<Subnet>()]);
        string address = subnet.Cidr!.Value.First.Plus((UInt128)(20 + random.Next(3))).ToString();
        if (net.Rows.By<NetworkInterface>(NetworkInterface.AddressWord(subnet.Id, IpAddress.Parse(address))).Any())
        {
            return;
        }

        bool own = type == VpcEndpointType.GatewayLoadBalancer || random.Next(2) == 0;
        string endpoint = own
            ? net.EndpointTo(subnet.VpcId.Value, type, ServiceOf(type), [(subnet.Key, address)])
            : net.InterfaceEndpoint(subnet.VpcId.Value, Endpoints.Sns, [(subnet.Key, address)]);
        if (type == VpcEndpointType.GatewayLoadBalancer)
        {
            RouteTable[] tables = [.. net.Rows.By<RouteTable>(subnet.VpcId.Value)];
            net.Route(One(tables).Key, One(["0.0.0.0/0", "10.0.1.0/24", "8.8.0.0/16"]), endpoint);
        }
    }

    /// <summary>A service of the endpoint's type that is there, or one that never was.</summary>
    private (PartitionKey Owner, string Id) ServiceOf(VpcEndpointType type)
    {
        string word = type == VpcEndpointType.GatewayLoadBalancer ? "gwy" : "net";
        VpcEndpointService[] all = [.. net.Rows.All<VpcEndpointService>().Where(s => s.LoadBalancerKeys.All(k => k.StartsWith(word, StringComparison.Ordinal)))];
        return all.Length == 0 || random.Next(4) == 0 ? (new("000000000009", "us-east-1"), "vpce-svc-gone") : (net.At, One(all).Key);
    }

    private void ChangeEndpoint()
    {
        if (net.Rows.All<VpcEndpoint>().ToArray() is { Length: > 0 } all)
        {
            VpcEndpointState state = random.Next(3) == 0 ? VpcEndpointState.Rejected : VpcEndpointState.Available;
            net.Put(One(all) with { State = state });
        }
    }

    private void RemoveEndpoint()
    {
        if (net.Rows.All<VpcEndpoint>().ToArray() is not { Length: > 0 } all)
        {
            return;
        }

        VpcEndpoint row = One(all);
        net.Remove<VpcEndpoint>(row.Key);
        foreach (Id<NetworkInterface> door in row.NetworkInterfaceIds)
        {
            net.Remove<NetworkInterface>(door.Value);
        }

        foreach (RouteTable table in net.Rows.By<RouteTable>(row.Key).Where(_ => row.Type == VpcEndpointType.Gateway).ToArray())
        {
            net.Put(table with { Routes = table.Routes.RemoveAll(r => r.Target.Id == row.Key) });
        }
    }

    private void ChangeExclusion()
    {
        if (net.Rows.All<BlockPublicAccessExclusion>().ToArray() is { Length: > 2 } all)
        {
            net.Remove<BlockPublicAccessExclusion>(One(all).Key);
            return;
        }

        // A VPC or a subnet has one exclusion at most.
        string[] ends =
        [
            .. net.Rows.All<Vpc>().Select(v => v.Key).Concat(net.Rows.All<Subnet>().Select(s => s.Key))
                .Where(e => !net.Rows.By<BlockPublicAccessExclusion>(e).Any()),
        ];
        net.Exclude(One(ends), One([BlockPublicAccessExclusion.AllowBidirectional, BlockPublicAccessExclusion.AllowEgress]));
    }

    private void ChangeAssociation()
    {
        SecurityGroup group = One([.. net.Rows.All<SecurityGroup>()]);
        Vpc vpc = One([.. net.Rows.All<Vpc>()]);
        if (net.Rows.Find(new Id<SecurityGroupVpcAssociation>(SecurityGroupVpcAssociation.KeyOf(group.Id, vpc.Id))) is { } row)
        {
            net.Remove<SecurityGroupVpcAssociation>(row.Key);
        }
        else if (group.VpcId != vpc.Id)
        {
            net.Put(new SecurityGroupVpcAssociation { GroupId = group.Id, VpcId = vpc.Id });
        }
    }

    private void ChangeService()
    {
        VpcEndpointService[] all = [.. net.Rows.All<VpcEndpointService>()];
        if (all.Length < 4)
        {
            net.Service(One(Balancers(One(["net", "gwy"]))));
        }
        else if (random.Next(4) == 0)
        {
            net.Remove<VpcEndpointService>(One(all).Key);
        }
        else
        {
            VpcEndpointService row = One(all);
            string word = row.LoadBalancerKeys.IsEmpty ? "net" : row.LoadBalancerKeys[0][..3];
            net.Put(row with { LoadBalancerKeys = [.. Balancers(word).Where(_ => random.Next(2) == 0)] });
        }
    }

    /// <summary>Those of a type that there are, and those that never were.</summary>
    private string[] Balancers(string word)
    {
        string[] real = [.. net.Rows.All<LoadBalancer>().Where(l => l.Key.StartsWith(word, StringComparison.Ordinal)).Select(l => l.Key)];
        return [.. real, .. Gone.Where(g => g.StartsWith(word, StringComparison.Ordinal) && (real.Length == 0 || random.Next(6) == 0))];
    }

    private void ChangeList()
    {
        ImmutableArray<PrefixListEntry> entries =
            [.. new[] { "8.8.8.0/24", "10.0.1.0/24", "9.9.9.0/24" }.Where(_ => random.Next(2) == 0).Select(c => new PrefixListEntry(Prefix.Parse(c)))];
        PrefixList? list = net.Rows.All<PrefixList>().FirstOrDefault();
        if (list is not null)
        {
            net.Put(list with { Versions = list.Versions.Add(new PrefixListVersion(list.Version + 1, entries)) });
            return;
        }

        list = new PrefixList
        {
            Id = new(net.NewId("pl")),
            Name = "some",
            AddressFamily = Family.V4,
            MaxEntries = 5,
            Versions = [new PrefixListVersion(1, entries)],
        };
        net.Put(list);
        SecurityGroup group = One([.. net.Rows.All<SecurityGroup>()]);
        net.Rules(group.Key, $"in tcp 443 {list.Key}", $"out all {list.Key}");
        RouteTable table = One([.. net.Rows.All<RouteTable>()]);
        string igw = net.Rows.All<InternetGateway>().First().Key;
        net.Put(table with
        {
            Routes = table.Routes.Add(
                new Route(null, list.Key, new RouteTarget(RouteTargetKind.InternetGateway, igw), RouteOrigin.CreateRoute)),
        });
    }

    private T One<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
