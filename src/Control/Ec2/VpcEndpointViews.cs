using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>VPC endpoints in the form that the API prints. Source: EC2 API, VpcEndpoint.</summary>
internal static class VpcEndpointViews
{
    /// <summary>The policy that AWS attaches to a gateway endpoint where none was given.</summary>
    private const string GatewayPolicy =
        """{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}""";

    /// <summary>The one of an interface endpoint, white space as AWS has it.</summary>
    private const string InterfacePolicy =
        "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n      \"Principal\": \"*\", \n      \"Resource\": \"*\"\n"
        + "    }\n  ]\n}";

    /// <summary>AWS prints states with a small letter.</summary>
    public static string StateOf(VpcEndpointState state) => state switch
    {
        VpcEndpointState.PendingAcceptance => "pendingAcceptance",
        VpcEndpointState.Pending => "pending",
        VpcEndpointState.Available => "available",
        VpcEndpointState.Rejected => "rejected",
        _ => "failed",
    };

    public static Aws.VpcEndpoint ToWire(CommandContext context, VpcEndpoint endpoint)
    {
        bool isGateway = endpoint.Type == VpcEndpointType.Gateway;
        bool isInterface = endpoint.Type == VpcEndpointType.Interface;
        return new Aws.VpcEndpoint
        {
            VpcEndpointId = endpoint.Id.Value,
            VpcEndpointType = endpoint.Type.ToString(),
            VpcId = endpoint.VpcId.Value,
            ServiceName = endpoint.ServiceName,
            ServiceRegion = endpoint.ServiceRegion,
            State = StateOf(endpoint.State),
            PolicyDocument = PolicyOf(endpoint),
            RouteTableIds = [.. endpoint.RouteTableIds.Select(t => t.Value)],
            SubnetIds = [.. endpoint.Subnets.Select(s => s.SubnetId.Value)],
            Groups = [.. endpoint.Groups.Select(g => new Aws.SecurityGroupIdentifier { GroupId = g.Value, GroupName = context.Here.Find(g)?.Name })],
            NetworkInterfaceIds = [.. endpoint.NetworkInterfaceIds.Select(e => e.Value)],
            IpAddressType = isGateway ? null : endpoint.IpAddressType,
            DnsOptions = isInterface
                ? new Aws.DnsOptions
                {
                    DnsRecordIpType = endpoint.DnsRecordIpType,
                    PrivateDnsOnlyForInboundResolverEndpoint = endpoint.PrivateDnsOnlyForInboundResolver,
                }
                : null,
            DnsEntries = DnsEntriesOf(context, endpoint),
            PrivateDnsEnabled = endpoint.PrivateDnsEnabled,
            RequesterManaged = false,
            CreationTimestamp = endpoint.CreationTime,
            OwnerId = context.Account,
            Tags = TagRules.ToWire(endpoint.Tags),
        };
    }

    /// <summary>The endpoint's names; the provider sees those that are not private.</summary>
    public static IReadOnlyList<Aws.DnsEntry> DnsEntriesOf(CommandContext context, VpcEndpoint endpoint, bool withPrivate = true)
    {
        ImmutableArray<VpcEndpointName> names = VpcEndpointNames.Of(context.Draft.Next, endpoint);
        return
        [
            .. names.Where(n => withPrivate || !n.IsPrivate)
                .Select(n => new Aws.DnsEntry { DnsName = n.Name, HostedZoneId = n.HostedZoneId }),
        ];
    }

    /// <summary>Services that take no policy have none to show.</summary>
    private static string? PolicyOf(VpcEndpoint endpoint)
    {
        bool takesPolicy = endpoint.ServiceId is null && AwsServices.Named(endpoint.ServiceName) is { TakesPolicy: true };
        return endpoint.PolicyDocument
            ?? (takesPolicy ? endpoint.Type == VpcEndpointType.Gateway ? GatewayPolicy : InterfacePolicy : null);
    }
}
