using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Makes what an endpoint consists of, and takes it away: a route in each table for a gateway endpoint, an interface in each subnet for the
/// others. Source: AWS PrivateLink, "Gateway endpoints", "Access an AWS service using an interface VPC endpoint".
/// </summary>
internal static class VpcEndpointMaker
{
    /// <summary>A Gateway Load Balancer endpoint stands in one subnet.</summary>
    private const int SubnetsPerGatewayLoadBalancerEndpoint = 1;

    private const string SuffixLetters = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A gateway endpoint; it is available at once, and its routes with it.</summary>
    public static VpcEndpoint Gateway(
        CommandContext context, VpcEndpoint endpoint, EndpointServiceChoice service, Aws.CreateVpcEndpointRequest request)
    {
        VpcEndpoint made = context.Put(endpoint);
        return AddTables(context, made, service.OfAws!.PrefixListId!, request.RouteTableIds ?? []);
    }

    /// <summary>An interface endpoint or a Gateway Load Balancer endpoint: with interfaces, or waiting to be accepted.</summary>
    public static VpcEndpoint Interface(
        CommandContext context, Vpc vpc, VpcEndpoint endpoint, EndpointServiceChoice service, Aws.CreateVpcEndpointRequest request)
    {
        bool hasNames = endpoint.Type == VpcEndpointType.Interface;
        string addresses = VpcEndpointRules.IpAddressTypeOf(service, request.IpAddressType);
        VpcEndpoint made = endpoint with
        {
            State = service.AcceptanceRequired ? VpcEndpointState.PendingAcceptance : VpcEndpointState.Available,
            Groups = hasNames ? GroupsOf(context, vpc, request.SecurityGroupIds) : [],
            IpAddressType = addresses,
            DnsRecordIpType = hasNames ? VpcEndpointRules.RecordTypeOf(request.DnsOptions?.DnsRecordIpType, addresses) : null,
            DnsSuffix = hasNames ? NewSuffix(context) : "",
            Subnets = Places(
                context, endpoint with { IpAddressType = addresses }, service, request.SubnetIds ?? [], request.SubnetConfigurations),
        };
        if (hasNames)
        {
            made = VpcEndpointPrivateDns.Set(
                context, vpc, made, service, request.PrivateDnsEnabled, request.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint);
        }

        context.Put(made);
        if (made.State == VpcEndpointState.Available)
        {
            made = WithInterfaces(context, made);
        }

        if (service.Owner is { } owner)
        {
            context.Draft.Put(owner, new VpcEndpointConnection
            {
                Id = new(context.NewId(VpcEndpointConnection.IdPrefix)),
                ServiceId = service.Row!.Id,
                EndpointId = made.Id,
                EndpointOwner = context.Caller.Partition,
                State = made.State,
                CreationTime = made.CreationTime,
            });
        }

        return made;
    }

    /// <summary>Takes an endpoint away with its routes, its interfaces, and what its service's owner sees of it.</summary>
    public static void Remove(CommandContext context, VpcEndpoint endpoint)
    {
        VpcEndpoint bare = RemoveTables(context, endpoint, endpoint.RouteTableIds);
        foreach (VpcEndpointSubnet place in bare.Subnets)
        {
            RemoveInterface(context, place);
        }

        foreach (ConnectionNotification notification in context.Here.By<ConnectionNotification>(endpoint.Key).ToList())
        {
            context.Remove(notification.Id);
        }

        if (ConnectionOf(context, endpoint) is { } connection)
        {
            context.Draft.Remove(endpoint.ServiceOwner!.Value, connection.Id);
        }

        context.Remove(endpoint.Id);
    }

    /// <summary>The row by which the service's owner knows an endpoint; null where it leads to a service of AWS's.</summary>
    public static VpcEndpointConnection? ConnectionOf(CommandContext context, VpcEndpoint endpoint) =>
        endpoint.ServiceOwner is { } owner
            ? context.Draft.Partition(owner).By<VpcEndpointConnection>(VpcEndpointConnection.EndpointWord(endpoint.Id)).FirstOrDefault()
            : null;

    /// <summary>Puts a route for the service's prefix list into each table.</summary>
    public static VpcEndpoint AddTables(CommandContext context, VpcEndpoint endpoint, string prefixListId, IReadOnlyList<string> ids)
    {
        RouteTarget target = new(RouteTargetKind.VpcEndpoint, endpoint.Key);
        foreach (string id in ids.Distinct(StringComparer.Ordinal))
        {
            RouteTable table = VpcEndpointTables.Get(context, id);
            if (table.VpcId != endpoint.VpcId)
            {
                throw VpcEndpointRules.Invalid($"Route table {table.Id} and VPC endpoint {endpoint.Id} belong to different networks");
            }

            if (table.Routes.Any(r => r.PrefixListId == prefixListId))
            {
                throw new Fault("RouteAlreadyExists", $"route table {table.Id} already has a route with destination-prefix-list-id {prefixListId}");
            }

            RouteRules.Check(context, table, new RouteDestination(null, PrefixLists.Find(context.Here, prefixListId)), target);
            endpoint = context.Put(endpoint with { RouteTableIds = endpoint.RouteTableIds.Add(table.Id) });
            Ec2Service.AddRoute(context, table, new Route(null, prefixListId, target, RouteOrigin.CreateRoute));
        }

        return endpoint;
    }

    /// <summary>Takes the endpoint's route out of tables.</summary>
    public static VpcEndpoint RemoveTables(CommandContext context, VpcEndpoint endpoint, ImmutableArray<Id<RouteTable>> tables)
    {
        foreach (Id<RouteTable> id in tables)
        {
            RouteTable table = context.Here.Get(id);
            context.Put(table with { Routes = table.Routes.RemoveAll(r => r.Target.Id == endpoint.Key) });
        }

        return context.Put(endpoint with { RouteTableIds = endpoint.RouteTableIds.RemoveAll(tables.Contains) });
    }

    /// <summary>The groups of an endpoint's interfaces: those asked for, else the VPC's default one (rule 101).</summary>
    public static ImmutableArray<Id<SecurityGroup>> GroupsOf(CommandContext context, Vpc vpc, IReadOnlyList<string>? asked) =>
        asked is { Count: > 0 }
            ? InterfaceMaker.CheckedGroups(context, vpc.Id, asked)
            : [InterfaceMaker.DefaultGroup(context, vpc.Id, "InvalidGroup.NotFound")];

    /// <summary>
    /// The places that subnets and their configurations name: one subnet a zone, and only zones in which the service is (rules 101, 105).
    /// Those that the endpoint has already are left out.
    /// </summary>
    public static ImmutableArray<VpcEndpointSubnet> Places(
        CommandContext context,
        VpcEndpoint endpoint,
        EndpointServiceChoice service,
        IReadOnlyList<string> subnetIds,
        IReadOnlyList<Aws.SubnetConfiguration>? configurations)
    {
        Dictionary<string, Aws.SubnetConfiguration> asked = new(StringComparer.Ordinal);
        foreach (Aws.SubnetConfiguration configuration in configurations ?? [])
        {
            if (!asked.TryAdd(Door.Required(configuration.SubnetId, "SubnetConfiguration.SubnetId"), configuration))
            {
                throw VpcEndpointRules.Invalid($"The subnet {configuration.SubnetId} has more than one configuration.");
            }
        }

        List<VpcEndpointSubnet> places = [.. endpoint.Subnets];
        foreach (string id in subnetIds.Concat(asked.Keys).Distinct(StringComparer.Ordinal))
        {
            if (places.Exists(p => p.SubnetId.Value == id))
            {
                continue;
            }

            Subnet subnet = VpcEndpointTables.Subnet(context, id);
            CheckSubnet(context, endpoint, service, places, subnet);
            places.Add(PlaceOf(endpoint, subnet, asked.GetValueOrDefault(id)));
        }

        return endpoint.Type == VpcEndpointType.GatewayLoadBalancer && places.Count > SubnetsPerGatewayLoadBalancerEndpoint
            ? throw VpcEndpointRules.Invalid("Only one subnet is supported for GatewayLoadBalancer type VPC Endpoint.")
            : [.. places.OrderBy(p => p.Zone, StringComparer.Ordinal)];
    }

    /// <summary>The endpoint with an interface in each place that has none yet; written.</summary>
    public static VpcEndpoint WithInterfaces(CommandContext context, VpcEndpoint endpoint)
    {
        ImmutableArray<VpcEndpointSubnet>.Builder places = endpoint.Subnets.ToBuilder();
        for (int i = 0; i < places.Count; i++)
        {
            if (places[i].NetworkInterfaceId is null)
            {
                NetworkInterface eni = InterfaceMaker.Create(context, WishFor(context, endpoint, places[i]));
                places[i] = places[i] with { NetworkInterfaceId = eni.Id };
            }
        }

        return context.Put(endpoint with { Subnets = places.ToImmutable() });
    }

    public static void RemoveInterface(CommandContext context, VpcEndpointSubnet place)
    {
        if (place.NetworkInterfaceId is { } id && context.Here.Find(id) is { } eni)
        {
            Ec2Service.RemoveInterface(context, eni);
        }
    }

    private static void CheckSubnet(
        CommandContext context, VpcEndpoint endpoint, EndpointServiceChoice service, List<VpcEndpointSubnet> places, Subnet subnet)
    {
        if (subnet.VpcId != endpoint.VpcId)
        {
            throw VpcEndpointRules.Invalid($"The subnet {subnet.Id} does not belong to the VPC {endpoint.VpcId}.");
        }

        if (places.Exists(p => p.Zone == subnet.Zone))
        {
            throw new Fault(
                "DuplicateSubnetsInSameZone", $"Found another VPC endpoint subnet in the availability zone of {subnet.Id}");
        }

        // Zones of another region have other ids: there is nothing to compare.
        string zoneId = Regions.ZonesOf(context.Account, context.Region).First(z => z.Name == subnet.Zone).ZoneId;
        if (service.Region == context.Region && !service.ZoneIds(context).Contains(zoneId))
        {
            throw VpcEndpointRules.Invalid(
                $"The VPC endpoint service {service.Name} does not support the availability zone of the subnet: {subnet.Id}.");
        }

        if (endpoint.IpAddressType != "ipv6" && subnet.Cidr is null)
        {
            throw VpcEndpointRules.Invalid($"The subnet {subnet.Id} has no IPv4 CIDR block, which the IP address type {endpoint.IpAddressType} needs.");
        }

        if (endpoint.IpAddressType != "ipv4" && subnet.Ipv6Cidrs.IsEmpty)
        {
            throw VpcEndpointRules.Invalid($"The subnet {subnet.Id} has no IPv6 CIDR block, which the IP address type {endpoint.IpAddressType} needs.");
        }
    }

    private static VpcEndpointSubnet PlaceOf(VpcEndpoint endpoint, Subnet subnet, Aws.SubnetConfiguration? configuration)
    {
        IpAddress? v4 = configuration?.Ipv4 is { } text4 ? Door.Ipv4(text4, "SubnetConfiguration.Ipv4") : null;
        IpAddress? v6 = configuration?.Ipv6 is { } text6 ? Door.Ipv6(text6, "SubnetConfiguration.Ipv6") : null;
        return (v4 is not null && endpoint.IpAddressType == "ipv6") || (v6 is not null && endpoint.IpAddressType == "ipv4")
            ? throw VpcEndpointRules.Invalid($"The address of the subnet {subnet.Id} does not match the IP address type {endpoint.IpAddressType}.")
            : new VpcEndpointSubnet(subnet.Id, subnet.Zone, null, v4, v6);
    }

    private static InterfaceWish WishFor(CommandContext context, VpcEndpoint endpoint, VpcEndpointSubnet place) => new()
    {
        Subnet = context.Here.Get(place.SubnetId),
        Description = $"VPC Endpoint Interface {endpoint.Id}",
        InterfaceType = endpoint.Type == VpcEndpointType.Interface ? "vpc_endpoint" : "gateway_load_balancer_endpoint",
        Groups = endpoint.Groups,
        PrimaryIp = place.Ipv4,
        Ipv6 = place.Ipv6 is { } named ? [named] : [],
        Ipv6Count = endpoint.IpAddressType != "ipv4" && place.Ipv6 is null ? 1 : 0,
        RequesterManaged = true,
        RequesterId = "amazon-aws",
        Attachment = new InterfaceAttachment(
            context.NewId("ela-attach"), null, "amazon-aws", DeviceIndex: 1, NetworkCardIndex: 0, context.Now, DeleteOnTermination: false),
    };

    private static string NewSuffix(CommandContext context)
    {
        Span<char> letters = stackalloc char[8];
        foreach (ref char letter in letters)
        {
            letter = SuffixLetters[(int)context.Ids.Below((ulong)SuffixLetters.Length)];
        }

        return letters.ToString();
    }

    /// <summary>Rows that an endpoint names: AWS writes their codes another way here than elsewhere.</summary>
    private static class VpcEndpointTables
    {
        private static readonly IdRules<RouteTable> Tables = new(
            "RouteTableId", "InvalidRouteTableId.NotFound", "InvalidRouteTableId.Malformed", "The route table ID '{0}' does not exist");

        private static readonly IdRules<Subnet> Subnets = new(
            "SubnetId", "InvalidSubnetId.NotFound", "InvalidSubnetId.Malformed", "The subnet ID '{0}' does not exist");

        public static RouteTable Get(CommandContext context, string id) => Tables.Get(context, id);

        public static Subnet Subnet(CommandContext context, string id) => Subnets.Get(context, id);
    }
}
