using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>Every kind of resource that the cloud holds: one line each.</summary>
public static class Kinds
{
    public static ImmutableArray<Kind> All { get; } =
    [
        Kind.Of<RegionSettings>(),
        Kind.Of<Vpc>(),
        Kind.Of<Subnet>(),
        Kind.Of<RouteTable>(),
        Kind.Of<InternetGateway>(),
        Kind.Of<EgressOnlyInternetGateway>(),
        Kind.Of<NatGateway>(),
        Kind.Of<SecurityGroup>(),
        Kind.Of<NetworkAcl>(),
        Kind.Of<NetworkInterface>(),
        Kind.Of<NetworkInterfacePermission>(),
        Kind.Of<ElasticIp>(),
        Kind.Of<Instance>(),
        Kind.Of<Volume>(),
        Kind.Of<KeyPair>(),
        Kind.Of<LaunchTemplate>(),
        Kind.Of<PlacementGroup>(),
        Kind.Of<DhcpOptions>(),
        Kind.Of<ByoipCidr>(),
        Kind.Of<VpcEndpoint>(),
        Kind.Of<VpcEndpointService>(),
        Kind.Of<VpcEndpointConnection>(),
        Kind.Of<ConnectionNotification>(),
        Kind.Of<PrefixList>(),
        Kind.Of<SubnetCidrReservation>(),
        Kind.Of<NetworkInsightsPath>(),
        Kind.Of<NetworkInsightsAnalysis>(),
        Kind.Of<PublicIpv4Pool>(),
        Kind.Of<Ipv6AddressPool>(),
        Kind.Of<AcceptedAddressTransfer>(),
        Kind.Of<LoadBalancer>(),
        Kind.Of<Listener>(),
        Kind.Of<ListenerRule>(),
        Kind.Of<TargetGroup>(),
        Kind.Of<TrustStore>(),
        Kind.Of<Certificate>(),
        Kind.Of<BlockPublicAccess>(),
        Kind.Of<BlockPublicAccessExclusion>(),
        Kind.Of<FlowLog>(),
        Kind.Of<InsightsAccessScope>(),
        Kind.Of<InsightsAccessScopeAnalysis>(),
        Kind.Of<SecurityGroupVpcAssociation>(),
        Kind.Of<LogGroup>(),
        Kind.Of<LogStream>(),
        Kind.Of<LogBatch>(),
        Kind.Of<ExportedFile>(),
        Kind.Of<HostedZone>(),
        Kind.Of<RecordSet>(),
        Kind.Of<ZoneChange>(),
        Kind.Of<ClientToken>(),
        Kind.Of<ClassicLoadBalancer>(),
        Kind.Of<IamRole>(),
        Kind.Of<InstanceProfile>(),
        Kind.Of<IamPolicy>(),
        Kind.Of<ServerCertificate>(),
        Kind.Of<SnsTopic>(),
        Kind.Of<DxConnection>(),
        Kind.Of<DxLag>(),
        Kind.Of<DxVirtualInterface>(),
        Kind.Of<DxGateway>(),
        Kind.Of<DxGatewayAssociation>(),
        Kind.Of<DxGatewayProposal>(),
        Kind.Of<DxFailoverTest>(),
        Kind.Of<DxAgreement>(),
        Kind.Of<TransitGateway>(),
        Kind.Of<TransitGatewayAttachment>(),
        Kind.Of<TransitGatewayRouteTable>(),
        Kind.Of<TransitGatewayConnectPeer>(),
        Kind.Of<ResourceShare>(),
        Kind.Of<ReceivedShare>(),
        Kind.Of<ShareInvitation>(),
        Kind.Of<SharePermission>(),
        Kind.Of<ReplacePermissionsWork>(),
        Kind.Of<OrganizationSharing>(),
        Kind.Of<SubnetClaim>(),
        Kind.Of<GlobalNetwork>(),
        Kind.Of<TransitGatewayRegistration>(),
        Kind.Of<RouteAnalysis>(),
        Kind.Of<NmSite>(),
        Kind.Of<NmDevice>(),
        Kind.Of<NmLink>(),
        Kind.Of<NmConnection>(),
        Kind.Of<NmLinkAssociation>(),
        Kind.Of<NmCustomerGatewayAssociation>(),
        Kind.Of<NmConnectPeerAssociation>(),
        Kind.Of<VpcPeeringConnection>(),
        Kind.Of<CustomerGateway>(),
        Kind.Of<VpnGateway>(),
        Kind.Of<VpnConnection>(),
    ];

    private static readonly ImmutableDictionary<string, Kind> ByName = All.ToImmutableDictionary(k => k.Name, StringComparer.Ordinal);

    private static readonly ImmutableDictionary<string, Kind> ByPrefix = All
        .Where(k => k.IdPrefix.Length > 0)
        .ToImmutableDictionary(k => k.IdPrefix, StringComparer.Ordinal);

    public static Kind? Named(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The kind an id belongs to, by what stands before its last dash; null where no kind bears it.</summary>
    public static Kind? OfId(string id) =>
        id.LastIndexOf('-') is > 0 and int dash && !id.AsSpan(dash + 1).ContainsAnyExcept("0123456789abcdef")
            ? ByPrefix.GetValueOrDefault(id[..dash])
            : null;
}
