using System.Collections.Immutable;
using System.Text.Json;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What a VPC endpoint may be. Source: EC2 API, CreateVpcEndpoint; AWS PrivateLink, "Quotas".</summary>
internal static class VpcEndpointRules
{
    /// <summary>Characters of a policy, without white space at its ends.</summary>
    private const int PolicyLengthMax = 20480;

    /// <summary>Gateway endpoints of one VPC; a hard limit.</summary>
    private const int GatewaysPerVpc = 255;

    /// <summary>AWS's code for most of what is wrong with an endpoint.</summary>
    public static Fault Invalid(string message) => new("InvalidParameter", message);

    public static VpcEndpointType TypeOf(string? text) =>
        Door.OneOf(text, "VpcEndpointType", "Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork") switch
        {
            null or "Gateway" => VpcEndpointType.Gateway,
            "Interface" => VpcEndpointType.Interface,
            "GatewayLoadBalancer" => VpcEndpointType.GatewayLoadBalancer,
            var other => throw Fault.Unsupported($"VpcEndpointType={other}"),
        };

    public static void RefuseUnsupported(Aws.CreateVpcEndpointRequest request)
    {
        if (request.ServiceNetworkArn is not null || request.ResourceConfigurationArn is not null)
        {
            throw Fault.Unsupported(request.ServiceNetworkArn is null ? "ResourceConfigurationArn" : "ServiceNetworkArn");
        }

        RefuseUnsupported(request.DnsOptions);
    }

    /// <summary>Options of resource and service network endpoints, which are not served.</summary>
    public static void RefuseUnsupported(Aws.DnsOptionsSpecification? options)
    {
        if (options?.PrivateDnsPreference is not null || options?.PrivateDnsSpecifiedDomains is { Count: > 0 })
        {
            throw Fault.Unsupported(options.PrivateDnsPreference is null ? "DnsOptions.PrivateDnsSpecifiedDomains" : "DnsOptions.PrivateDnsPreference");
        }
    }

    /// <summary>Parameters that another type of endpoint has.</summary>
    public static void RefuseOthers(Aws.CreateVpcEndpointRequest request, VpcEndpointType type)
    {
        RefuseTables(type, request.RouteTableIds);
        RefuseGroups(type, request.SecurityGroupIds);
        RefuseSubnets(type, request.SubnetIds, request.SubnetConfigurations);
        RefusePrivateDns(type, request.PrivateDnsEnabled, request.DnsOptions);
        if (type == VpcEndpointType.Gateway && request.IpAddressType is not (null or "ipv4"))
        {
            throw Fault.Unsupported($"IpAddressType={request.IpAddressType}");
        }

        if (type == VpcEndpointType.GatewayLoadBalancer && request.PolicyDocument is not null)
        {
            throw Invalid("Endpoint policies are not supported for GatewayLoadBalancer type VPC Endpoint.");
        }
    }

    public static void RefuseTables(VpcEndpointType type, IReadOnlyList<string>? tables)
    {
        if (type != VpcEndpointType.Gateway && tables is { Count: > 0 })
        {
            throw Invalid("Route table IDs are only supported for Gateway type VPC Endpoint.");
        }
    }

    public static void RefuseGroups(VpcEndpointType type, IReadOnlyList<string>? groups)
    {
        if (type != VpcEndpointType.Interface && groups is { Count: > 0 })
        {
            throw Invalid("Security groups are only supported for Interface type VPC Endpoint.");
        }
    }

    public static void RefuseSubnets(
        VpcEndpointType type, IReadOnlyList<string>? subnets, IReadOnlyList<Aws.SubnetConfiguration>? configurations)
    {
        if (type == VpcEndpointType.Gateway && (subnets is { Count: > 0 } || configurations is { Count: > 0 }))
        {
            throw Invalid("Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints.");
        }
    }

    public static void RefusePrivateDns(VpcEndpointType type, bool? enabled, Aws.DnsOptionsSpecification? options)
    {
        if (type != VpcEndpointType.Interface && (enabled == true || options is not null))
        {
            throw Invalid("Private DNS is only supported for Interface type VPC Endpoints.");
        }
    }

    /// <param name="more">How many more there are to be.</param>
    public static void CheckQuota(CommandContext context, Vpc vpc, VpcEndpointType type, int more = 1)
    {
        bool isGateway = type == VpcEndpointType.Gateway;
        int inVpc = context.Here.By<VpcEndpoint>(vpc.Key).Count(e => (e.Type == VpcEndpointType.Gateway) == isGateway) + more;
        if (!isGateway)
        {
            context.Quotas.Check(Quotas.InterfaceEndpointsPerVpc, inVpc);
            return;
        }

        context.Quotas.Check(Quotas.GatewayEndpointsPerRegion, context.Here.All<VpcEndpoint>().Count(e => e.Type == type) + more);
        if (inVpc > GatewaysPerVpc)
        {
            throw new Fault(Quotas.GatewayEndpointsPerRegion.FaultCode, $"A VPC cannot have more than {GatewaysPerVpc} gateway endpoints.");
        }
    }

    /// <summary>A policy as it was given; null where there is none. It decides on requests, which no packet shows (rule 107).</summary>
    public static string? CheckedPolicy(EndpointServiceChoice service, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!service.TakesPolicy)
        {
            throw Invalid($"Endpoint policies are not supported by the service {service.Name}.");
        }

        if (text.Trim().Length > PolicyLengthMax)
        {
            throw new Fault("InvalidPolicyDocument", $"The policy is longer than {PolicyLengthMax} characters.");
        }

        return IsPolicy(text) ? text : throw new Fault("InvalidPolicyDocument", "The policy document is not a valid JSON object with a Statement.");
    }

    /// <summary>The name type that an endpoint's records have, by AWS's defaults.</summary>
    public static string RecordTypeOf(string? asked, string ipAddressType) =>
        Door.OneOf(asked, "DnsOptions.DnsRecordIpType", "ipv4", "dualstack", "ipv6", "service-defined") ?? ipAddressType;

    /// <summary>The address type of an endpoint, which its service must support.</summary>
    public static string IpAddressTypeOf(EndpointServiceChoice service, string? asked)
    {
        string type = Door.OneOf(asked, "IpAddressType", "ipv4", "dualstack", "ipv6") ?? "ipv4";
        ImmutableArray<string> needed = type == "dualstack" ? ["ipv4", "ipv6"] : [type];
        return needed.All(n => service.IpAddressTypes.Contains(n))
            ? type
            : throw Invalid($"The IP address type {type} is not supported by the service {service.Name}.");
    }

    private static bool IsPolicy(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Statement", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
