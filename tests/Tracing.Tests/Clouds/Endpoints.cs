using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Clouds;

/// <summary>Endpoints and block public access for tests' clouds.</summary>
public static class Endpoints
{
    public const string S3 = "com.amazonaws.us-east-1.s3";
    public const string Sns = "com.amazonaws.us-east-1.sns";

    /// <summary>The id of the prefix list that AWS keeps for a service with gateway endpoints.</summary>
    public static string ListOf(string service) => AwsServices.Named(service)!.PrefixListId!;

    /// <summary>One of a service's public addresses.</summary>
    public static string AddressOf(string service, int place = 0) => AwsServices.AddressesOf(AwsServices.Named(service)!)[place].ToString();

    /// <summary>A gateway endpoint with its route in each of the tables.</summary>
    public static string GatewayEndpoint(this CloudBuilder net, string vpc, string service, params string[] tables)
    {
        VpcEndpoint row = new()
        {
            Id = new(net.NewId("vpce")),
            Type = VpcEndpointType.Gateway,
            VpcId = new(vpc),
            ServiceName = service,
            ServiceRegion = net.At.Region,
            CreationTime = DateTimeOffset.UnixEpoch,
            RouteTableIds = [.. tables.Select(t => new Id<RouteTable>(t))],
        };
        net.Put(row);
        foreach (string table in tables)
        {
            net.ListRoute(table, ListOf(service), row.Key);
        }

        return row.Key;
    }

    /// <summary>A route for a prefix list.</summary>
    public static void ListRoute(this CloudBuilder net, string table, string list, string endpoint) => net.Edit<RouteTable>(table, t => t with
    {
        Routes = t.Routes.Add(new Route(null, list, new RouteTarget(RouteTargetKind.VpcEndpoint, endpoint), RouteOrigin.CreateRoute)),
    });

    /// <summary>Takes an endpoint's route out of a table.</summary>
    public static void Unlist(this CloudBuilder net, string table, string endpoint) =>
        net.Edit<RouteTable>(table, t => t with { Routes = t.Routes.RemoveAll(r => r.Target.Id == endpoint) });

    /// <summary>An interface endpoint to a service of AWS's.</summary>
    /// <param name="doors">A subnet and the address there.</param>
    /// <param name="groups">None: the VPC's default group, as AWS does.</param>
    public static string InterfaceEndpoint(
        this CloudBuilder net, string vpc, string service, (string Subnet, string Address)[] doors, params string[] groups) =>
        net.Endpoint(vpc, VpcEndpointType.Interface, service, null, doors, groups);

    /// <summary>An endpoint to a service of an account's.</summary>
    /// <param name="type">Interface, or GatewayLoadBalancer.</param>
    public static string EndpointTo(
        this CloudBuilder net, string vpc, VpcEndpointType type, (PartitionKey Owner, string Id) service, (string Subnet, string Address)[] doors,
        params string[] groups) =>
        net.Endpoint(vpc, type, $"com.amazonaws.vpce.{service.Owner.Region}.{service.Id}", service, doors, groups);

    /// <summary>An endpoint service in front of load balancers.</summary>
    public static (PartitionKey Owner, string Id) Service(this CloudBuilder net, params string[] balancers)
    {
        string id = net.NewId("vpce-svc");
        net.Put(new VpcEndpointService
        {
            Id = new(id),
            ServiceName = $"com.amazonaws.vpce.{net.At.Region}.{id}",
            LoadBalancerKeys = [.. balancers],
            CreationTime = DateTimeOffset.UnixEpoch,
        });
        return (net.At, id);
    }

    /// <summary>The interfaces of an endpoint, in the order of its subnets.</summary>
    public static string[] Doors(this CloudBuilder net, string endpoint) =>
        [.. net.Rows.Get(new Id<VpcEndpoint>(endpoint)).NetworkInterfaceIds.Select(id => id.Value)];

    /// <summary>A packet of a gateway endpoint's service into the VPC.</summary>
    public static Trace FromGateway(this CloudBuilder net, string endpoint, string from, string to, int protocol = Protocols.Tcp, int port = 443)
    {
        ForwardingState state = Compiler.Compile(net.Cloud);
        Origin origin = Origin.OfGateway(state.EntranceOf(net.At, endpoint));
        return Asking.Explain(
            state, new Flow(origin, IpAddress.Parse(from), IpAddress.Parse(to), (byte)protocol, Flow.DefaultSourcePort, (ushort)port));
    }

    public static void BlockPublicAccess(this CloudBuilder net, string mode) =>
        net.Put(new BlockPublicAccess { Mode = mode, LastUpdate = DateTimeOffset.UnixEpoch });

    /// <summary>Excludes a VPC or a subnet.</summary>
    public static string Exclude(this CloudBuilder net, string id, string mode)
    {
        bool vpc = id.StartsWith("vpc-", StringComparison.Ordinal);
        BlockPublicAccessExclusion row = new()
        {
            Id = new(net.NewId("vpcbpa-exclude")),
            Mode = mode,
            VpcId = vpc ? new Id<Vpc>(id) : null,
            SubnetId = vpc ? null : new Id<Subnet>(id),
            CreationTime = DateTimeOffset.UnixEpoch,
        };
        net.Put(row);
        return row.Key;
    }

    private static string Endpoint(
        this CloudBuilder net, string vpc, VpcEndpointType type, string name, (PartitionKey Owner, string Id)? service,
        (string Subnet, string Address)[] doors, string[] groups)
    {
        bool tunnel = type == VpcEndpointType.GatewayLoadBalancer;
        ImmutableArray<Id<SecurityGroup>> named = tunnel ? []
            : groups.Length == 0 ? [new(net.DefaultGroup(vpc))]
            : [.. groups.Select(g => new Id<SecurityGroup>(g))];
        VpcEndpoint row = new()
        {
            Id = new(net.NewId("vpce")),
            Type = type,
            VpcId = new(vpc),
            ServiceName = name,
            ServiceId = service is { } own ? new Id<VpcEndpointService>(own.Id) : null,
            ServiceOwner = service?.Owner,
            ServiceRegion = net.At.Region,
            CreationTime = DateTimeOffset.UnixEpoch,
            Groups = named,
        };
        foreach ((string subnet, string address) in doors)
        {
            NetworkInterface eni = new()
            {
                Id = new(net.NewId("eni")),
                SubnetId = new(subnet),
                VpcId = new(vpc),
                InterfaceType = tunnel ? "gateway_load_balancer_endpoint" : "vpc_endpoint",
                MacAddress = "02:00:00:00:00:03",
                PrivateAddresses = [new InterfaceAddress(IpAddress.Parse(address))],
                Groups = named,
                RequesterManaged = true,
            };
            net.Put(eni);
            row = row with
            {
                Subnets = row.Subnets.Add(new VpcEndpointSubnet(eni.SubnetId, net.Rows.Get(eni.SubnetId).Zone, eni.Id)),
            };
        }

        net.Put(row);
        return row.Key;
    }
}
