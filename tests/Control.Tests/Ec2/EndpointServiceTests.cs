using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Endpoint services: the provider is the home account, consumers are others.</summary>
public sealed class EndpointServiceTests
{
    private const string Consumer = "111111111112";

    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string nlb;

    public EndpointServiceTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        nlb = NewBalancer("net/one/0123456789abcdef", LoadBalancerType.Network);
    }

    [Fact]
    public void Rule104_a_service_stands_on_a_load_balancer_and_asks_to_be_accepted()
    {
        Aws.ServiceConfiguration made = NewService(new() { NetworkLoadBalancerArns = [nlb] });
        Assert.Equal(("Available", true, false), (made.ServiceState, made.AcceptanceRequired, made.ManagesVpcEndpoints));
        Assert.Equal($"com.amazonaws.vpce.us-east-1.{made.ServiceId}", made.ServiceName);
        Assert.Equal(("Interface", nlb), (made.ServiceType!.Single().ServiceType, made.NetworkLoadBalancerArns!.Single()));
        Assert.Equal([lab.DescribedSubnet(subnet).AvailabilityZone!], made.AvailabilityZones!);
        Assert.Equal($"{made.ServiceId}.us-east-1.vpce.amazonaws.com", made.BaseEndpointDnsNames!.Single());
        Assert.Equal(made.ServiceId, lab.Run((ec2, c) => ec2.DescribeVpcEndpointServiceConfigurations(c, new())).ServiceConfigurations!.Single().ServiceId);

        Assert.Equal("MissingParameter", RefusedService(new()));
        Assert.Equal("InvalidParameter", RefusedService(new() { NetworkLoadBalancerArns = [nlb.Replace("one", "two")] }));
        Assert.Equal("InvalidParameter", RefusedService(new() { NetworkLoadBalancerArns = [nlb] }));
        Assert.Equal("InvalidParameter", RefusedService(new() { GatewayLoadBalancerArns = [NewBalancer("app/a/0123456789abcdef", LoadBalancerType.Application)] }));
        string gwlb = NewBalancer("gwy/g/0123456789abcdef", LoadBalancerType.Gateway);
        Assert.Equal("InvalidParameterCombination", RefusedService(new() { NetworkLoadBalancerArns = [nlb], GatewayLoadBalancerArns = [gwlb] }));
        Assert.Equal("InvalidParameter", RefusedService(new() { GatewayLoadBalancerArns = [gwlb], PrivateDnsName = "a.example.com" }));
        Assert.Equal("InvalidParameter", RefusedService(new() { GatewayLoadBalancerArns = [gwlb], SupportedIpAddressTypes = ["ipv6"] }));
        Assert.Equal("GatewayLoadBalancer", NewService(new() { GatewayLoadBalancerArns = [gwlb] }).ServiceType!.Single().ServiceType);
    }

    [Fact]
    public void Rule104_only_those_who_were_let_in_see_a_service()
    {
        string service = NewService(new() { NetworkLoadBalancerArns = [nlb] }).ServiceName!;
        Aws.CreateVpcEndpointRequest wish = Wish(service);
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateVpcEndpoint(c, wish), Consumer);
        Assert.Equal(("InvalidServiceName", $"The Vpc Endpoint Service '{service}' does not exist"), (fault.Code, fault.Message));
        Assert.Equal("InvalidServiceName", lab.Refused((ec2, c) => ec2.DescribeVpcEndpointServices(c, new() { ServiceNames = [service] }), Consumer));
        Assert.Contains(service, lab.Run((ec2, c) => ec2.DescribeVpcEndpointServices(c, new())).ServiceNames!);

        Allow(service, $"arn:aws:iam::{Consumer}:root");
        Aws.ServiceDetail seen = lab.Run((ec2, c) => ec2.DescribeVpcEndpointServices(c, new() { ServiceNames = [service] }), Consumer).ServiceDetails!.Single();
        Assert.Equal(("000000000000", true, false), (seen.Owner, seen.AcceptanceRequired, seen.VpcEndpointPolicySupported));
        Assert.Equal("pendingAcceptance", NewEndpoint(service).State);
    }

    [Fact]
    public void Permissions_are_listed_and_taken_back()
    {
        string id = NewService(new() { NetworkLoadBalancerArns = [nlb] }).ServiceId!;
        Aws.ModifyVpcEndpointServicePermissionsResult added = lab.Run((ec2, c) => ec2.ModifyVpcEndpointServicePermissions(
            c, new() { ServiceId = id, AddAllowedPrincipals = [$"arn:aws:iam::{Consumer}:root", $"arn:aws:iam::{Consumer}:role/r", "*"] }));
        Assert.Equal(["Account", "Role", "All"], added.AddedPrincipals!.Select(p => p.PrincipalType));
        Assert.Empty(lab.Run((ec2, c) => ec2.ModifyVpcEndpointServicePermissions(c, new() { ServiceId = id, AddAllowedPrincipals = ["*"] })).AddedPrincipals!);
        lab.Run((ec2, c) => ec2.ModifyVpcEndpointServicePermissions(c, new() { ServiceId = id, RemoveAllowedPrincipals = ["*"] }));
        Aws.AllowedPrincipal only = lab.Run((ec2, c) => ec2.DescribeVpcEndpointServicePermissions(
            c, new() { ServiceId = id, Filters = [Networks.Filter("principal-type", "Account")] })).AllowedPrincipals!.Single();
        Assert.Equal((added.AddedPrincipals![0].ServicePermissionId, id), (only.ServicePermissionId, only.ServiceId));
        Assert.Equal("InvalidPrincipal", lab.Refused((ec2, c) => ec2.ModifyVpcEndpointServicePermissions(
            c, new() { ServiceId = id, AddAllowedPrincipals = ["me"] })));
        Assert.Equal("InvalidVpcEndpointServiceId.NotFound", lab.Refused((ec2, c) => ec2.DescribeVpcEndpointServicePermissions(
            c, new() { ServiceId = "vpce-svc-0123456789abcdef0" })));

        lab.Run((ec2, c) => ec2.CreateTags(c, new() { Resources = [only.ServicePermissionId!], Tags = [new() { Key = "k", Value = "v" }] }));
        Aws.TagDescription tag = lab.Run((ec2, c) => ec2.DescribeTags(c, new() { Filters = [Networks.Filter("key", "k")] })).Tags!.Single();
        Assert.Equal((only.ServicePermissionId, "vpc-endpoint-service-permission"), (tag.ResourceId, tag.ResourceType));
    }

    [Fact]
    public void Rule104_an_endpoint_waits_is_accepted_and_is_rejected()
    {
        string service = NewService(new() { NetworkLoadBalancerArns = [nlb] }).ServiceName!;
        Allow(service, "*");
        string endpoint = NewEndpoint(service).VpcEndpointId!;
        Assert.Empty(Described(endpoint).NetworkInterfaceIds!);
        Aws.VpcEndpointConnection asked = lab.Run((ec2, c) => ec2.DescribeVpcEndpointConnections(
            c, new() { Filters = [Networks.Filter("vpc-endpoint-state", "pendingAcceptance")] })).VpcEndpointConnections!.Single();
        Assert.Equal((endpoint, Consumer, nlb), (asked.VpcEndpointId, asked.VpcEndpointOwner, asked.NetworkLoadBalancerArns!.Single()));
        Assert.StartsWith(endpoint, asked.DnsEntries![0].DnsName);

        Assert.Equal("ExistingVpcEndpointConnections", Assert.Single(DeleteService(asked.ServiceId!)).Error!.Code);
        Assert.Empty(lab.Run((ec2, c) => ec2.AcceptVpcEndpointConnections(c, new() { ServiceId = asked.ServiceId, VpcEndpointIds = [endpoint] })).Unsuccessful!);
        Assert.Equal(("available", 1), (Described(endpoint).State, Described(endpoint).NetworkInterfaceIds!.Count));
        Aws.UnsuccessfulItem stranger = Assert.Single(lab.Run((ec2, c) => ec2.AcceptVpcEndpointConnections(
            c, new() { ServiceId = asked.ServiceId, VpcEndpointIds = ["vpce-0123456789abcdef0"] })).Unsuccessful!);
        Assert.Equal("InvalidVpcEndpointId.NotFound", stranger.Error!.Code);

        Assert.Empty(lab.Run((ec2, c) => ec2.RejectVpcEndpointConnections(c, new() { ServiceId = asked.ServiceId, VpcEndpointIds = [endpoint] })).Unsuccessful!);
        Assert.Equal("rejected", Described(endpoint).State);
        Assert.Equal("InvalidState", Assert.Single(lab.Run((ec2, c) => ec2.AcceptVpcEndpointConnections(
            c, new() { ServiceId = asked.ServiceId, VpcEndpointIds = [endpoint] })).Unsuccessful!).Error!.Code);
        Assert.Empty(DeleteService(asked.ServiceId!));
        Assert.Equal("InvalidVpcEndpointService.NotFound", Assert.Single(DeleteService(asked.ServiceId!)).Error!.Code);
        lab.Run((ec2, c) => ec2.DeleteVpcEndpoints(c, new() { VpcEndpointIds = [endpoint] }), Consumer);
        Assert.Empty(lab.Cloud.Partition(lab.Home with { Account = Consumer }).All<VpcEndpoint>());
    }

    [Fact]
    public void Rule106_consumers_may_have_the_addresses_of_the_provider()
    {
        string service = NewService(new() { NetworkLoadBalancerArns = [nlb], AcceptanceRequired = false }).ServiceName!;
        Allow(service, "*");
        Aws.VpcEndpoint endpoint = Described(NewEndpoint(service, cidr: "10.0.0.0/16").VpcEndpointId!);
        Assert.Equal("available", endpoint.State);
        Assert.Equal(2, endpoint.DnsEntries!.Count);
        Assert.Contains($".{service.Split('.')[^1]}.us-east-1.vpce.amazonaws.com", endpoint.DnsEntries[0].DnsName);
        lab.Run((ec2, c) => ec2.DeleteVpcEndpoints(c, new() { VpcEndpointIds = [endpoint.VpcEndpointId!] }), Consumer);
        Assert.Empty(lab.Here.All<VpcEndpointConnection>());
    }

    [Fact]
    public void Rule105_zones_are_compared_by_their_ids()
    {
        string service = NewService(new() { NetworkLoadBalancerArns = [nlb], AcceptanceRequired = false }).ServiceName!;
        Allow(service, "*");
        string zone = ServiceZone(service);

        // The account's letters are turned: the service's zone has another name here.
        Assert.NotEqual(lab.DescribedSubnet(subnet).AvailabilityZone, zone);
        string elsewhere = lab.DescribedSubnet(subnet).AvailabilityZone!;
        Aws.CreateVpcEndpointRequest there = WishIn(service, elsewhere, "10.9.0.0/16");
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateVpcEndpoint(c, there), Consumer);
        Assert.Equal("InvalidParameter", fault.Code);
        Assert.StartsWith($"The VPC endpoint service {service} does not support the availability zone of the subnet: subnet-", fault.Message);
        Aws.CreateVpcEndpointRequest here = WishIn(service, zone, "10.8.0.0/16");
        lab.Run((ec2, c) => ec2.CreateVpcEndpoint(c, here), Consumer);
    }

    [Fact]
    public void A_private_name_leads_to_a_service_once_it_is_proven()
    {
        Aws.ServiceConfiguration made = NewService(new() { NetworkLoadBalancerArns = [nlb], AcceptanceRequired = false, PrivateDnsName = "API.example.com" });
        Aws.PrivateDnsNameConfiguration proof = made.PrivateDnsNameConfiguration!;
        Assert.Equal(("api.example.com", "pendingVerification", "TXT"), (made.PrivateDnsName, proof.State, proof.Type));
        Assert.Matches("^_[a-z0-9]{20}$", proof.Name);
        Assert.Matches("^vpce:[a-z0-9]{20}$", proof.Value);
        Allow(made.ServiceName!, "*");
        Aws.CreateVpcEndpointRequest wish = Wish(made.ServiceName!) with { PrivateDnsEnabled = true };
        Fault unproven = lab.FaultOf((ec2, c) => ec2.CreateVpcEndpoint(c, wish), Consumer);
        Assert.Equal($"Private DNS can't be enabled because the service {made.ServiceName} has not verified the private DNS name.", unproven.Message);

        lab.Run((ec2, c) => ec2.StartVpcEndpointServicePrivateDnsVerification(c, new() { ServiceId = made.ServiceId }));
        Assert.Equal("failed", Configuration(made.ServiceId!).PrivateDnsNameConfiguration!.State);
        HostedZone zone = lab.Put(new HostedZone { Id = new("Z1"), Name = "example.com.", CallerReference = "r" });
        lab.Put(new RecordSet { ZoneId = zone.Id, Name = $"{proof.Name}.api.example.com.", Type = "TXT", Ttl = 60, Values = [$"\"{proof.Value}\""] });
        lab.Run((ec2, c) => ec2.StartVpcEndpointServicePrivateDnsVerification(c, new() { ServiceId = made.ServiceId }));
        Assert.Equal("verified", Configuration(made.ServiceId!).PrivateDnsNameConfiguration!.State);

        Aws.VpcEndpoint endpoint = NewEndpoint(made.ServiceName!, hostnames: true);
        Assert.True(endpoint.PrivateDnsEnabled);
        Assert.Equal("api.example.com", Described(endpoint.VpcEndpointId!).DnsEntries![^1].DnsName);
        lab.Run((ec2, c) => ec2.ModifyVpcEndpointServiceConfiguration(c, new() { ServiceId = made.ServiceId, RemovePrivateDnsName = true }));
        Assert.Equal(2, Described(endpoint.VpcEndpointId!).DnsEntries!.Count);
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.StartVpcEndpointServicePrivateDnsVerification(c, new() { ServiceId = made.ServiceId })));
        Fault nameless = lab.FaultOf((ec2, c) => ec2.CreateVpcEndpoint(c, wish), Consumer);
        Assert.Equal($"Private DNS can't be enabled because the service {made.ServiceName} does not provide a private DNS name.", nameless.Message);
    }

    [Fact]
    public void A_service_changes_its_load_balancers_and_its_payer()
    {
        string id = NewService(new() { NetworkLoadBalancerArns = [nlb] }).ServiceId!;
        string second = NewBalancer("net/two/0123456789abcdef", LoadBalancerType.Network);
        lab.Run((ec2, c) => ec2.ModifyVpcEndpointServiceConfiguration(
            c, new() { ServiceId = id, AddNetworkLoadBalancerArns = [second], RemoveNetworkLoadBalancerArns = [nlb], AcceptanceRequired = false }));
        lab.Run((ec2, c) => ec2.ModifyVpcEndpointServicePayerResponsibility(c, new() { ServiceId = id, PayerResponsibility = "ServiceOwner" }));
        Aws.ServiceConfiguration service = Configuration(id);
        Assert.Equal((second, false, "ServiceOwner"), (service.NetworkLoadBalancerArns!.Single(), service.AcceptanceRequired, service.PayerResponsibility));
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.ModifyVpcEndpointServiceConfiguration(
            c, new() { ServiceId = id, RemoveNetworkLoadBalancerArns = [second] })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyVpcEndpointServicePayerResponsibility(
            c, new() { ServiceId = id, PayerResponsibility = "EndpointOwner" })));
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.ModifyVpcEndpointServiceConfiguration(
            c, new() { ServiceId = id, RemoveSupportedRegions = ["us-east-1"] })));
    }

    [Fact]
    public void Notifications_go_to_topics_that_are_there()
    {
        string service = NewService(new() { NetworkLoadBalancerArns = [nlb] }).ServiceId!;
        const string Topic = "arn:aws:sns:us-east-1:000000000000:topic";
        Aws.CreateVpcEndpointConnectionNotificationRequest wish = new() { ServiceId = service, ConnectionNotificationArn = Topic, ConnectionEvents = ["Accept", "Reject"] };
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.CreateVpcEndpointConnectionNotification(c, wish)));
        lab.Put(new SnsTopic { Name = "topic" });
        Aws.ConnectionNotification made = lab.Run((ec2, c) => ec2.CreateVpcEndpointConnectionNotification(c, wish)).ConnectionNotification!;
        Assert.Equal(("Topic", "Enabled", service), (made.ConnectionNotificationType, made.ConnectionNotificationState, made.ServiceId));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyVpcEndpointConnectionNotification(
            c, new() { ConnectionNotificationId = made.ConnectionNotificationId, ConnectionEvents = ["accept"] })));
        lab.Run((ec2, c) => ec2.ModifyVpcEndpointConnectionNotification(c, new() { ConnectionNotificationId = made.ConnectionNotificationId, ConnectionEvents = ["Delete"] }));
        Assert.Equal(["Delete"], lab.Run((ec2, c) => ec2.DescribeVpcEndpointConnectionNotifications(
            c, new() { Filters = [Networks.Filter("service-id", service)] })).ConnectionNotificationSet!.Single().ConnectionEvents!);
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateVpcEndpointConnectionNotification(c, wish with { ServiceId = null })));
        Assert.Empty(lab.Run((ec2, c) => ec2.DeleteVpcEndpointConnectionNotifications(c, new() { ConnectionNotificationIds = [made.ConnectionNotificationId!] })).Unsuccessful!);
        Assert.Equal("InvalidConnectionNotification", lab.Refused((ec2, c) => ec2.DescribeVpcEndpointConnectionNotifications(
            c, new() { ConnectionNotificationId = made.ConnectionNotificationId })));
    }

    [Fact]
    public void A_gateway_load_balancer_endpoint_is_a_routes_target_and_stays_while_it_is()
    {
        string gwlb = NewBalancer("gwy/g/0123456789abcdef", LoadBalancerType.Gateway);
        string service = NewService(new() { GatewayLoadBalancerArns = [gwlb], AcceptanceRequired = false }).ServiceName!;
        Aws.VpcEndpoint endpoint = lab.Run((ec2, c) => ec2.CreateVpcEndpoint(
            c, new() { VpcId = vpc, ServiceName = service, VpcEndpointType = "GatewayLoadBalancer", SubnetIds = [subnet] })).VpcEndpoint!;
        Aws.NetworkInterface eni = lab.DescribedEni(endpoint.NetworkInterfaceIds!.Single());
        Assert.Equal("gateway_load_balancer_endpoint", eni.InterfaceType);
        Assert.Empty(eni.Groups!);
        string table = lab.MainTable(vpc).Key;
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", VpcEndpointId = endpoint.VpcEndpointId }));
        Aws.Route route = lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [table] })).RouteTables!.Single().Routes![^1];
        Assert.Equal((endpoint.VpcEndpointId, "active"), (route.GatewayId, route.State));
        Assert.Equal("InvalidParameter", Assert.Single(Delete()).Error!.Code);
        lab.Run((ec2, c) => ec2.DeleteRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0" }));
        Assert.Empty(Delete());

        IReadOnlyList<Aws.UnsuccessfulItem> Delete() =>
            lab.Run((ec2, c) => ec2.DeleteVpcEndpoints(c, new() { VpcEndpointIds = [endpoint.VpcEndpointId!] })).Unsuccessful!;
    }

    /// <summary>A load balancer put there without the operation that makes one, with a node in the subnet.</summary>
    private string NewBalancer(string key, LoadBalancerType type)
    {
        int number = lab.Here.Table<LoadBalancer>().Count + 20;
        NetworkInterface node = lab.NewInterface(subnet, $"10.0.1.{number}");
        lab.Put(new LoadBalancer
        {
            Key = key,
            Name = key.Split('/')[1],
            Type = type,
            VpcId = new(vpc),
            Nodes = [new LoadBalancerNode(new(subnet), lab.DescribedSubnet(subnet).AvailabilityZone!, node.Id)],
            DnsName = $"{key.Split('/')[1]}.elb.us-east-1.amazonaws.com",
            CreatedTime = lab.Now,
        });
        return $"arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/{key}";
    }

    private Aws.ServiceConfiguration NewService(Aws.CreateVpcEndpointServiceConfigurationRequest request) =>
        lab.Run((ec2, c) => ec2.CreateVpcEndpointServiceConfiguration(c, request)).ServiceConfiguration!;

    private string RefusedService(Aws.CreateVpcEndpointServiceConfigurationRequest request) =>
        lab.Refused((ec2, c) => ec2.CreateVpcEndpointServiceConfiguration(c, request));

    private Aws.ServiceConfiguration Configuration(string id) => lab.Run((ec2, c) => ec2.DescribeVpcEndpointServiceConfigurations(
        c, new() { ServiceIds = [id] })).ServiceConfigurations!.Single();

    private void Allow(string service, string principal) => lab.Run((ec2, c) => ec2.ModifyVpcEndpointServicePermissions(
        c, new() { ServiceId = service.Split('.')[^1], AddAllowedPrincipals = [principal] }));

    private IReadOnlyList<Aws.UnsuccessfulItem> DeleteService(string id) =>
        lab.Run((ec2, c) => ec2.DeleteVpcEndpointServiceConfigurations(c, new() { ServiceIds = [id] })).Unsuccessful!;

    /// <summary>The consumer's name for the zone that the service is in.</summary>
    private string ServiceZone(string service) =>
        lab.Run((ec2, c) => ec2.DescribeVpcEndpointServices(c, new() { ServiceNames = [service] }), Consumer).ServiceDetails!.Single().AvailabilityZones!.Single();

    private Aws.CreateVpcEndpointRequest Wish(string service) =>
        new() { VpcId = NewConsumerVpc("10.0.0.0/16"), ServiceName = service, VpcEndpointType = "Interface" };

    private Aws.CreateVpcEndpointRequest WishIn(string service, string zone, string cidr)
    {
        string consumer = NewConsumerVpc(cidr);
        string place = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = consumer, CidrBlock = cidr.Replace("/16", "/24"), AvailabilityZone = zone }), Consumer).Subnet!.SubnetId!;
        return new() { VpcId = consumer, ServiceName = service, VpcEndpointType = "Interface", SubnetIds = [place] };
    }

    private string NewConsumerVpc(string cidr) => lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = cidr }), Consumer).Vpc!.VpcId!;

    private Aws.VpcEndpoint NewEndpoint(string service, string cidr = "10.0.0.0/16", bool hostnames = false)
    {
        Aws.CreateVpcEndpointRequest wish = WishIn(service, ServiceZone(service), cidr);
        if (hostnames)
        {
            lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = wish.VpcId, EnableDnsHostnames = new() { Value = true } }), Consumer);
        }

        return lab.Run((ec2, c) => ec2.CreateVpcEndpoint(c, wish), Consumer).VpcEndpoint!;
    }

    private Aws.VpcEndpoint Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeVpcEndpoints(c, new() { VpcEndpointIds = [id] }), Consumer).VpcEndpoints!.Single();
}
