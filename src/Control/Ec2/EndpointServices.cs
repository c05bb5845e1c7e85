using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Control.Machines;
using Trunkline.Control.Names;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Endpoint services: load balancers that endpoints of others lead to. Source: AWS PrivateLink, "Create a service powered by AWS
/// PrivateLink"; EC2 API, CreateVpcEndpointServiceConfiguration and its like.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<VpcEndpointService> EndpointServiceIds = new(
        "ServiceId", "InvalidVpcEndpointServiceId.NotFound", "InvalidVpcEndpointServiceId.Malformed",
        "The VpcEndpointService Id '{0}' does not exist");

    private static readonly FilterTable<VpcEndpointService> EndpointServiceFilters = new()
    {
        { "service-id", service => service.Id.Value },
        { "service-name", service => service.ServiceName },
        { "service-state", _ => "Available" },
        { "supported-ip-address-types", service => service.SupportedIpAddressTypes },
    };

    public Aws.CreateVpcEndpointServiceConfigurationResult CreateVpcEndpointServiceConfiguration(
        CommandContext context, Aws.CreateVpcEndpointServiceConfigurationRequest request)
    {
        string id = context.NewId(VpcEndpointService.IdPrefix);
        VpcEndpointService service = new()
        {
            Id = new(id),
            ServiceName = $"com.amazonaws.vpce.{context.Region}.{id}",
            LoadBalancerKeys =
                EndpointServiceRules.Balancers(context, null, request.NetworkLoadBalancerArns, request.GatewayLoadBalancerArns),
            AcceptanceRequired = request.AcceptanceRequired ?? true,
            SupportedIpAddressTypes = request.SupportedIpAddressTypes is { Count: > 0 } types ? [.. types.Distinct(StringComparer.Ordinal)] : ["ipv4"],
            SupportedRegions = EndpointServiceRules.CheckedRegions([context.Region, .. request.SupportedRegions ?? []]),
            CreationTime = context.Now,
            Tags = TagRules.New<VpcEndpointService>(request.TagSpecifications),
        };
        EndpointServiceRules.Check(context, service);
        service = context.Put(service with { PrivateName = EndpointServiceRules.NewPrivateName(context, service, request.PrivateDnsName) });
        return new Aws.CreateVpcEndpointServiceConfigurationResult
        {
            ServiceConfiguration = ToWire(context, service),
            ClientToken = request.ClientToken,
        };
    }

    public Aws.ModifyVpcEndpointServiceConfigurationResult ModifyVpcEndpointServiceConfiguration(
        CommandContext context, Aws.ModifyVpcEndpointServiceConfigurationRequest request)
    {
        VpcEndpointService service = EndpointServiceIds.Get(context, request.ServiceId);
        ImmutableArray<string> balancers = EndpointServiceRules.Removed(
            service, request.RemoveNetworkLoadBalancerArns, request.RemoveGatewayLoadBalancerArns);
        VpcEndpointService next = service with
        {
            LoadBalancerKeys =
            [
                .. balancers,
                .. request.AddNetworkLoadBalancerArns is { Count: > 0 } || request.AddGatewayLoadBalancerArns is { Count: > 0 }
                    ? EndpointServiceRules.Balancers(context, service, request.AddNetworkLoadBalancerArns, request.AddGatewayLoadBalancerArns)
                    : [],
            ],
            AcceptanceRequired = request.AcceptanceRequired ?? service.AcceptanceRequired,
            SupportedIpAddressTypes = EndpointServiceRules.Changed(
                service.SupportedIpAddressTypes, request.AddSupportedIpAddressTypes, request.RemoveSupportedIpAddressTypes),
            SupportedRegions = EndpointServiceRules.CheckedRegions(
                EndpointServiceRules.Changed(service.SupportedRegions, request.AddSupportedRegions, request.RemoveSupportedRegions)),
        };
        EndpointServiceRules.Check(context, next);
        context.Put(next with { PrivateName = ChangedPrivateName(context, next, request) });
        return new Aws.ModifyVpcEndpointServiceConfigurationResult { Return = true };
    }

    /// <summary>Each service goes or says why not: one with endpoints that are available or wait stays.</summary>
    public Aws.DeleteVpcEndpointServiceConfigurationsResult DeleteVpcEndpointServiceConfigurations(
        CommandContext context, Aws.DeleteVpcEndpointServiceConfigurationsRequest request)
    {
        List<Aws.UnsuccessfulItem> unsuccessful = [];
        foreach (string id in Door.Required(request.ServiceIds, "ServiceId").Distinct(StringComparer.Ordinal))
        {
            Id<VpcEndpointService> parsed = EndpointServiceIds.Parse(id);
            if (context.Here.Find(parsed) is not { } service)
            {
                unsuccessful.Add(Unsuccessful(
                    id, new Fault("InvalidVpcEndpointService.NotFound", $"The VpcEndpointService Id '{id}' does not exist")));
                continue;
            }

            List<VpcEndpointConnection> connections = [.. context.Here.By<VpcEndpointConnection>(id)];
            if (connections.Exists(c => c.State is not (VpcEndpointState.Rejected or VpcEndpointState.Failed)))
            {
                unsuccessful.Add(Unsuccessful(
                    id, new Fault("ExistingVpcEndpointConnections", "Service has existing active VPC Endpoint connections!")));
                continue;
            }

            RemoveService(context, service, connections);
        }

        return new Aws.DeleteVpcEndpointServiceConfigurationsResult { Unsuccessful = unsuccessful };
    }

    public Aws.DescribeVpcEndpointServiceConfigurationsResult DescribeVpcEndpointServiceConfigurations(
        CommandContext context, Aws.DescribeVpcEndpointServiceConfigurationsRequest request)
    {
        IEnumerable<VpcEndpointService> rows = EndpointServiceFilters.Apply(
            context, EndpointServiceIds.GetAll(context, request.ServiceIds).OrderBy(s => s.Id), request.Filters);
        Page<VpcEndpointService> page = Pager.Page(rows, AtMost(request.MaxResults, EndpointsPerPage), request.NextToken);
        return new Aws.DescribeVpcEndpointServiceConfigurationsResult
        {
            ServiceConfigurations = [.. page.Rows.Select(s => ToWire(context, s))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Asks for the TXT record that proves the owner's right to the private name, as it is on the internet now.</summary>
    public Aws.StartVpcEndpointServicePrivateDnsVerificationResult StartVpcEndpointServicePrivateDnsVerification(
        CommandContext context, Aws.StartVpcEndpointServicePrivateDnsVerificationRequest request)
    {
        VpcEndpointService service = EndpointServiceIds.Get(context, request.ServiceId);
        if (service.PrivateName is not { } name)
        {
            throw VpcEndpointRules.Invalid($"The service {service.Id} does not have a private DNS name.");
        }

        string at = $"{name.RecordName}.{name.Name}".Replace("*.", "", StringComparison.Ordinal);
        bool proven = new NameResolver(context.Draft.Next).Outside(at, DnsTypes.Txt).Records
            .Any(r => r.Type == DnsTypes.Txt && r.Data?.Trim('"') == name.RecordValue);
        context.Put(service with { PrivateName = name with { State = proven ? DnsVerification.Verified : DnsVerification.Failed } });
        return new Aws.StartVpcEndpointServicePrivateDnsVerificationResult { ReturnValue = true };
    }

    /// <summary>Once the service's owner pays, it stays so.</summary>
    public Aws.ModifyVpcEndpointServicePayerResponsibilityResult ModifyVpcEndpointServicePayerResponsibility(
        CommandContext context, Aws.ModifyVpcEndpointServicePayerResponsibilityRequest request)
    {
        VpcEndpointService service = EndpointServiceIds.Get(context, request.ServiceId);
        string payer = Door.Required(request.PayerResponsibility, "PayerResponsibility");
        context.Put(service with { PayerResponsibility = Door.OneOf(payer, "PayerResponsibility", "ServiceOwner") });
        return new Aws.ModifyVpcEndpointServicePayerResponsibilityResult { ReturnValue = true };
    }

    private static ServicePrivateName? ChangedPrivateName(
        CommandContext context, VpcEndpointService service, Aws.ModifyVpcEndpointServiceConfigurationRequest request)
    {
        if (request is { RemovePrivateDnsName: true, PrivateDnsName: not null })
        {
            throw Fault.Combination("The parameter privateDnsName cannot be used with the parameter removePrivateDnsName");
        }

        return request.RemovePrivateDnsName == true ? null
            : request.PrivateDnsName is null ? service.PrivateName
            : EndpointServiceRules.NewPrivateName(context, service, request.PrivateDnsName);
    }

    private static void RemoveService(CommandContext context, VpcEndpointService service, List<VpcEndpointConnection> connections)
    {
        foreach (VpcEndpointConnection connection in connections)
        {
            context.Remove(connection.Id);
        }

        foreach (ConnectionNotification notification in context.Here.By<ConnectionNotification>(service.Key).ToList())
        {
            context.Remove(notification.Id);
        }

        context.Remove(service.Id);
    }

    private static Aws.ServiceConfiguration ToWire(CommandContext context, VpcEndpointService service)
    {
        ImmutableArray<Zone> zones = ZonesWith(context, EndpointServiceChoice.ZoneIds(context, context.Caller.Partition, service));
        return new Aws.ServiceConfiguration
        {
            ServiceId = service.Id.Value,
            ServiceName = service.ServiceName,
            ServiceType = [new Aws.ServiceTypeDetail { ServiceType = TypeOf(service).ToString() }],
            ServiceState = "Available",
            AvailabilityZones = [.. zones.Select(z => z.Name)],
            AvailabilityZoneIds = [.. zones.Select(z => z.ZoneId)],
            AcceptanceRequired = service.AcceptanceRequired,
            ManagesVpcEndpoints = false,
            NetworkLoadBalancerArns = ArnsOf(context.Caller.Partition, service, VpcEndpointType.Interface),
            GatewayLoadBalancerArns = ArnsOf(context.Caller.Partition, service, VpcEndpointType.GatewayLoadBalancer),
            SupportedIpAddressTypes = [.. service.SupportedIpAddressTypes],
            BaseEndpointDnsNames = [BaseNameOf(service)],
            PrivateDnsName = service.PrivateName?.Name,
            PrivateDnsNameConfiguration = service.PrivateName is { } name
                ? new Aws.PrivateDnsNameConfiguration
                {
                    State = StateOf(name.State),
                    Type = "TXT",
                    Name = name.RecordName,
                    Value = name.RecordValue,
                }
                : null,
            PayerResponsibility = service.PayerResponsibility,
            SupportedRegions = [.. service.SupportedRegions.Select(r => new Aws.SupportedRegionDetail { Region = r, ServiceState = "Available" })],
            RemoteAccessEnabled = service.SupportedRegions.Any(r => r != context.Region),
            Tags = TagRules.ToWire(service.Tags),
        };
    }

    private static VpcEndpointType TypeOf(VpcEndpointService service) =>
        service.IsGatewayLoadBalancer ? VpcEndpointType.GatewayLoadBalancer : VpcEndpointType.Interface;

    private static string StateOf(DnsVerification state) => state switch
    {
        DnsVerification.Verified => "verified",
        DnsVerification.Failed => "failed",
        _ => "pendingVerification",
    };

    /// <summary>What names of endpoints to the service end with.</summary>
    private static string BaseNameOf(VpcEndpointService service) =>
        $"{service.Id}.{service.ServiceName.Split('.')[3]}.vpce.amazonaws.com";

    /// <summary>The ARNs of the service's load balancers, if they are of the kind that endpoints of a type lead to.</summary>
    private static IReadOnlyList<string>? ArnsOf(PartitionKey owner, VpcEndpointService service, VpcEndpointType type) =>
        TypeOf(service) == type
            ? [.. service.LoadBalancerKeys.Select(
                key => string.Create(CultureInfo.InvariantCulture, $"arn:aws:elasticloadbalancing:{owner.Region}:{owner.Account}:loadbalancer/{key}"))]
            : null;

    /// <summary>The caller's zones with these ids: each account has names of its own for them.</summary>
    private static ImmutableArray<Zone> ZonesWith(CommandContext context, ImmutableSortedSet<string> ids) =>
        [.. Regions.ZonesOf(context.Account, context.Region).Where(z => ids.Contains(z.ZoneId))];
}
