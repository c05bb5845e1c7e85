using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Forwarding;

/// <summary>Kinds of resources that no packet ever meets: one line each, with the reason.</summary>
public static class NotForwarded
{
    public static ImmutableDictionary<Kind, string> Kinds { get; } = new Dictionary<Kind, string>
    {
        [Kind.Of<RegionSettings>()] = "settings of the account, no part of the network",
        [Kind.Of<DhcpOptions>()] = "handed to instances when they start; packets do not meet it",
        [Kind.Of<NetworkInterfacePermission>()] = "a right to attach, no part of the network",
        [Kind.Of<Volume>()] = "a disk",
        [Kind.Of<KeyPair>()] = "a way to log in",
        [Kind.Of<LaunchTemplate>()] = "a request that may be made later; what it makes is forwarded",
        [Kind.Of<PlacementGroup>()] = "says on which hardware instances stand",
        [Kind.Of<PublicIpv4Pool>()] = "a stock of addresses; those in use are Elastic IPs, and their range is a BYOIP range",
        [Kind.Of<Ipv6AddressPool>()] = "a stock of addresses; those in use are on VPCs",
        [Kind.Of<AcceptedAddressTransfer>()] = "the record of a hand-over; the Elastic IP itself moved",
        [Kind.Of<VpcEndpointConnection>()] = "an endpoint as its service's owner sees it; the endpoint itself is forwarded",
        [Kind.Of<ConnectionNotification>()] = "tells a topic of endpoints",
        [Kind.Of<SubnetCidrReservation>()] = "says which addresses are picked; those in use are on interfaces",
        [Kind.Of<Certificate>()] = "says who a listener is; packets do not meet it",
        [Kind.Of<TrustStore>()] = "says whose certificates a listener takes; packets do not meet it",
        [Kind.Of<FlowLog>()] = "writes down what packets did; it does not change it",
        [Kind.Of<InsightsAccessScope>()] = "a question about packets",
        [Kind.Of<InsightsAccessScopeAnalysis>()] = "an answer about packets",
        [Kind.Of<LogGroup>()] = "holds text",
        [Kind.Of<LogStream>()] = "holds text",
        [Kind.Of<LogBatch>()] = "text",
        [Kind.Of<HostedZone>()] = "answers names; a packet goes to the address that came of it",
        [Kind.Of<RecordSet>()] = "answers names; a packet goes to the address that came of it",
        [Kind.Of<ZoneChange>()] = "remembers a request",
        [Kind.Of<ClientToken>()] = "remembers a request",
        [Kind.Of<NetworkInsightsPath>()] = "a question about packets",
        [Kind.Of<NetworkInsightsAnalysis>()] = "an answer about packets",
        [Kind.Of<IamRole>()] = "a right, no part of the network",
        [Kind.Of<InstanceProfile>()] = "a right of instances, no part of the network",
        [Kind.Of<IamPolicy>()] = "a right, no part of the network",
        [Kind.Of<ServerCertificate>()] = "what a load balancer shows to clients; packets go the same way with any",
        [Kind.Of<SnsTopic>()] = "a place for notifications, no part of the network",
        [Kind.Of<DxGatewayProposal>()] = "a request that may be accepted; the association that comes of it is routed",
        [Kind.Of<DxFailoverTest>()] = "its virtual interface says which sessions it holds down",
        [Kind.Of<DxAgreement>()] = "a signature",
        [Kind.Of<ResourceShare>()] = "a right of other accounts; what is shared is forwarded",
        [Kind.Of<ReceivedShare>()] = "a right; what is shared is forwarded",
        [Kind.Of<ShareInvitation>()] = "a question to another account",
        [Kind.Of<SharePermission>()] = "a right, no part of the network",
        [Kind.Of<ReplacePermissionsWork>()] = "remembers a request",
        [Kind.Of<OrganizationSharing>()] = "a setting of the accounts, no part of the network",
        [Kind.Of<SubnetClaim>()] = "says which addresses are taken; those are on interfaces",
        [Kind.Of<GlobalNetwork>()] = "an inventory",
        [Kind.Of<TransitGatewayRegistration>()] = "an inventory; the transit gateway itself is forwarded",
        [Kind.Of<RouteAnalysis>()] = "an answer about packets",
        [Kind.Of<NmSite>()] = "an inventory; sites that packets meet are the world's",
        [Kind.Of<NmDevice>()] = "an inventory",
        [Kind.Of<NmLink>()] = "an inventory",
        [Kind.Of<NmConnection>()] = "an inventory",
        [Kind.Of<NmLinkAssociation>()] = "an inventory",
        [Kind.Of<NmCustomerGatewayAssociation>()] = "an inventory",
        [Kind.Of<NmConnectPeerAssociation>()] = "an inventory",
    }.ToImmutableDictionary();
}
