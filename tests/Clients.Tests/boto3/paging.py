"""Every paginator and waiter of boto3 for the services inside a VPC, against an endpoint.

Usage: paging.py ENDPOINT ACCOUNT. A paginator must give in several pages just what one call gives. Ends with 0 and the line
"N paginators, M waiters".
"""
import json
import os
import sys

import boto3
import botocore.exceptions
from botocore import xform_name
from botocore.config import Config

ENDPOINT, ACCOUNT = sys.argv[1:3]
REGION = "us-east-1"
PAGED, WAITED = set(), set()

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}]})

session = boto3.session.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="any", region_name=REGION)


def client(service):
    return session.client(service, endpoint_url=ENDPOINT, config=Config(retries={"total_max_attempts": 1}))


ec2, elbv2, elb, acm = client("ec2"), client("elbv2"), client("elb"), client("acm")
iam, sns, logs, route53 = client("iam"), client("sns"), client("logs"), client("route53")


def paged(api, operation, least, size, **arguments):
    """At least so many things, and the same ones page by page as at once."""
    paginator = api.get_paginator(operation)
    key = paginator.result_keys[0].expression
    whole = list(paginator.paginate(**arguments))
    # boto3 has no page size for some operations: then the service alone decides on pages.
    sized = "limit_key" in paginator._pagination_cfg
    pages = list(paginator.paginate(PaginationConfig={"PageSize": size} if sized else {}, **arguments))
    everything = [item for page in whole for item in page[key]]
    assert len(everything) >= least, f"{operation}: {len(everything)} things, not {least}"
    assert [item for page in pages for item in page[key]] == everything, operation
    assert len(pages) > 1 or least <= size or not sized, f"{operation}: one page of {len(everything)}"
    assert not sized or all(len(page[key]) <= size for page in pages), operation
    PAGED.add(f"{api.meta.service_model.service_name}:{operation}")
    return everything


def waited(api, name, **arguments):
    waiter = api.get_waiter(name)
    waiter.config.delay = 0.05
    waiter.wait(**arguments)
    WAITED.add(f"{api.meta.service_model.service_name}:{name}")


def not_there(code, operation, **arguments):
    try:
        operation(**arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return
    raise AssertionError(f"was not refused with {code}")


def network():
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=REGION + "abc"[n])["Subnet"]["SubnetId"]
        for n in range(3)]
    groups = [ec2.create_security_group(VpcId=vpc, GroupName=f"g{n}", Description="of the pages")["GroupId"] for n in range(6)]
    return vpc, subnets, groups


def prefix_lists(vpc, groups):
    lists = [
        ec2.create_managed_prefix_list(
            PrefixListName=f"list{n}", AddressFamily="IPv4", MaxEntries=10,
            Entries=[{"Cidr": f"192.0.{m}.0/24"} for m in range(8)])["PrefixList"]["PrefixListId"]
        for n in range(3)]
    for group in groups:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": lists[0]}]}])
    found = paged(ec2, "describe_managed_prefix_lists", 10, 5)
    assert set(lists) < {found["PrefixListId"] for found in found}
    assert {"com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.dynamodb"} <= {
        found["PrefixListName"] for found in paged(ec2, "describe_prefix_lists", 2, 5)}
    assert len(paged(ec2, "get_managed_prefix_list_entries", 8, 3, PrefixListId=lists[0])) == 8
    assert {a["ResourceId"] for a in paged(ec2, "get_managed_prefix_list_associations", 6, 5, PrefixListId=lists[0])} == set(groups)
    not_there("InvalidRouteTableID.NotFound", ec2.get_transit_gateway_prefix_list_references,
              TransitGatewayRouteTableId="tgw-rtb-0123456789abcdef0")


def endpoints(vpc, balancers):
    for n in range(6):
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3")
    paged(ec2, "describe_vpc_endpoints", 6, 5)
    paged(ec2, "describe_vpc_endpoint_services", 100, 50)
    services = [
        ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"] for arn in balancers]
    paged(ec2, "describe_vpc_endpoint_service_configurations", 6, 5)
    first = services[0]["ServiceId"]
    ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=first, AddAllowedPrincipals=[f"arn:aws:iam::{n:012d}:root" for n in range(1, 7)])
    paged(ec2, "describe_vpc_endpoint_service_permissions", 6, 5, ServiceId=first)
    for n in range(6):
        ec2.create_vpc_endpoint(
            VpcId=vpc, VpcEndpointType="Interface", ServiceName=services[0]["ServiceName"], PrivateDnsEnabled=False)
        topic = sns.create_topic(Name=f"topic{n}")["TopicArn"]
        ec2.create_vpc_endpoint_connection_notification(
            ServiceId=first, ConnectionNotificationArn=topic, ConnectionEvents=["Accept"])
    assert {c["VpcEndpointState"] for c in paged(ec2, "describe_vpc_endpoint_connections", 6, 5)} == {"pendingAcceptance"}
    paged(ec2, "describe_vpc_endpoint_connection_notifications", 6, 5)


def further_ec2(vpc, groups):
    role = iam.create_role(RoleName="flow-logs", AssumeRolePolicyDocument=TRUST)
    for n in range(6):
        made = ec2.create_flow_logs(
            ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", LogGroupName=f"flows{n}",
            DeliverLogsPermissionArn=role["Role"]["Arn"])
        assert not made["Unsuccessful"], made
    paged(ec2, "describe_flow_logs", 6, 5)
    scopes = [
        ec2.create_network_insights_access_scope(
            ClientToken=f"scope{n}", MatchPaths=[{"Source": {"ResourceStatement": {"ResourceTypes": ["AWS::EC2::InternetGateway"]}}}])
        ["NetworkInsightsAccessScope"]["NetworkInsightsAccessScopeId"] for n in range(6)]
    paged(ec2, "describe_network_insights_access_scopes", 6, 5)
    analyses = [
        ec2.start_network_insights_access_scope_analysis(NetworkInsightsAccessScopeId=scope, ClientToken=f"run-{scope}")
        ["NetworkInsightsAccessScopeAnalysis"]["NetworkInsightsAccessScopeAnalysisId"] for scope in scopes]
    paged(ec2, "describe_network_insights_access_scope_analyses", 6, 5)
    paged(ec2, "get_network_insights_access_scope_analysis_findings", 0, 5, NetworkInsightsAccessScopeAnalysisId=analyses[0])
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for group in groups:
        ec2.associate_security_group_vpc(GroupId=group, VpcId=other)
        waited(ec2, "security_group_vpc_association_associated",
               Filters=[{"Name": "group-id", "Values": [group]}, {"Name": "vpc-id", "Values": [other]}])
    paged(ec2, "describe_security_group_vpc_associations", 6, 5)
    paged(ec2, "get_security_groups_for_vpc", 6, 5, VpcId=vpc)
    paged(ec2, "describe_stale_security_groups", 0, 5, VpcId=vpc)
    ec2.disassociate_security_group_vpc(GroupId=groups[0], VpcId=other)
    waited(ec2, "security_group_vpc_association_disassociated",
           Filters=[{"Name": "group-id", "Values": [groups[0]]}, {"Name": "vpc-id", "Values": [other]}])


def balancers(vpc, subnets, groups):
    arns = [
        elbv2.create_load_balancer(Name=f"nlb{n}", Type="network", Scheme="internal", Subnets=subnets[:1])["LoadBalancers"][0]["LoadBalancerArn"]
        for n in range(6)]
    waited(elbv2, "load_balancer_exists", LoadBalancerArns=arns)
    waited(elbv2, "load_balancer_available", LoadBalancerArns=arns)
    paged(elbv2, "describe_load_balancers", 6, 4)
    pools = [
        elbv2.create_target_group(Name=f"pool{n}", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
        for n in range(6)]
    paged(elbv2, "describe_target_groups", 6, 4)
    alb = elbv2.create_load_balancer(Name="alb", Scheme="internal", Subnets=subnets[:2], SecurityGroups=groups[:1])["LoadBalancers"][0]["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": pools[0]}]
    listeners = [
        elbv2.create_listener(LoadBalancerArn=alb, Protocol="HTTP", Port=8000 + n, DefaultActions=forward)["Listeners"][0]["ListenerArn"]
        for n in range(6)]
    paged(elbv2, "describe_listeners", 6, 4, LoadBalancerArn=alb)
    for n in range(1, 7):
        elbv2.create_rule(
            ListenerArn=listeners[0], Priority=n, Actions=forward, Conditions=[{"Field": "path-pattern", "Values": [f"/{n}/*"]}])
    paged(elbv2, "describe_rules", 7, 4, ListenerArn=listeners[0])
    trust(alb, forward, certificates())
    paged(elbv2, "describe_ssl_policies", 5, 4)
    paged(elbv2, "describe_account_limits", 5, 4)
    instance = target(subnets[0], groups[0])
    pool = elbv2.create_target_group(Name="machines", Protocol="TCP", Port=443, VpcId=vpc, TargetType="instance")["TargetGroups"][0]["TargetGroupArn"]
    elbv2.create_listener(
        LoadBalancerArn=arns[0], Protocol="TCP", Port=443, DefaultActions=[{"Type": "forward", "TargetGroupArn": pool}])
    elbv2.register_targets(TargetGroupArn=pool, Targets=[{"Id": instance}])
    waited(elbv2, "target_in_service", TargetGroupArn=pool, Targets=[{"Id": instance}])
    elbv2.modify_target_group_attributes(
        TargetGroupArn=pool, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}])
    elbv2.deregister_targets(TargetGroupArn=pool, Targets=[{"Id": instance}])
    left = elbv2.describe_target_health(TargetGroupArn=pool, Targets=[{"Id": instance}])["TargetHealthDescriptions"][0]["TargetHealth"]
    assert left["State"] == "draining" and left["Reason"] == "Target.DeregistrationInProgress", left
    waited(elbv2, "target_deregistered", TargetGroupArn=pool, Targets=[{"Id": instance}])
    elbv2.delete_load_balancer(LoadBalancerArn=alb)
    waited(elbv2, "load_balancers_deleted", LoadBalancerArns=[alb])
    return arns, instance


def target(subnet, group):
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}])
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    run = ec2.run_instances(
        ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group])
    return run["Instances"][0]["InstanceId"]


def classic(subnets, groups, instance):
    listener = [{"Protocol": "TCP", "LoadBalancerPort": 80, "InstanceProtocol": "TCP", "InstancePort": 80}]
    for n in range(3):
        elb.create_load_balancer(
            LoadBalancerName=f"classic{n}", Listeners=listener, Subnets=subnets[:1], Scheme="internal", SecurityGroups=groups[:1])
    paged(elb, "describe_load_balancers", 3, 2)
    paged(elb, "describe_account_limits", 3, 2)
    elb.register_instances_with_load_balancer(LoadBalancerName="classic0", Instances=[{"InstanceId": instance}])
    waited(elb, "any_instance_in_service", LoadBalancerName="classic0")
    waited(elb, "instance_in_service", LoadBalancerName="classic0", Instances=[{"InstanceId": instance}])
    elb.modify_load_balancer_attributes(
        LoadBalancerName="classic0", LoadBalancerAttributes={"ConnectionDraining": {"Enabled": True, "Timeout": 1}})
    elb.deregister_instances_from_load_balancer(LoadBalancerName="classic0", Instances=[{"InstanceId": instance}])
    waited(elb, "instance_deregistered", LoadBalancerName="classic0", Instances=[{"InstanceId": instance}])


def rights():
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})
    iam.create_role(RoleName="paged", AssumeRolePolicyDocument=TRUST)
    waited(iam, "role_exists", RoleName="paged")
    arns = [iam.create_policy(PolicyName=f"p{n}", PolicyDocument=document)["Policy"]["Arn"] for n in range(3)]
    waited(iam, "policy_exists", PolicyArn=arns[0])
    for n, arn in enumerate(arns):
        iam.attach_role_policy(RoleName="paged", PolicyArn=arn)
        iam.put_role_policy(RoleName="paged", PolicyName=f"inline{n}", PolicyDocument=document)
        iam.create_instance_profile(InstanceProfileName=f"profile{n}")
        iam.add_role_to_instance_profile(InstanceProfileName=f"profile{n}", RoleName="paged")
    waited(iam, "instance_profile_exists", InstanceProfileName="profile0")
    paged(iam, "list_attached_role_policies", 3, 2, RoleName="paged")
    paged(iam, "list_role_policies", 3, 2, RoleName="paged")
    paged(iam, "list_policy_versions", 1, 2, PolicyArn=arns[0])
    paged(iam, "list_instance_profiles_for_role", 3, 2, RoleName="paged")
    paged(iam, "list_server_certificates", 0, 2)


def names(vpc):
    zones = [route53.create_hosted_zone(Name=f"z{n}.example.com", CallerReference=f"z{n}")["HostedZone"]["Id"] for n in range(3)]
    paged(route53, "list_hosted_zones", 3, 2)
    changes = [
        {"Action": "CREATE", "ResourceRecordSet": {
            "Name": f"h{n}.z0.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}} for n in range(4)]
    change = route53.change_resource_record_sets(HostedZoneId=zones[0], ChangeBatch={"Changes": changes})["ChangeInfo"]["Id"]
    waited(route53, "resource_record_sets_changed", Id=change)
    paged(route53, "list_resource_record_sets", 6, 2, HostedZoneId=zones[0])
    private = route53.create_hosted_zone(
        Name="inside.example.com", CallerReference="inside", VPC={"VPCRegion": REGION, "VPCId": vpc})["HostedZone"]["Id"]
    paged(route53, "list_vpc_association_authorizations", 0, 2, HostedZoneId=private)


def text():
    for n in range(3):
        logs.create_log_group(logGroupName=f"group{n}")
        logs.create_log_stream(logGroupName="group0", logStreamName=f"stream{n}")
    paged(logs, "describe_log_groups", 3, 2)
    paged(logs, "describe_log_streams", 3, 2, logGroupName="group0")
    now = int(ec2.describe_vpc_endpoints()["VpcEndpoints"][0]["CreationTimestamp"].timestamp() * 1000)
    logs.put_log_events(
        logGroupName="group0", logStreamName="stream0", logEvents=[{"timestamp": now + n, "message": f"line {n}"} for n in range(5)])
    paged(logs, "filter_log_events", 5, 2, logGroupName="group0")


def certificates():
    arns = [acm.request_certificate(DomainName=f"c{n}.example.com", ValidationMethod="DNS")["CertificateArn"] for n in range(3)]
    for arn in arns:
        waited(acm, "certificate_validated", CertificateArn=arn)
    paged(acm, "list_certificates", 3, 2)
    return arns


def trust(balancer, forward, certificates_of):
    secure = elbv2.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTPS", Port=443, DefaultActions=forward,
        Certificates=[{"CertificateArn": certificates_of[0]}])["Listeners"][0]["ListenerArn"]
    for arn in certificates_of[1:]:
        elbv2.add_listener_certificates(ListenerArn=secure, Certificates=[{"CertificateArn": arn}])
    paged(elbv2, "describe_listener_certificates", 3, 2, ListenerArn=secure)
    stores = [
        elbv2.create_trust_store(Name=f"store{n}", CaCertificatesBundleS3Bucket="bundles", CaCertificatesBundleS3Key="ca.pem")
        ["TrustStores"][0]["TrustStoreArn"] for n in range(3)]
    paged(elbv2, "describe_trust_stores", 3, 2)
    paged(elbv2, "describe_trust_store_associations", 0, 2, TrustStoreArn=stores[0])
    paged(elbv2, "describe_trust_store_revocations", 0, 2, TrustStoreArn=stores[0])


def nothing_left_out():
    """Whatever of these services is served and boto3 can page or wait for was paged and waited for."""
    with open(os.path.join(os.path.dirname(__file__), "operations.txt"), encoding="utf-8") as lines:
        served = {tuple(line.split()[:2]) for line in lines if line.strip() and not line.startswith("#")}
    for api in (elbv2, elb, acm, iam, sns, logs, route53):
        name = api.meta.service_model.service_name
        operations = {xform_name(operation) for service, operation in served if service == name}
        assert operations, name
        pages = {f"{name}:{o}" for o in operations if api.can_paginate(o)}
        assert pages <= PAGED, f"not paged: {pages - PAGED}"
        model = session._session.get_waiter_model(name) if api.waiter_names else None
        waits = {f"{name}:{w}" for w in api.waiter_names if xform_name(model.get_waiter(model_name(model, w)).operation) in operations}
        assert waits <= WAITED, f"not waited for: {waits - WAITED}"


def model_name(model, waiter):
    return next(name for name in model.waiter_names if xform_name(name) == waiter)


def main():
    vpc, subnets, groups = network()
    prefix_lists(vpc, groups)
    arns, instance = balancers(vpc, subnets, groups)
    endpoints(vpc, arns)
    further_ec2(vpc, groups)
    classic(subnets, groups, instance)
    rights()
    names(vpc)
    text()
    nothing_left_out()
    print(f"{len(PAGED)} paginators, {len(WAITED)} waiters")


main()
