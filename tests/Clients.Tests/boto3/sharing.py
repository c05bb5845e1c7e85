"""Every operation, paginator and waiter of RAM and Network Manager that is served, by boto3, between two accounts.

Usage: sharing.py ENDPOINT OWNER RECEIVER. Ends with 0 and the line "N operations".
"""
import json
import sys

import boto3
import botocore.exceptions
from botocore.config import Config

ENDPOINT, OWNER, RECEIVER = sys.argv[1:4]
REGION = "us-east-1"
CALLED = set()


def client(service, account):
    session = boto3.session.Session(aws_access_key_id=account, aws_secret_access_key="any", region_name=REGION)
    made = session.client(service, endpoint_url=ENDPOINT, config=Config(retries={"total_max_attempts": 1}))
    made.meta.events.register("after-call", lambda model, **_: CALLED.add(f"{service}:{model.name}"))
    return made


ec2, ram, nm = client("ec2", OWNER), client("ram", OWNER), client("networkmanager", OWNER)
their_ec2, their_ram = client("ec2", RECEIVER), client("ram", RECEIVER)


def refused(code, operation, **arguments):
    try:
        operation(**arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error
    raise AssertionError(f"was not refused with {code}")


def paged(api, operation, key, least, **arguments):
    """The same things page by page as at once, and at least so many."""
    paginator = api.get_paginator(operation)
    everything = [item for page in paginator.paginate(**arguments) for item in page[key]]
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 1}, **arguments))
    assert [item for page in pages for item in page[key]] == everything, operation
    assert len(everything) >= least, f"{operation}: {len(everything)} things, not {least}"
    assert len(pages) >= len(everything) and all(len(page[key]) <= 1 for page in pages), operation
    return everything


def by_token(operation, key, least, **arguments):
    """The same for operations that boto3 has no paginator for."""
    everything = operation(**arguments)[key]
    found, token = [], None
    while True:
        page = operation(maxResults=1, **arguments, **({"nextToken": token} if token else {}))
        found += page[key]
        token = page.get("nextToken")
        if not token:
            break
    assert found == everything and len(found) >= least, (operation, len(found))
    return everything


def shares():
    lists = [ec2.create_managed_prefix_list(
        PrefixListName=f"shared{n}", AddressFamily="IPv4", MaxEntries=5, Entries=[{"Cidr": f"10.{n}.0.0/16"}])["PrefixList"] for n in range(2)]
    arns = [one["PrefixListArn"] for one in lists]
    share = ram.create_resource_share(
        name="lists", resourceArns=arns[:1], principals=[RECEIVER], tags=[{"key": "team", "value": "net"}], clientToken="first")
    assert share["clientToken"] == "first", share
    share = share["resourceShare"]
    arn = share["resourceShareArn"]
    assert (share["status"], share["owningAccountId"], share["featureSet"]) == ("ACTIVE", OWNER, "STANDARD"), share
    again = ram.create_resource_share(
        name="lists", resourceArns=arns[:1], principals=[RECEIVER], tags=[{"key": "team", "value": "net"}], clientToken="first")
    assert again["resourceShare"]["resourceShareArn"] == arn
    refused("IdempotentParameterMismatchException", ram.create_resource_share, name="other", clientToken="first")
    other = ram.create_resource_share(name="empty", allowExternalPrincipals=False)["resourceShare"]["resourceShareArn"]
    refused("InvalidParameterException", ram.associate_resource_share, resourceShareArn=other, principals=[RECEIVER])
    ram.associate_resource_share(resourceShareArn=arn, resourceArns=arns[1:])
    assert len(paged(ram, "get_resource_shares", "resourceShares", 2, resourceOwner="SELF")) == 2
    found = ram.get_resource_shares(resourceOwner="SELF", tagFilters=[{"tagKey": "team", "tagValues": ["net", "x"]}])["resourceShares"]
    assert [one["resourceShareArn"] for one in found] == [arn], found
    assert ram.update_resource_share(resourceShareArn=other, name="renamed")["resourceShare"]["name"] == "renamed"
    resources = paged(ram, "get_resource_share_associations", "resourceShareAssociations", 2, associationType="RESOURCE")
    assert {one["status"] for one in resources} == {"ASSOCIATED"}
    [principal] = paged(ram, "get_resource_share_associations", "resourceShareAssociations", 1, associationType="PRINCIPAL")
    assert (principal["associatedEntity"], principal["status"], principal["external"]) == (RECEIVER, "ASSOCIATING", True), principal
    refused("UnknownResourceException", ram.get_resource_shares, resourceOwner="SELF", resourceShareArns=[arn[:-4] + "0000"])
    return arn, other, arns, [one["PrefixListId"] for one in lists]


def invitation(arn, lists, ids):
    assert their_ram.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"] == []
    refused("InvalidPrefixListID.NotFound", their_ec2.get_managed_prefix_list_entries, PrefixListId=ids[0])
    [invited] = paged(their_ram, "get_resource_share_invitations", "resourceShareInvitations", 1, resourceShareArns=[arn])
    assert (invited["status"], invited["senderAccountId"], invited["receiverAccountId"]) == ("PENDING", OWNER, RECEIVER), invited
    token = invited["resourceShareInvitationArn"]
    pending = by_token(their_ram.list_pending_invitation_resources, "resources", 2, resourceShareInvitationArn=token)
    assert {one["arn"] for one in pending} == set(lists), pending
    accepted = their_ram.accept_resource_share_invitation(resourceShareInvitationArn=token)["resourceShareInvitation"]
    assert accepted["status"] == "ACCEPTED"
    refused("ResourceShareInvitationAlreadyAcceptedException", their_ram.accept_resource_share_invitation, resourceShareInvitationArn=token)
    [seen] = paged(their_ram, "get_resource_shares", "resourceShares", 1, resourceOwner="OTHER-ACCOUNTS")
    assert seen["resourceShareArn"] == arn
    resources = paged(their_ram, "list_resources", "resources", 2, resourceOwner="OTHER-ACCOUNTS", resourceType="EC2:prefixlist")
    assert {one["arn"] for one in resources} == set(lists)
    assert [one["id"] for one in paged(their_ram, "list_principals", "principals", 1, resourceOwner="OTHER-ACCOUNTS")] == [OWNER]
    assert [one["id"] for one in paged(ram, "list_principals", "principals", 1, resourceOwner="SELF")] == [RECEIVER]
    entries = their_ec2.get_managed_prefix_list_entries(PrefixListId=ids[0])["Entries"]
    assert [one["Cidr"] for one in entries] == ["10.0.0.0/16"], entries
    mine = their_ec2.describe_managed_prefix_lists(Filters=[{"Name": "owner-id", "Values": [OWNER]}])["PrefixLists"]
    assert {one["PrefixListId"] for one in mine} == set(ids), mine


def leave(arn, ids):
    """Left by the receiver, and refused at the next invitation."""
    left = their_ram.disassociate_resource_share(resourceShareArn=arn, principals=[RECEIVER])["resourceShareAssociations"]
    assert [one["status"] for one in left] == ["DISASSOCIATED"], left
    refused("InvalidPrefixListID.NotFound", their_ec2.get_managed_prefix_list_entries, PrefixListId=ids[0])
    ram.associate_resource_share(resourceShareArn=arn, principals=[f"arn:aws:iam::{RECEIVER}:root"])
    pending = [one for one in their_ram.get_resource_share_invitations()["resourceShareInvitations"] if one["status"] == "PENDING"]
    rejected = their_ram.reject_resource_share_invitation(resourceShareInvitationArn=pending[0]["resourceShareInvitationArn"])
    assert rejected["resourceShareInvitation"]["status"] == "REJECTED"
    [principal] = ram.get_resource_share_associations(associationType="PRINCIPAL")["resourceShareAssociations"]
    assert principal["status"] == "DISASSOCIATED", principal


def permissions(arn, lists):
    managed = by_token(ram.list_permissions, "permissions", 3, permissionType="AWS_MANAGED")
    assert {one["resourceType"] for one in managed} >= {"ec2:PrefixList", "ec2:Subnet", "ec2:TransitGateway"}
    [default] = [one["arn"] for one in managed if one["resourceType"] == "ec2:PrefixList"]
    assert default == "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionPrefixList"
    detail = ram.get_permission(permissionArn=default)["permission"]
    assert "ec2:GetManagedPrefixListEntries" in json.loads(detail["permission"])["Action"], detail
    policy = json.dumps({"Effect": "Allow", "Action": ["ec2:GetManagedPrefixListEntries"]})
    own = ram.create_permission(name="readers", resourceType="ec2:PrefixList", policyTemplate=policy)["permission"]["arn"]
    refused("PermissionAlreadyExistsException", ram.create_permission, name="readers", resourceType="ec2:PrefixList", policyTemplate=policy)
    refused("MalformedPolicyTemplateException", ram.create_permission, name="x", resourceType="ec2:PrefixList", policyTemplate="{")
    refused("InvalidParameterException", ram.associate_resource_share_permission, resourceShareArn=arn, permissionArn=own)
    assert ram.associate_resource_share_permission(resourceShareArn=arn, permissionArn=own, replace=True)["returnValue"]
    assert [one["arn"] for one in by_token(ram.list_resource_share_permissions, "permissions", 1, resourceShareArn=arn)] == [own]
    assert ram.create_permission_version(permissionArn=own, policyTemplate=policy)["permission"]["version"] == "2"
    assert len(by_token(ram.list_permission_versions, "permissions", 2, permissionArn=own)) == 2
    [use] = by_token(ram.list_permission_associations, "permissions", 1, permissionArn=own)
    assert (use["permissionVersion"], use["defaultVersion"], use["resourceShareArn"]) == ("1", False, arn), use
    work = ram.replace_permission_associations(fromPermissionArn=own, fromPermissionVersion=1, toPermissionArn=own)
    done = work["replacePermissionAssociationsWork"]
    assert (done["status"], done["toPermissionVersion"]) == ("COMPLETED", "2"), done
    assert by_token(ram.list_replace_permission_associations_work, "replacePermissionAssociationsWorks", 1)[0]["id"] == done["id"]
    refused("OperationNotPermittedException", ram.delete_permission, permissionArn=own)
    refused("InvalidStateTransitionException", ram.disassociate_resource_share_permission, resourceShareArn=arn, permissionArn=own)
    refused("OperationNotPermittedException", ram.promote_permission_created_from_policy, permissionArn=own, name="x")
    ram.set_default_permission_version(permissionArn=own, permissionVersion=1)
    ram.tag_resource(resourceArn=own, tags=[{"key": "a", "value": "b"}])
    assert ram.get_permission(permissionArn=own)["permission"]["tags"] == [{"key": "a", "value": "b"}]
    ram.disassociate_resource_share(resourceShareArn=arn, resourceArns=lists)
    ram.disassociate_resource_share_permission(resourceShareArn=arn, permissionArn=own)
    ram.delete_permission_version(permissionArn=own, permissionVersion=2)
    assert ram.delete_permission(permissionArn=own)["permissionStatus"] == "DELETED"


def end(arn, other):
    ram.tag_resource(resourceShareArn=other, tags=[{"key": "x", "value": "y"}])
    ram.untag_resource(resourceShareArn=other, tagKeys=["x"])
    assert "tags" not in ram.get_resource_shares(resourceOwner="SELF", resourceShareArns=[other])["resourceShares"][0]
    for one in (arn, other):
        assert ram.delete_resource_share(resourceShareArn=one)["returnValue"]
    assert {one["status"] for one in ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]} == {"DELETED"}
    refused("UnknownResourceException", ram.delete_resource_share, resourceShareArn=arn)


def inventory():
    network = nm.create_global_network(Description="world", Tags=[{"Key": "a", "Value": "b"}])["GlobalNetwork"]
    gn, arn = network["GlobalNetworkId"], network["GlobalNetworkArn"]
    assert arn == f"arn:aws:networkmanager::{OWNER}:global-network/{gn}" and network["State"] == "AVAILABLE", network
    second = nm.create_global_network()["GlobalNetwork"]["GlobalNetworkId"]
    assert nm.update_global_network(GlobalNetworkId=second, Description="other")["GlobalNetwork"]["Description"] == "other"
    paged(nm, "describe_global_networks", "GlobalNetworks", 2)
    nm.tag_resource(ResourceArn=arn, Tags=[{"Key": "c", "Value": "d"}])
    nm.untag_resource(ResourceArn=arn, TagKeys=["a", "b"])
    assert nm.list_tags_for_resource(ResourceArn=arn)["TagList"] == [{"Key": "c", "Value": "d"}]
    sites = [nm.create_site(GlobalNetworkId=gn, Location={"Address": f"Street {n}"})["Site"]["SiteId"] for n in range(2)]
    nm.update_site(GlobalNetworkId=gn, SiteId=sites[0], Description="first")
    assert {one["SiteId"] for one in paged(nm, "get_sites", "Sites", 2, GlobalNetworkId=gn)} == set(sites)
    links = [
        nm.create_link(GlobalNetworkId=gn, SiteId=sites[n], Bandwidth={"UploadSpeed": 10, "DownloadSpeed": 100})["Link"]["LinkId"]
        for n in range(2)]
    nm.update_link(GlobalNetworkId=gn, LinkId=links[0], Provider="carrier")
    [link] = nm.get_links(GlobalNetworkId=gn, Provider="carrier")["Links"]
    assert link["Bandwidth"] == {"UploadSpeed": 10, "DownloadSpeed": 100}, link
    paged(nm, "get_links", "Links", 2, GlobalNetworkId=gn)
    devices = [nm.create_device(GlobalNetworkId=gn, SiteId=site, Model="m")["Device"]["DeviceId"] for site in sites]
    assert nm.update_device(GlobalNetworkId=gn, DeviceId=devices[0], Vendor="v")["Device"]["Vendor"] == "v"
    paged(nm, "get_devices", "Devices", 2, GlobalNetworkId=gn)
    refused("ValidationException", nm.associate_link, GlobalNetworkId=gn, DeviceId=devices[0], LinkId=links[1])
    for device, one in zip(devices, links):
        nm.associate_link(GlobalNetworkId=gn, DeviceId=device, LinkId=one)
    paged(nm, "get_link_associations", "LinkAssociations", 2, GlobalNetworkId=gn)
    made = [nm.create_connection(
        GlobalNetworkId=gn, DeviceId=devices[0], ConnectedDeviceId=devices[1], LinkId=links[0], ConnectedLinkId=links[1],
    )["Connection"]["ConnectionId"] for _ in range(2)]
    nm.update_connection(GlobalNetworkId=gn, ConnectionId=made[0], Description="one")
    paged(nm, "get_connections", "Connections", 2, GlobalNetworkId=gn)
    error = refused("ConflictException", nm.delete_device, GlobalNetworkId=gn, DeviceId=devices[0])
    assert error.response["ResourceId"] == devices[0], error.response
    refused("ConflictException", nm.delete_global_network, GlobalNetworkId=gn)
    refused("ConflictException", nm.disassociate_link, GlobalNetworkId=gn, DeviceId=devices[0], LinkId=links[0])
    for one in made:
        nm.delete_connection(GlobalNetworkId=gn, ConnectionId=one)
    for device, one in zip(devices, links):
        nm.disassociate_link(GlobalNetworkId=gn, DeviceId=device, LinkId=one)
        nm.delete_device(GlobalNetworkId=gn, DeviceId=device)
        nm.delete_link(GlobalNetworkId=gn, LinkId=one)
    for site in sites:
        nm.delete_site(GlobalNetworkId=gn, SiteId=site)
    missing = refused("ValidationException", nm.get_sites, GlobalNetworkId="global-network-0")
    assert missing.response["Fields"][0]["Message"] == "Global network not found.", missing.response
    assert nm.delete_global_network(GlobalNetworkId=second)["GlobalNetwork"]["State"] == "DELETING"
    assert nm.describe_global_networks(GlobalNetworkIds=[second])["GlobalNetworks"] == []
    return gn


def gateways(gn):
    tgws = [ec2.create_transit_gateway()["TransitGateway"] for _ in range(2)]
    arns = [one["TransitGatewayArn"] for one in tgws]
    for arn in arns:
        state = nm.register_transit_gateway(GlobalNetworkId=gn, TransitGatewayArn=arn)["TransitGatewayRegistration"]["State"]
        assert state["Code"] == "AVAILABLE", state
    refused("ConflictException", nm.register_transit_gateway, GlobalNetworkId=gn, TransitGatewayArn=arns[0])
    paged(nm, "get_transit_gateway_registrations", "TransitGatewayRegistrations", 2, GlobalNetworkId=gn)
    devices = [nm.create_device(GlobalNetworkId=gn)["Device"]["DeviceId"] for _ in range(2)]
    customers = []
    for n in range(2):
        cgw = ec2.create_customer_gateway(BgpAsn=65000 + n, IpAddress=f"203.0.113.{n + 1}", Type="ipsec.1")["CustomerGateway"]["CustomerGatewayId"]
        arn = f"arn:aws:ec2:{REGION}:{OWNER}:customer-gateway/{cgw}"
        refused("ValidationException", nm.associate_customer_gateway, GlobalNetworkId=gn, CustomerGatewayArn=arn, DeviceId=devices[n])
        vpn = ec2.create_vpn_connection(CustomerGatewayId=cgw, Type="ipsec.1", TransitGatewayId=tgws[0]["TransitGatewayId"])
        nm.associate_customer_gateway(GlobalNetworkId=gn, CustomerGatewayArn=arn, DeviceId=devices[n])
        customers.append((cgw, arn, vpn["VpnConnection"]["VpnConnectionId"]))
    paged(nm, "get_customer_gateway_associations", "CustomerGatewayAssociations", 2, GlobalNetworkId=gn)
    return tgws, arns, devices, customers


def analysis(gn, tgws):
    vpcs = [ec2.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in range(2)]
    attached = []
    for n, vpc in enumerate(vpcs):
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{n}.0.0/24")["Subnet"]["SubnetId"]
        made = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=tgws[1]["TransitGatewayId"], VpcId=vpc, SubnetIds=[subnet])
        attached.append(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])
    ends = [
        {"TransitGatewayAttachmentArn": f"arn:aws:ec2:{REGION}:{OWNER}:transit-gateway-attachment/{one}", "IpAddress": f"10.{n}.0.7"}
        for n, one in enumerate(attached)]
    started = nm.start_route_analysis(GlobalNetworkId=gn, Source=ends[0], Destination=ends[1], IncludeReturnPath=True)["RouteAnalysis"]
    answer = nm.get_route_analysis(GlobalNetworkId=gn, RouteAnalysisId=started["RouteAnalysisId"])["RouteAnalysis"]
    assert answer["Status"] == "COMPLETED"
    for way, block in ((answer["ForwardPath"], "10.1.0.0/16"), (answer["ReturnPath"], "10.0.0.0/16")):
        assert way["CompletionStatus"]["ResultCode"] == "CONNECTED", way
        assert [one.get("DestinationCidrBlock") for one in way["Path"]] == [None, block, None], way
    lost = nm.start_route_analysis(GlobalNetworkId=gn, Source=ends[0], Destination=dict(ends[1], IpAddress="10.9.0.1"))["RouteAnalysis"]
    assert lost["ForwardPath"]["CompletionStatus"]["ReasonCode"] == "ROUTE_NOT_FOUND", lost
    for one in attached:
        ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=one)


def last(gn, tgws, arns, devices, customers):
    for (cgw, arn, vpn), device in zip(customers, devices):
        nm.disassociate_customer_gateway(GlobalNetworkId=gn, CustomerGatewayArn=arn)
        ec2.delete_vpn_connection(VpnConnectionId=vpn)
        ec2.delete_customer_gateway(CustomerGatewayId=cgw)
        nm.delete_device(GlobalNetworkId=gn, DeviceId=device)
    for arn, tgw in zip(arns, tgws):
        nm.deregister_transit_gateway(GlobalNetworkId=gn, TransitGatewayArn=arn)
        ec2.delete_transit_gateway(TransitGatewayId=tgw["TransitGatewayId"])
    nm.delete_global_network(GlobalNetworkId=gn)


share, empty, list_arns, list_ids = shares()
invitation(share, list_arns, list_ids)
leave(share, list_ids)
permissions(share, list_arns)
end(share, empty)
assert ram.enable_sharing_with_aws_organization()["returnValue"]
refused("OperationNotPermittedException", their_ram.enable_sharing_with_aws_organization)
whole = inventory()
hubs = gateways(whole)
analysis(whole, hubs[0])
last(whole, *hubs)
print(len([one for one in CALLED if one.startswith(("ram:", "networkmanager:"))]), "operations")
