"""Every paginator and waiter of boto3 for what stands between networks: peering, transit gateways, VPN, Direct Connect.

Usage: between.py ENDPOINT ACCOUNT. A paginator must give in several pages just what one call gives. Ends with 0 and the line
"N paginators, M waiters".
"""
import sys

import boto3
from botocore.config import Config

ENDPOINT, ACCOUNT = sys.argv[1:3]
REGION = "us-east-1"
PAGED, WAITED = set(), set()

session = boto3.session.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="any", region_name=REGION)


def client(service, region=REGION):
    return session.client(service, endpoint_url=ENDPOINT, region_name=region, config=Config(retries={"total_max_attempts": 1}))


ec2, dx = client("ec2"), client("directconnect")


def paged(api, operation, least, size=5, **arguments):
    """At least so many things, and the same ones page by page as at once."""
    paginator = api.get_paginator(operation)
    key = paginator.result_keys[0].expression
    everything = [item for page in paginator.paginate(**arguments) for item in page[key]]
    pages = list(paginator.paginate(PaginationConfig={"PageSize": size}, **arguments))
    assert len(everything) >= least, f"{operation}: {len(everything)} things, not {least}"
    assert [item for page in pages for item in page[key]] == everything, operation
    assert len(pages) > 1 or len(everything) <= size, f"{operation}: one page of {len(everything)}"
    assert all(len(page[key]) <= size for page in pages), operation
    PAGED.add(f"{api.meta.service_model.service_name}:{operation}")
    return everything


def waited(name, **arguments):
    waiter = ec2.get_waiter(name)
    waiter.config.delay = 0.05
    waiter.wait(**arguments)
    WAITED.add(name)


def peerings(vpcs):
    made = [ec2.create_vpc_peering_connection(VpcId=vpcs[0], PeerVpcId=other)["VpcPeeringConnection"]["VpcPeeringConnectionId"] for other in vpcs[1:]]
    waited("vpc_peering_connection_exists", VpcPeeringConnectionIds=made[:1])
    for one in made:
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=one)
    paged(ec2, "describe_vpc_peering_connections", len(made))
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=made[0])
    waited("vpc_peering_connection_deleted", VpcPeeringConnectionIds=made[:1])


def hubs(vpcs, subnets):
    gateways = [ec2.create_transit_gateway(Options={"TransitGatewayCidrBlocks": ["10.99.0.0/24"]} if n == 0 else {})["TransitGateway"]["TransitGatewayId"]
                for n in range(7)]
    paged(ec2, "describe_transit_gateways", 7)
    attached = [
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateways[0], VpcId=vpc, SubnetIds=[subnet])["TransitGatewayVpcAttachment"]
        ["TransitGatewayAttachmentId"] for vpc, subnet in zip(vpcs, subnets)]
    paged(ec2, "describe_transit_gateway_vpc_attachments", 7)
    for other in gateways[1:]:
        ec2.create_transit_gateway_peering_attachment(
            TransitGatewayId=gateways[0], PeerTransitGatewayId=other, PeerAccountId=ACCOUNT, PeerRegion=REGION)
    paged(ec2, "describe_transit_gateway_peering_attachments", 6)
    paged(ec2, "describe_transit_gateway_attachments", 13)
    tables = [ec2.create_transit_gateway_route_table(TransitGatewayId=gateways[0])["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
              for _ in range(6)]
    paged(ec2, "describe_transit_gateway_route_tables", 13)
    for table in tables:
        ec2.enable_transit_gateway_route_table_propagation(TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attached[0])
    for one in attached[1:]:
        ec2.enable_transit_gateway_route_table_propagation(TransitGatewayRouteTableId=tables[0], TransitGatewayAttachmentId=one)
    paged(ec2, "get_transit_gateway_attachment_propagations", 6, TransitGatewayAttachmentId=attached[0])
    paged(ec2, "get_transit_gateway_route_table_propagations", 7, TransitGatewayRouteTableId=tables[0])
    whole = ec2.describe_transit_gateways(TransitGatewayIds=gateways[:1])["TransitGateways"][0]["Options"]["AssociationDefaultRouteTableId"]
    paged(ec2, "get_transit_gateway_route_table_associations", 7, TransitGatewayRouteTableId=whole)
    for n in range(6):
        made = ec2.create_managed_prefix_list(PrefixListName=f"l{n}", AddressFamily="IPv4", MaxEntries=1, Entries=[{"Cidr": f"192.168.{n}.0/24"}])
        ec2.create_transit_gateway_prefix_list_reference(
            TransitGatewayRouteTableId=tables[0], PrefixListId=made["PrefixList"]["PrefixListId"], Blackhole=True)
    paged(ec2, "get_transit_gateway_prefix_list_references", 6, TransitGatewayRouteTableId=tables[0])
    connects = [
        ec2.create_transit_gateway_connect(TransportTransitGatewayAttachmentId=one, Options={"Protocol": "gre"})["TransitGatewayConnect"]
        ["TransitGatewayAttachmentId"] for one in attached[:6]]
    paged(ec2, "describe_transit_gateway_connects", 6)
    for n, one in enumerate(connects):
        ec2.create_transit_gateway_connect_peer(
            TransitGatewayAttachmentId=one, PeerAddress=f"10.{n}.0.9", InsideCidrBlocks=[f"169.254.{10 + n}.0/29"])
    paged(ec2, "describe_transit_gateway_connect_peers", 6)
    return gateways


def tunnels(gateway):
    customer = ec2.create_customer_gateway(BgpAsn=65001, IpAddress="203.0.113.77", Type="ipsec.1")["CustomerGateway"]["CustomerGatewayId"]
    waited("customer_gateway_available", CustomerGatewayIds=[customer])
    vpn = ec2.create_vpn_connection(CustomerGatewayId=customer, Type="ipsec.1", TransitGatewayId=gateway)["VpnConnection"]["VpnConnectionId"]
    waited("vpn_connection_available", VpnConnectionIds=[vpn])
    types = paged(ec2, "get_vpn_connection_device_types", 2, 200)
    assert types[0]["Vendor"], types[0]
    ec2.delete_vpn_connection(VpnConnectionId=vpn)
    waited("vpn_connection_deleted", VpnConnectionIds=[vpn])


def direct_connect(gateway):
    made = [
        dx.create_direct_connect_gateway(directConnectGatewayName=f"g{n}", amazonSideAsn=65100 + n)["directConnectGateway"]["directConnectGatewayId"]
        for n in range(3)]
    paged(dx, "describe_direct_connect_gateways", 3, 1)
    exits = [ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"] for _ in range(2)]
    for one, vpc in zip(exits, networks):
        ec2.attach_vpn_gateway(VpnGatewayId=one, VpcId=vpc)
        dx.create_direct_connect_gateway_association(directConnectGatewayId=made[0], virtualGatewayId=one)
    paged(dx, "describe_direct_connect_gateway_associations", 2, 1, directConnectGatewayId=made[0])
    location = dx.describe_locations()["locations"][0]["locationCode"]
    connection = dx.create_connection(location=location, bandwidth="1Gbps", connectionName="c")["connectionId"]
    for n in range(2):
        dx.create_private_virtual_interface(connectionId=connection, newPrivateVirtualInterface={
            "virtualInterfaceName": f"v{n}", "vlan": 100 + n, "asn": 65000, "directConnectGatewayId": made[0]})
    paged(dx, "describe_direct_connect_gateway_attachments", 2, 1, directConnectGatewayId=made[0])


networks = [ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in range(7)]
places = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{n}.0.0/24")["Subnet"]["SubnetId"] for n, vpc in enumerate(networks)]
peerings(networks)
hub = hubs(networks, places)[0]
tunnels(hub)
direct_connect(hub)
print(f"{len(PAGED)} paginators, {len(WAITED)} waiters")
