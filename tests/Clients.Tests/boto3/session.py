"""A day's work with boto3 against an endpoint: more than sixty operations, with what each must answer.

Usage: session.py ENDPOINT ACCOUNT. Ends with 0 and the line "N operations" where all is as AWS answers it.
"""
import sys

import boto3
import botocore.exceptions
from botocore.config import Config

ENDPOINT, ACCOUNT = sys.argv[1:3]
REGION = "eu-central-1"
OPERATIONS = set()

session = boto3.session.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="any", region_name=REGION)
session.events.register("before-call", lambda model, **_: OPERATIONS.add(f"{model.service_model.service_name}:{model.name}"))


def client(service):
    return session.client(service, endpoint_url=ENDPOINT, config=Config(retries={"total_max_attempts": 1}))


ec2 = client("ec2")


def same(got, wanted):
    assert got == wanted, f"{got!r} is not {wanted!r}"


def refused(code, operation, **arguments):
    try:
        operation(**arguments)
    except botocore.exceptions.ClientError as error:
        same(error.response["Error"]["Code"], code)
        assert error.response["ResponseMetadata"]["RequestId"]
        return
    raise AssertionError(f"was not refused with {code}: {arguments}")


def fast(waiter):
    """The waiter, without its pauses: states settle at once."""
    waiter.config.delay = 0.05
    return waiter


def names(**tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def identity():
    sts = client("sts")
    who = sts.get_caller_identity()
    same(who["Account"], ACCOUNT)
    role = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/network", RoleSessionName="session")
    assert role["AssumedRoleUser"]["Arn"].endswith("assumed-role/network/session")
    assert sts.get_session_token()["Credentials"]["SessionToken"]


def catalogues():
    regions = [r["RegionName"] for r in ec2.describe_regions()["Regions"]]
    assert REGION in regions and "us-east-1" in regions
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    same([z["ZoneName"] for z in zones], [REGION + "a", REGION + "b", REGION + "c"])
    attributes = {a["AttributeName"] for a in ec2.describe_account_attributes()["AccountAttributes"]}
    assert {"default-vpc", "max-elastic-ips"} <= attributes
    types = ec2.get_paginator("describe_instance_types").paginate(PaginationConfig={"PageSize": 5})
    by_name = {t["InstanceType"]: t for page in types for t in page["InstanceTypes"]}
    same(by_name["t3.micro"]["VCpuInfo"]["DefaultVCpus"], 2)
    offered = ec2.describe_instance_type_offerings(Filters=[{"Name": "instance-type", "Values": ["t3.micro"]}])
    same([o["Location"] for o in offered["InstanceTypeOfferings"]], [REGION])
    images = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}])["Images"]
    assert images
    return images[0]["ImageId"]


def make_vpc():
    default = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    same([v["CidrBlock"] for v in default], ["172.31.0.0/16"])
    made = ec2.create_vpc(
        CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True,
        TagSpecifications=[{"ResourceType": "vpc", "Tags": names(Name="session")}])["Vpc"]
    same(made["State"], "pending")
    vpc = made["VpcId"]
    fast(ec2.get_waiter("vpc_exists")).wait(VpcIds=[vpc])
    fast(ec2.get_waiter("vpc_available")).wait(VpcIds=[vpc])
    same(ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"], names(Name="session"))
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    same(ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"], {"Value": True})
    extra = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]
    ec2.disassociate_vpc_cidr_block(AssociationId=extra["AssociationId"])
    refused("InvalidVpc.Range", ec2.create_vpc, CidrBlock="10.0.0.0/8")
    refused("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"])
    refused("DryRunOperation", ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
    pages = list(ec2.get_paginator("describe_vpcs").paginate(PaginationConfig={"PageSize": 5}))
    same(sorted(v["VpcId"] for p in pages for v in p["Vpcs"]), sorted([default[0]["VpcId"], vpc]))
    return vpc


def make_subnets(vpc):
    ipv6 = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    subnets = []
    for n in range(3):
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=REGION + "abc"[n])["Subnet"]
        same(made["AvailableIpAddressCount"], 251)
        subnets.append(made["SubnetId"])
    fast(ec2.get_waiter("subnet_available")).wait(SubnetIds=subnets)
    bound = ec2.associate_subnet_cidr_block(SubnetId=subnets[0], Ipv6CidrBlock=ipv6.replace("::/56", "::/64"))
    ec2.disassociate_subnet_cidr_block(AssociationId=bound["Ipv6CidrBlockAssociation"]["AssociationId"])
    ec2.modify_subnet_attribute(SubnetId=subnets[0], MapPublicIpOnLaunch={"Value": True})
    same(ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["MapPublicIpOnLaunch"], True)
    refused("InvalidSubnet.Conflict", ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.0.128/25")
    refused("InvalidSubnet.Range", ec2.create_subnet, VpcId=vpc, CidrBlock="10.9.0.0/24")
    refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    paged = ec2.get_paginator("describe_subnets").paginate(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}], PaginationConfig={"PageSize": 5})
    same(sorted(s["SubnetId"] for p in paged for s in p["Subnets"]), sorted(subnets))
    return subnets


def make_routes(vpc, subnets):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    fast(ec2.get_waiter("internet_gateway_exists")).wait(InternetGatewayIds=[gateway])
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    refused("Resource.AlreadyAssociated", ec2.attach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
    same(ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][0]["Attachments"][0]["VpcId"], vpc)
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    same(ec2.create_route(RouteTableId=tables[0], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)["Return"], True)
    refused("RouteAlreadyExists", ec2.create_route,
            RouteTableId=tables[0], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.create_route(RouteTableId=tables[0], DestinationCidrBlock="198.51.100.0/24", GatewayId=gateway)
    ec2.delete_route(RouteTableId=tables[0], DestinationCidrBlock="198.51.100.0/24")
    refused("InvalidRoute.NotFound", ec2.delete_route, RouteTableId=tables[0], DestinationCidrBlock="198.51.100.0/24")
    bound = ec2.associate_route_table(RouteTableId=tables[1], SubnetId=subnets[0])["AssociationId"]
    bound = ec2.replace_route_table_association(AssociationId=bound, RouteTableId=tables[0])["NewAssociationId"]
    routes = ec2.describe_route_tables(RouteTableIds=tables[:1])["RouteTables"][0]["Routes"]
    same([r["State"] for r in routes], ["active"] * len(routes))
    eigw = ec2.create_egress_only_internet_gateway(VpcId=vpc)["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    ec2.create_route(RouteTableId=tables[1], DestinationIpv6CidrBlock="::/0", EgressOnlyInternetGatewayId=eigw)
    assert ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]
    return {"gateway": gateway, "tables": tables, "bound": bound, "eigw": eigw}


def make_groups(vpc):
    group = ec2.create_security_group(VpcId=vpc, GroupName="web", Description="of the session")["GroupId"]
    fast(ec2.get_waiter("security_group_exists")).wait(GroupIds=[group])
    refused("InvalidGroup.Duplicate", ec2.create_security_group, VpcId=vpc, GroupName="web", Description="again")
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    refused("InvalidPermission.Duplicate", ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[rule])
    ec2.update_security_group_rule_descriptions_ingress(
        GroupId=group, IpPermissions=[dict(rule, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "https"}])])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    # The VPC has an IPv6 block, so a new group lets ::/0 out beside 0.0.0.0/0.
    same(sorted(r["IsEgress"] for r in rules), [False, True, True])
    ingress = next(r for r in rules if not r["IsEgress"])
    same(ingress["Description"], "https")
    ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[{
        "SecurityGroupRuleId": ingress["SecurityGroupRuleId"],
        "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": "10.0.0.0/8"}}])
    found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    same([(p["FromPort"], p["IpRanges"][0]["CidrIp"]) for p in found], [(8443, "10.0.0.0/8")])
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[ingress["SecurityGroupRuleId"]])
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[rule])
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[rule])
    refused("InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=["sg-0123456789abcdef0"])
    return group


def make_acl(vpc, subnet):
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 100, "Protocol": "6", "Egress": False, "CidrBlock": "0.0.0.0/0",
             "PortRange": {"From": 80, "To": 80}}
    ec2.create_network_acl_entry(RuleAction="allow", **entry)
    refused("NetworkAclEntryAlreadyExists", ec2.create_network_acl_entry, RuleAction="allow", **entry)
    ec2.replace_network_acl_entry(RuleAction="deny", **entry)
    by_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    old = ec2.describe_network_acls(Filters=by_subnet)["NetworkAcls"][0]
    bound = next(a for a in old["Associations"] if a["SubnetId"] == subnet)["NetworkAclAssociationId"]
    ec2.replace_network_acl_association(AssociationId=bound, NetworkAclId=acl)
    now = ec2.describe_network_acls(Filters=by_subnet)["NetworkAcls"][0]
    same(now["NetworkAclId"], acl)
    same([e["RuleAction"] for e in now["Entries"] if e["RuleNumber"] == 100], ["deny"])
    ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
    refused("DependencyViolation", ec2.delete_network_acl, NetworkAclId=acl)
    ec2.replace_network_acl_association(
        AssociationId=now["Associations"][0]["NetworkAclAssociationId"], NetworkAclId=old["NetworkAclId"])
    ec2.delete_network_acl(NetworkAclId=acl)


def run_instances(image, subnet, group):
    key = ec2.create_key_pair(KeyName="session")
    assert "PRIVATE KEY" in key["KeyMaterial"]
    fast(ec2.get_waiter("key_pair_exists")).wait(KeyNames=["session"])
    same([k["KeyName"] for k in ec2.describe_key_pairs()["KeyPairs"]], ["session"])
    ec2.create_placement_group(GroupName="close", Strategy="cluster")
    same(ec2.describe_placement_groups(GroupNames=["close"])["PlacementGroups"][0]["State"], "available")
    ec2.delete_placement_group(GroupName="close")
    run = ec2.run_instances(
        ImageId=image, InstanceType="t3.micro", MinCount=2, MaxCount=2, SubnetId=subnet, SecurityGroupIds=[group], KeyName="session",
        TagSpecifications=[{"ResourceType": "instance", "Tags": names(Name="web")}])
    instances = [i["InstanceId"] for i in run["Instances"]]
    same([i["State"]["Name"] for i in run["Instances"]], ["pending"] * 2)
    fast(ec2.get_waiter("instance_exists")).wait(InstanceIds=instances)
    fast(ec2.get_waiter("instance_running")).wait(InstanceIds=instances)
    fast(ec2.get_waiter("instance_status_ok")).wait(InstanceIds=instances)
    shown = ec2.describe_instances(InstanceIds=instances[:1])["Reservations"][0]["Instances"][0]
    assert shown["PublicIpAddress"] and shown["PrivateIpAddress"].startswith("10.0.0.")
    same([g["GroupId"] for g in shown["SecurityGroups"]], [group])
    ec2.stop_instances(InstanceIds=instances[:1])
    fast(ec2.get_waiter("instance_stopped")).wait(InstanceIds=instances[:1])
    assert "PublicIpAddress" not in ec2.describe_instances(InstanceIds=instances[:1])["Reservations"][0]["Instances"][0]
    same(ec2.start_instances(InstanceIds=instances[:1])["StartingInstances"][0]["PreviousState"]["Name"], "stopped")
    ec2.reboot_instances(InstanceIds=instances)
    ec2.monitor_instances(InstanceIds=instances)
    ec2.unmonitor_instances(InstanceIds=instances)
    pages = ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5})
    same(sorted(i["InstanceId"] for p in pages for r in p["Reservations"] for i in r["Instances"]), sorted(instances))
    refused("InvalidInstanceID.NotFound", ec2.describe_instances, InstanceIds=["i-0123456789abcdef0"])
    refused("InvalidAMIID.Malformed", ec2.run_instances, ImageId="linux", InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet)
    return instances


def interfaces(instance, subnet):
    eni = ec2.create_network_interface(SubnetId=subnet, Description="second")["NetworkInterface"]["NetworkInterfaceId"]
    fast(ec2.get_waiter("network_interface_available")).wait(NetworkInterfaceIds=[eni])
    attachment = ec2.attach_network_interface(NetworkInterfaceId=eni, InstanceId=instance, DeviceIndex=1)["AttachmentId"]
    ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, SourceDestCheck={"Value": False})
    same(ec2.describe_network_interface_attribute(NetworkInterfaceId=eni, Attribute="sourceDestCheck")["SourceDestCheck"], {"Value": False})
    added = ec2.assign_private_ip_addresses(NetworkInterfaceId=eni, SecondaryPrivateIpAddressCount=1)
    second = added["AssignedPrivateIpAddresses"][0]["PrivateIpAddress"]
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni, PrivateIpAddresses=[second])
    shown = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"][0]
    same((shown["Status"], len(shown["PrivateIpAddresses"])), ("in-use", 1))
    refused("InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=eni)
    ec2.detach_network_interface(AttachmentId=attachment)
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    refused("InvalidNetworkInterfaceID.NotFound", ec2.describe_network_interfaces, NetworkInterfaceIds=[eni])


def addresses(instance, subnet, routes):
    eip = ec2.allocate_address(Domain="vpc")
    bound = ec2.associate_address(AllocationId=eip["AllocationId"], InstanceId=instance)["AssociationId"]
    same(ec2.describe_addresses(AllocationIds=[eip["AllocationId"]])["Addresses"][0]["InstanceId"], instance)
    same(ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["PublicIpAddress"], eip["PublicIp"])
    refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=eip["AllocationId"])
    ec2.disassociate_address(AssociationId=bound)
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=eip["AllocationId"], ClientToken="nat-1")["NatGateway"]
    same(nat["State"], "pending")
    again = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=eip["AllocationId"], ClientToken="nat-1")["NatGateway"]
    same(again["NatGatewayId"], nat["NatGatewayId"])
    fast(ec2.get_waiter("nat_gateway_available")).wait(NatGatewayIds=[nat["NatGatewayId"]])
    ec2.create_route(RouteTableId=routes["tables"][1], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"])
    ec2.replace_route(RouteTableId=routes["tables"][1], DestinationCidrBlock="0.0.0.0/0", GatewayId=routes["gateway"])
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    fast(ec2.get_waiter("nat_gateway_deleted")).wait(NatGatewayIds=[nat["NatGatewayId"]])
    ec2.release_address(AllocationId=eip["AllocationId"])
    refused("InvalidAllocationID.NotFound", ec2.describe_addresses, AllocationIds=[eip["AllocationId"]])


def options_and_tags(vpc):
    options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["corp.example"]}])["DhcpOptions"]
    ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"], VpcId=vpc)
    assert options["DhcpOptionsId"] in [o["DhcpOptionsId"] for o in ec2.describe_dhcp_options()["DhcpOptions"]]
    refused("DependencyViolation", ec2.delete_dhcp_options, DhcpOptionsId=options["DhcpOptionsId"])
    ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc)
    ec2.delete_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"])
    ec2.create_tags(Resources=[vpc], Tags=names(team="net", stage="test"))
    pages = ec2.get_paginator("describe_tags").paginate(Filters=[{"Name": "resource-id", "Values": [vpc]}], PaginationConfig={"PageSize": 5})
    same(sorted(t["Key"] for p in pages for t in p["Tags"]), ["Name", "stage", "team"])
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "stage"}])
    same(len(ec2.describe_vpcs(Filters=[{"Name": "tag:team", "Values": ["n*"]}])["Vpcs"]), 1)
    same(ec2.describe_vpcs(Filters=[{"Name": "tag-key", "Values": ["stage"]}])["Vpcs"], [])


def take_down(vpc, subnets, routes, group, instances):
    ec2.terminate_instances(InstanceIds=instances)
    fast(ec2.get_waiter("instance_terminated")).wait(InstanceIds=instances)
    ec2.delete_key_pair(KeyName="session")
    ec2.disassociate_route_table(AssociationId=routes["bound"])
    for table in routes["tables"]:
        ec2.delete_route_table(RouteTableId=table)
    ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=routes["eigw"])
    ec2.detach_internet_gateway(InternetGatewayId=routes["gateway"], VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=routes["gateway"])
    ec2.delete_security_group(GroupId=group)
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    same([v["IsDefault"] for v in ec2.describe_vpcs()["Vpcs"]], [True])


def main():
    identity()
    image = catalogues()
    vpc = make_vpc()
    subnets = make_subnets(vpc)
    routes = make_routes(vpc, subnets)
    group = make_groups(vpc)
    make_acl(vpc, subnets[1])
    instances = run_instances(image, subnets[0], group)
    interfaces(instances[0], subnets[0])
    addresses(instances[0], subnets[0], routes)
    options_and_tags(vpc)
    take_down(vpc, subnets, routes, group, instances)
    assert len(OPERATIONS) >= 60, len(OPERATIONS)
    print(f"{len(OPERATIONS)} operations")


main()
