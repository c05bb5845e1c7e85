"""Peering, transit gateways, VPN, Direct Connect and shared subnets between two accounts and two regions, by boto3.

Usage: joined.py ENDPOINT OWNER PARTNER. Waiters, filters, errors, and at the end nothing is left. Ends with 0 and the line "N operations".
"""
import sys

import boto3
import botocore.exceptions
from botocore.config import Config

ENDPOINT, OWNER, PARTNER = sys.argv[1:4]
HERE, FAR = "us-east-1", "eu-west-1"
CALLED = set()


def client(service, account, region=HERE):
    session = boto3.session.Session(aws_access_key_id=account, aws_secret_access_key="any", region_name=region)
    made = session.client(service, endpoint_url=ENDPOINT, config=Config(retries={"total_max_attempts": 1}))
    made.meta.events.register("after-call", lambda model, **_: CALLED.add(f"{service}:{model.name}"))
    return made


ec2, theirs, far = client("ec2", OWNER), client("ec2", PARTNER), client("ec2", OWNER, FAR)
ram, their_ram = client("ram", OWNER), client("ram", PARTNER)
dx, their_dx = client("directconnect", OWNER), client("directconnect", PARTNER)


def refused(code, operation, **arguments):
    try:
        operation(**arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"was not refused with {code}")


def waited(api, name, **arguments):
    waiter = api.get_waiter(name)
    waiter.config.delay = 0.05
    waiter.wait(**arguments)


def filtered(operation, key, least, **filters):
    """What every filter alone finds, and all of them together; a value that nothing has finds nothing."""
    wanted = [{"Name": name.replace("__", ".").replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    for one in wanted:
        assert len(operation(Filters=[one])[key]) >= least, one
        assert operation(Filters=[dict(one, Values=["nothing-has-this"])])[key] == [], one
    found = operation(Filters=wanted)[key]
    assert len(found) == least, (wanted, found)
    return found


def vpc(api, block):
    made = api.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
    waited(api, "vpc_available", VpcIds=[made])
    subnet = api.create_subnet(VpcId=made, CidrBlock=block.replace("/16", "/24"))["Subnet"]["SubnetId"]
    table = api.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [made]}])["RouteTables"][0]["RouteTableId"]
    return made, subnet, table


def no_vpc(api, *made):
    for one, subnet, _ in made:
        api.delete_subnet(SubnetId=subnet)
        api.delete_vpc(VpcId=one)


def states(api, ids):
    rows = api.describe_vpc_peering_connections(VpcPeeringConnectionIds=ids)["VpcPeeringConnections"]
    return [row["Status"]["Code"] for row in rows]


def peer(api, mine, other, owner=None, region=None):
    more = {key: value for key, value in (("PeerOwnerId", owner), ("PeerRegion", region)) if value}
    return api.create_vpc_peering_connection(VpcId=mine, PeerVpcId=other, **more)["VpcPeeringConnection"]["VpcPeeringConnectionId"]


def peerings():
    mine, other, abroad, same = vpc(ec2, "10.1.0.0/16"), vpc(theirs, "10.2.0.0/16"), vpc(far, "10.3.0.0/16"), vpc(theirs, "10.1.0.0/16")
    between = peer(ec2, mine[0], other[0], PARTNER)
    waited(theirs, "vpc_peering_connection_exists", VpcPeeringConnectionIds=[between])
    assert states(ec2, [between]) == states(theirs, [between]) == ["pending-acceptance"]
    refused("OperationNotPermitted", ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=between)
    refused("OperationNotPermitted", theirs.delete_vpc_peering_connection, VpcPeeringConnectionId=between)
    refused("DependencyViolation", theirs.delete_vpc, VpcId=other[0])
    theirs.accept_vpc_peering_connection(VpcPeeringConnectionId=between)
    assert states(ec2, [between]) == states(theirs, [between]) == ["active"]
    message = refused("InvalidStateTransition", theirs.reject_vpc_peering_connection, VpcPeeringConnectionId=between)
    assert between in message, message
    [row] = filtered(
        ec2.describe_vpc_peering_connections, "VpcPeeringConnections", 1, vpc_peering_connection_id=between, status_code="active",
        requester_vpc_info__vpc_id=mine[0], accepter_vpc_info__vpc_id=other[0], accepter_vpc_info__owner_id=PARTNER,
        requester_vpc_info__cidr_block="10.1.0.0/16", accepter_vpc_info__cidr_block="10.2.0.0/16")
    assert (row["AccepterVpcInfo"]["OwnerId"], row["RequesterVpcInfo"]["OwnerId"]) == (PARTNER, OWNER), row
    ec2.create_route(RouteTableId=mine[2], DestinationCidrBlock="10.2.0.0/16", VpcPeeringConnectionId=between)
    refused("InvalidVpcPeeringConnectionID.NotFound", far.create_route,
            RouteTableId=abroad[2], DestinationCidrBlock="10.2.0.0/16", VpcPeeringConnectionId=between)
    their_group = theirs.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [other[0]]}])["SecurityGroups"][0]["GroupId"]
    group = ec2.create_security_group(VpcId=mine[0], GroupName="peered", Description="d")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": their_group, "UserId": PARTNER}]}])
    overlapping = peer(ec2, mine[0], same[0], PARTNER)
    assert states(ec2, [overlapping]) == ["failed"], "overlapping blocks cannot be peered"
    across = peer(ec2, mine[0], abroad[0], region=FAR)
    refused("OperationNotPermitted", ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=across)
    far.accept_vpc_peering_connection(VpcPeeringConnectionId=across)
    assert states(ec2, [across]) == states(far, [across]) == ["active"]
    asked = peer(theirs, other[0], abroad[0], OWNER, FAR)
    far.reject_vpc_peering_connection(VpcPeeringConnectionId=asked)
    assert states(theirs, [asked]) == ["rejected"]
    refused("InvalidVpcPeeringConnectionID.NotFound", ec2.delete_vpc_peering_connection, VpcPeeringConnectionId="pcx-00000000000000000")
    theirs.delete_vpc_peering_connection(VpcPeeringConnectionId=between)
    waited(ec2, "vpc_peering_connection_deleted", VpcPeeringConnectionIds=[between])
    [route] = [r for r in ec2.describe_route_tables(RouteTableIds=[mine[2]])["RouteTables"][0]["Routes"] if r.get("VpcPeeringConnectionId")]
    assert route["State"] == "blackhole", route
    stale = ec2.describe_stale_security_groups(VpcId=mine[0])["StaleSecurityGroupSet"]
    assert [one["GroupId"] for one in stale] == [group], stale
    far.delete_vpc_peering_connection(VpcPeeringConnectionId=across)
    ec2.delete_security_group(GroupId=group)
    no_vpc(ec2, mine)
    no_vpc(theirs, other, same)
    no_vpc(far, abroad)


def share(resource):
    made = ram.create_resource_share(name="shared", resourceArns=[resource], principals=[PARTNER])["resourceShare"]["resourceShareArn"]
    [token] = [one["resourceShareInvitationArn"] for one in their_ram.get_resource_share_invitations(resourceShareArns=[made])["resourceShareInvitations"]]
    their_ram.accept_resource_share_invitation(resourceShareInvitationArn=token)
    return made


def attachment_state(api, one):
    return api.describe_transit_gateway_attachments(TransitGatewayAttachmentIds=[one])["TransitGatewayAttachments"][0]["State"]


def hubs():
    hub = ec2.create_transit_gateway(Options={"AmazonSideAsn": 64600})["TransitGateway"]
    abroad = far.create_transit_gateway(Options={"AmazonSideAsn": 64601})["TransitGateway"]["TransitGatewayId"]
    gateway = hub["TransitGatewayId"]
    mine, other = vpc(ec2, "10.1.0.0/16"), vpc(theirs, "10.2.0.0/16")
    refused("InvalidTransitGatewayID.NotFound", theirs.create_transit_gateway_vpc_attachment,
            TransitGatewayId=gateway, VpcId=other[0], SubnetIds=[other[1]])
    shared = share(hub["TransitGatewayArn"])
    [seen] = filtered(theirs.describe_transit_gateways, "TransitGateways", 1, transit_gateway_id=gateway, owner_id=OWNER, state="available")
    assert seen["OwnerId"] == OWNER
    refused("UnauthorizedOperation", theirs.delete_transit_gateway, TransitGatewayId=gateway)
    local = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=mine[0], SubnetIds=[mine[1]])["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    guest = theirs.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=other[0], SubnetIds=[other[1]])["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    assert attachment_state(ec2, guest) == attachment_state(theirs, guest) == "pendingAcceptance"
    refused("UnauthorizedOperation", theirs.accept_transit_gateway_vpc_attachment, TransitGatewayAttachmentId=guest)
    table = hub_table(gateway)
    refused("IncorrectState", ec2.create_transit_gateway_route,
            TransitGatewayRouteTableId=table, DestinationCidrBlock="10.2.0.0/16", TransitGatewayAttachmentId=guest)
    ec2.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=guest)
    assert attachment_state(ec2, guest) == attachment_state(theirs, guest) == "available"
    refused("DuplicateTransitGatewayAttachment", theirs.create_transit_gateway_vpc_attachment,
            TransitGatewayId=gateway, VpcId=other[0], SubnetIds=[other[1]])
    filtered(ec2.describe_transit_gateway_attachments, "TransitGatewayAttachments", 1, transit_gateway_attachment_id=guest,
             resource_id=other[0], resource_type="vpc", resource_owner_id=PARTNER, transit_gateway_owner_id=OWNER, state="available")
    assert {r["DestinationCidrBlock"] for r in routes(table, "propagated")} == {"10.1.0.0/16", "10.2.0.0/16"}
    peered = hub_peering(gateway, abroad, table)
    hub_routes(table, local)
    theirs.create_route(RouteTableId=other[2], DestinationCidrBlock="10.1.0.0/16", TransitGatewayId=gateway)
    refused("IncorrectState", ec2.delete_transit_gateway, TransitGatewayId=gateway)
    refused("DependencyViolation", theirs.delete_subnet, SubnetId=other[1])
    theirs.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=guest)
    assert attachment_state(ec2, guest) == "deleted"
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=local)
    far.delete_transit_gateway_peering_attachment(TransitGatewayAttachmentId=peered)
    assert attachment_state(ec2, peered) == "deleted"
    ram.delete_resource_share(resourceShareArn=shared)
    ec2.delete_transit_gateway(TransitGatewayId=gateway)
    far.delete_transit_gateway(TransitGatewayId=abroad)
    no_vpc(ec2, mine)
    no_vpc(theirs, other)


def hub_table(gateway):
    [table] = filtered(
        ec2.describe_transit_gateway_route_tables, "TransitGatewayRouteTables", 1, transit_gateway_id=gateway, default_association_route_table="true")
    return table["TransitGatewayRouteTableId"]


def routes(table, kind):
    found = ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=[{"Name": "type", "Values": [kind]}])
    assert found["AdditionalRoutesAvailable"] is False
    return found["Routes"]


def hub_peering(gateway, abroad, table):
    one = ec2.create_transit_gateway_peering_attachment(
        TransitGatewayId=gateway, PeerTransitGatewayId=abroad, PeerAccountId=OWNER, PeerRegion=FAR)["TransitGatewayPeeringAttachment"]
    made = one["TransitGatewayAttachmentId"]
    refused("InvalidParameterValue", ec2.accept_transit_gateway_peering_attachment, TransitGatewayAttachmentId=made)
    far.accept_transit_gateway_peering_attachment(TransitGatewayAttachmentId=made)
    refused("IncorrectState", far.reject_transit_gateway_peering_attachment, TransitGatewayAttachmentId=made)
    assert attachment_state(ec2, made) == attachment_state(far, made) == "available"
    refused("InvalidParameterValue", ec2.enable_transit_gateway_route_table_propagation,
            TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=made)
    ec2.create_transit_gateway_route(TransitGatewayRouteTableId=table, DestinationCidrBlock="10.3.0.0/16", TransitGatewayAttachmentId=made)
    return made


def hub_routes(table, local):
    ec2.create_transit_gateway_route(TransitGatewayRouteTableId=table, DestinationCidrBlock="0.0.0.0/0", Blackhole=True)
    refused("RouteAlreadyExists", ec2.create_transit_gateway_route, TransitGatewayRouteTableId=table, DestinationCidrBlock="0.0.0.0/0", Blackhole=True)
    ec2.replace_transit_gateway_route(TransitGatewayRouteTableId=table, DestinationCidrBlock="0.0.0.0/0", TransitGatewayAttachmentId=local)
    assert {r["State"] for r in routes(table, "static")} == {"active"}
    listed = ec2.create_managed_prefix_list(
        PrefixListName="l", AddressFamily="IPv4", MaxEntries=2, Entries=[{"Cidr": "192.168.0.0/16"}])["PrefixList"]["PrefixListId"]
    ec2.create_transit_gateway_prefix_list_reference(TransitGatewayRouteTableId=table, PrefixListId=listed, Blackhole=True)
    [dropped] = [r for r in routes(table, "static") if r.get("PrefixListId") == listed]
    assert (dropped["State"], dropped["DestinationCidrBlock"]) == ("blackhole", "192.168.0.0/16"), dropped
    refused("DependencyViolation", ec2.delete_managed_prefix_list, PrefixListId=listed)
    ec2.delete_transit_gateway_prefix_list_reference(TransitGatewayRouteTableId=table, PrefixListId=listed)
    refused("InvalidPrefixListReference.NotFound", ec2.delete_transit_gateway_prefix_list_reference,
            TransitGatewayRouteTableId=table, PrefixListId=listed)
    ec2.delete_managed_prefix_list(PrefixListId=listed)
    ec2.delete_transit_gateway_route(TransitGatewayRouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    refused("InvalidRoute.NotFound", ec2.delete_transit_gateway_route, TransitGatewayRouteTableId=table, DestinationCidrBlock="0.0.0.0/0")


def tunnels():
    mine = vpc(ec2, "10.1.0.0/16")
    gateway = ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=64700)["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=mine[0])
    filtered(ec2.describe_vpn_gateways, "VpnGateways", 1, vpn_gateway_id=gateway, attachment__vpc_id=mine[0], amazon_side_asn="64700", attachment__state="attached")
    customer = ec2.create_customer_gateway(BgpAsn=65001, IpAddress="203.0.113.70", Type="ipsec.1")["CustomerGateway"]["CustomerGatewayId"]
    waited(ec2, "customer_gateway_available", CustomerGatewayIds=[customer])
    again = ec2.create_customer_gateway(BgpAsn=65001, IpAddress="203.0.113.70", Type="ipsec.1")["CustomerGateway"]["CustomerGatewayId"]
    assert again == customer, "an identical request returns the gateway that stands"
    refused("InvalidCustomerGatewayID.NotFound", theirs.create_vpn_connection, CustomerGatewayId=customer, Type="ipsec.1")
    made = ec2.create_vpn_connection(
        CustomerGatewayId=customer, Type="ipsec.1", VpnGatewayId=gateway,
        Options={"StaticRoutesOnly": True, "TunnelOptions": [{"TunnelInsideCidr": "169.254.44.0/30", "PreSharedKey": "abcdefgh1"}]})["VpnConnection"]
    one = made["VpnConnectionId"]
    waited(ec2, "vpn_connection_available", VpnConnectionIds=[one])
    tunnel = made["Options"]["TunnelOptions"][0]
    assert (tunnel["TunnelInsideCidr"], tunnel["PreSharedKey"]) == ("169.254.44.0/30", "abcdefgh1"), tunnel
    filtered(ec2.describe_vpn_connections, "VpnConnections", 1, vpn_connection_id=one, customer_gateway_id=customer, vpn_gateway_id=gateway,
             state="available", option__static_routes_only="true")
    ec2.create_vpn_connection_route(VpnConnectionId=one, DestinationCidrBlock="192.168.0.0/16")
    ec2.enable_vgw_route_propagation(GatewayId=gateway, RouteTableId=mine[2])
    shown = ec2.describe_route_tables(RouteTableIds=[mine[2]])["RouteTables"][0]
    assert shown["PropagatingVgws"] == [{"GatewayId": gateway}], shown
    ec2.modify_vpn_tunnel_options(
        VpnConnectionId=one, VpnTunnelOutsideIpAddress=tunnel["OutsideIpAddress"], TunnelOptions={"DPDTimeoutSeconds": 40})
    refused("InvalidParameterValue", ec2.modify_vpn_tunnel_options,
            VpnConnectionId=one, VpnTunnelOutsideIpAddress="192.0.2.1", TunnelOptions={"DPDTimeoutSeconds": 40})
    refused("InvalidParameterValue", ec2.modify_vpn_tunnel_options, VpnConnectionId=one,
            VpnTunnelOutsideIpAddress=tunnel["OutsideIpAddress"], TunnelOptions={"DPDTimeoutSeconds": 5})
    refused("IncorrectState", ec2.delete_customer_gateway, CustomerGatewayId=customer)
    refused("IncorrectState", ec2.delete_vpn_gateway, VpnGatewayId=gateway)
    refused("DependencyViolation", ec2.delete_vpc, VpcId=mine[0])
    ec2.delete_vpn_connection_route(VpnConnectionId=one, DestinationCidrBlock="192.168.0.0/16")
    ec2.delete_vpn_connection(VpnConnectionId=one)
    waited(ec2, "vpn_connection_deleted", VpnConnectionIds=[one])
    refused("InvalidVpnConnectionID.NotFound", ec2.delete_vpn_connection, VpnConnectionId=one)
    ec2.disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=mine[2])
    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=mine[0])
    refused("InvalidVpnGatewayAttachment.NotFound", ec2.detach_vpn_gateway, VpnGatewayId=gateway, VpcId=mine[0])
    ec2.delete_vpn_gateway(VpnGatewayId=gateway)
    ec2.delete_customer_gateway(CustomerGatewayId=customer)
    no_vpc(ec2, mine)


def direct(operation, **arguments):
    return refused("DirectConnectClientException", operation, **arguments)


def lines():
    location = [one["locationCode"] for one in dx.describe_locations()["locations"] if one["region"] == HERE][0]
    trunk = dx.create_interconnect(interconnectName="partner", bandwidth="10Gbps", location=location)["interconnectId"]
    hosted = dx.allocate_hosted_connection(
        connectionId=trunk, ownerAccount=PARTNER, bandwidth="500Mbps", connectionName="hosted", vlan=101)["connectionId"]
    direct(dx.allocate_hosted_connection, connectionId=trunk, ownerAccount=PARTNER, bandwidth="500Mbps", connectionName="again", vlan=101)
    assert their_dx.describe_connections(connectionId=hosted)["connections"][0]["connectionState"] == "ordering"
    direct(dx.confirm_connection, connectionId=hosted)
    their_dx.confirm_connection(connectionId=hosted)
    exit_vpc = vpc(theirs, "10.2.0.0/16")
    gateway = theirs.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    theirs.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=exit_vpc[0])
    on_hosted = their_dx.create_private_virtual_interface(connectionId=hosted, newPrivateVirtualInterface={
        "virtualInterfaceName": "p", "vlan": 101, "asn": 65001, "virtualGatewayId": gateway})["virtualInterfaceId"]
    assert refused("IncorrectState", theirs.delete_vpn_gateway, VpnGatewayId=gateway)
    their_dx.delete_virtual_interface(virtualInterfaceId=on_hosted)
    junction = dx.create_direct_connect_gateway(directConnectGatewayName="junction", amazonSideAsn=64800)["directConnectGateway"]["directConnectGatewayId"]
    proposal = their_dx.create_direct_connect_gateway_association_proposal(
        directConnectGatewayId=junction, directConnectGatewayOwnerAccount=OWNER, gatewayId=gateway)["directConnectGatewayAssociationProposal"]
    direct(their_dx.accept_direct_connect_gateway_association_proposal,
           directConnectGatewayId=junction, proposalId=proposal["proposalId"], associatedGatewayOwnerAccount=PARTNER)
    association = dx.accept_direct_connect_gateway_association_proposal(
        directConnectGatewayId=junction, proposalId=proposal["proposalId"], associatedGatewayOwnerAccount=PARTNER,
        overrideAllowedPrefixesToDirectConnectGateway=[{"cidr": "10.2.0.0/16"}])["directConnectGatewayAssociation"]["associationId"]
    for api in (dx, their_dx):
        [row] = api.describe_direct_connect_gateway_associations(associationId=association)["directConnectGatewayAssociations"]
        assert row["associatedGateway"]["ownerAccount"] == PARTNER and row["associationState"] == "associated", row
    direct(their_dx.update_direct_connect_gateway_association, associationId=association,
           addAllowedPrefixesToDirectConnectGateway=[{"cidr": "10.0.0.0/8"}])
    direct(dx.delete_direct_connect_gateway, directConnectGatewayId=junction)
    assert refused("IncorrectState", theirs.delete_vpn_gateway, VpnGatewayId=gateway)
    interfaces(location, junction)
    their_dx.delete_direct_connect_gateway_association(associationId=association)
    assert dx.describe_direct_connect_gateway_associations(associationId=association)["directConnectGatewayAssociations"] == []
    dx.delete_direct_connect_gateway(directConnectGatewayId=junction)
    direct(dx.delete_interconnect, interconnectId=trunk)
    their_dx.delete_connection(connectionId=hosted)
    dx.delete_interconnect(interconnectId=trunk)
    theirs.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=exit_vpc[0])
    theirs.delete_vpn_gateway(VpnGatewayId=gateway)
    no_vpc(theirs, exit_vpc)


def interfaces(location, junction):
    """A port of the owner's in a LAG, an interface on it for the partner, a gateway of the partner's own."""
    port = dx.create_connection(location=location, bandwidth="10Gbps", connectionName="port")["connectionId"]
    lag = dx.create_lag(numberOfConnections=1, location=location, connectionsBandwidth="10Gbps", lagName="bundle")
    dx.associate_connection_with_lag(connectionId=port, lagId=lag["lagId"])
    direct(dx.create_private_virtual_interface, connectionId=port, newPrivateVirtualInterface={
        "virtualInterfaceName": "x", "vlan": 102, "asn": 65001, "directConnectGatewayId": junction})
    own = dx.create_private_virtual_interface(connectionId=lag["lagId"], newPrivateVirtualInterface={
        "virtualInterfaceName": "own", "vlan": 102, "asn": 65001, "directConnectGatewayId": junction})["virtualInterfaceId"]
    given = dx.allocate_private_virtual_interface(connectionId=lag["lagId"], ownerAccount=PARTNER, newPrivateVirtualInterfaceAllocation={
        "virtualInterfaceName": "given", "vlan": 103, "asn": 65002})["virtualInterfaceId"]
    [seen] = their_dx.describe_virtual_interfaces(virtualInterfaceId=given)["virtualInterfaces"]
    assert (seen["virtualInterfaceState"], seen["ownerAccount"]) == ("confirming", PARTNER), seen
    direct(their_dx.confirm_private_virtual_interface, virtualInterfaceId=given, directConnectGatewayId=junction)
    theirs_too = their_dx.create_direct_connect_gateway(directConnectGatewayName="theirs")["directConnectGateway"]["directConnectGatewayId"]
    their_dx.confirm_private_virtual_interface(virtualInterfaceId=given, directConnectGatewayId=theirs_too)
    direct(their_dx.delete_direct_connect_gateway, directConnectGatewayId=theirs_too)
    direct(dx.delete_lag, lagId=lag["lagId"])
    for one in (own, given):
        dx.delete_virtual_interface(virtualInterfaceId=one)
    their_dx.delete_direct_connect_gateway(directConnectGatewayId=theirs_too)
    for one in [port] + [member["connectionId"] for member in lag["connections"]]:
        dx.disassociate_connection_from_lag(connectionId=one, lagId=lag["lagId"])
        dx.delete_connection(connectionId=one)
    dx.delete_lag(lagId=lag["lagId"])


def subnets():
    """A subnet of the owner's, in which the partner has an interface of its own: within an organization only, which is made here."""
    mine = vpc(ec2, "10.1.0.0/16")
    refused("InvalidSubnetID.NotFound", theirs.create_network_interface, SubnetId=mine[1])
    arn = f"arn:aws:ec2:{HERE}:{OWNER}:subnet/{mine[1]}"
    refused("OperationNotPermittedException", ram.create_resource_share, name="subnet", resourceArns=[arn], principals=[PARTNER])
    ram.enable_sharing_with_aws_organization()
    # In one organization nobody is asked.
    shared = ram.create_resource_share(name="subnet", resourceArns=[arn], principals=[PARTNER])["resourceShare"]["resourceShareArn"]
    [seen] = filtered(theirs.describe_subnets, "Subnets", 1, subnet_id=mine[1], owner_id=OWNER)
    assert seen["VpcId"] == mine[0]
    refused("UnauthorizedOperation", theirs.delete_subnet, SubnetId=mine[1])
    refused("InvalidGroup.NotFound", theirs.create_network_interface, SubnetId=mine[1])
    group = theirs.create_security_group(VpcId=mine[0], GroupName="guest", Description="d")["GroupId"]
    guest = theirs.create_network_interface(SubnetId=mine[1], PrivateIpAddress="10.1.0.50", Groups=[group])["NetworkInterface"]["NetworkInterfaceId"]
    waited(theirs, "network_interface_available", NetworkInterfaceIds=[guest])
    refused("InvalidIPAddress.InUse", ec2.create_network_interface, SubnetId=mine[1], PrivateIpAddress="10.1.0.50")
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=mine[1])
    theirs.delete_network_interface(NetworkInterfaceId=guest)
    theirs.delete_security_group(GroupId=group)
    ram.delete_resource_share(resourceShareArn=shared)
    refused("InvalidSubnetID.NotFound", theirs.describe_subnets, SubnetIds=[mine[1]])
    no_vpc(ec2, mine)


def nothing_is_left():
    for api in (ec2, theirs, far):
        assert not [one for one in api.describe_vpcs()["Vpcs"] if not one["IsDefault"]]
        assert api.describe_transit_gateways()["TransitGateways"] == []
        assert api.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"] == []
        assert {one["State"] for one in api.describe_transit_gateway_attachments()["TransitGatewayAttachments"]} <= {"deleted"}
        assert {one["State"] for one in api.describe_vpn_gateways()["VpnGateways"]} <= {"deleted"}
        assert {one["State"] for one in api.describe_customer_gateways()["CustomerGateways"]} <= {"deleted"}
        assert {one["State"] for one in api.describe_vpn_connections()["VpnConnections"]} <= {"deleted"}
        assert not [one for one in api.describe_network_interfaces()["NetworkInterfaces"] if one.get("InterfaceType") == "transit_gateway"]
        ended = {"deleted", "rejected", "failed"}
        assert {one["Status"]["Code"] for one in api.describe_vpc_peering_connections()["VpcPeeringConnections"]} <= ended
    for api in (dx, their_dx):
        assert api.describe_connections()["connections"] == [] and api.describe_lags()["lags"] == []
        assert api.describe_interconnects()["interconnects"] == []
        assert api.describe_direct_connect_gateways()["directConnectGateways"] == []
        assert {one["virtualInterfaceState"] for one in api.describe_virtual_interfaces()["virtualInterfaces"]} <= {"deleted"}


peerings()
hubs()
tunnels()
lines()
subnets()
nothing_is_left()
print(len(CALLED), "operations")
