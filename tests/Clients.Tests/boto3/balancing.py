"""Load balancing and certificates with boto3: every operation served, every paginator and waiter.

Usage: balancing.py ENDPOINT ACCOUNT. Ends with 0 and the line "N operations" where all is as AWS answers it.
"""
import subprocess
import sys
import tempfile

import boto3
import botocore.exceptions
from botocore.config import Config

ENDPOINT, ACCOUNT = sys.argv[1:3]
REGION = "eu-west-1"
OPERATIONS = set()

session = boto3.session.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="any", region_name=REGION)
session.events.register("before-call", lambda model, **_: OPERATIONS.add(f"{model.service_model.service_name}:{model.name}"))


def client(service):
    return session.client(service, endpoint_url=ENDPOINT, config=Config(retries={"total_max_attempts": 1}))


ec2, elb, acm = client("ec2"), client("elbv2"), client("acm")


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


def wait(service, name, **arguments):
    waiter = service.get_waiter(name)
    waiter.config.delay = 0.05
    waiter.wait(**arguments)


def pages(service, operation, member, size, **arguments):
    found, count = [], 0
    for page in service.get_paginator(operation).paginate(**arguments, PaginationConfig={"PageSize": size}):
        found += page[member]
        count += 1
    assert count > 1 or len(found) <= size, f"{operation}: {len(found)} in {count} page"
    return found


def network():
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]["SubnetId"]
        for i, zone in enumerate("abc")
    ]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnets[0])["Instances"][0]["InstanceId"]
    wait(ec2, "instance_running", InstanceIds=[instance])
    return vpc, gateway, subnets, instance


def own_certificate():
    with tempfile.TemporaryDirectory() as folder:
        key, body = f"{folder}/key.pem", f"{folder}/cert.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", body, "-days", "30", "-subj", "/CN=own.example.com"],
            check=True, capture_output=True)
        with open(key, "rb") as k, open(body, "rb") as b:
            return acm.import_certificate(Certificate=b.read(), PrivateKey=k.read())["CertificateArn"]


def certificates():
    made = [
        acm.request_certificate(DomainName=f"{i}.example.com", ValidationMethod="DNS", IdempotencyToken=f"t{i}")["CertificateArn"]
        for i in range(3)
    ]
    same(acm.request_certificate(DomainName="0.example.com", ValidationMethod="DNS", IdempotencyToken="t0")["CertificateArn"], made[0])
    wait(acm, "certificate_validated", CertificateArn=made[0])
    same(acm.describe_certificate(CertificateArn=made[0])["Certificate"]["Status"], "ISSUED")
    assert "BEGIN CERTIFICATE" in acm.get_certificate(CertificateArn=made[0])["Certificate"]
    own = own_certificate()
    same(acm.describe_certificate(CertificateArn=own)["Certificate"]["Type"], "IMPORTED")
    listed = []
    for page in acm.get_paginator("list_certificates").paginate(PaginationConfig={"PageSize": 2}):
        listed += [c["CertificateArn"] for c in page["CertificateSummaryList"]]
    same(sorted(listed), sorted([*made, own]))
    acm.add_tags_to_certificate(CertificateArn=own, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b"}])
    acm.remove_tags_from_certificate(CertificateArn=own, Tags=[{"Key": "b"}])
    same(acm.list_tags_for_certificate(CertificateArn=own)["Tags"], [{"Key": "a", "Value": "1"}])
    acm.delete_certificate(CertificateArn=made[2])
    refused("ResourceNotFoundException", acm.describe_certificate, CertificateArn=made[2])
    return made[0], own


def balancers(subnets):
    made = {
        kind: elb.create_load_balancer(Name=kind, Type=kind, Subnets=subnets, Tags=[{"Key": "k", "Value": kind}])["LoadBalancers"][0]
        for kind in ("application", "network", "gateway")
    }
    same(made["application"]["State"]["Code"], "provisioning")
    arns = {kind: balancer["LoadBalancerArn"] for kind, balancer in made.items()}
    wait(elb, "load_balancer_available", LoadBalancerArns=list(arns.values()))
    wait(elb, "load_balancer_exists", Names=["application"])
    same([b["LoadBalancerName"] for b in pages(elb, "describe_load_balancers", "LoadBalancers", 1)], ["application", "gateway", "network"])
    refused("LoadBalancerNotFound", elb.describe_load_balancers, Names=["none"])
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arns["application"], Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "30"}])
    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=arns["application"])["Attributes"]
    same([a["Value"] for a in attributes if a["Key"] == "idle_timeout.timeout_seconds"], ["30"])
    same(elb.set_ip_address_type(LoadBalancerArn=arns["network"], IpAddressType="ipv4")["IpAddressType"], "ipv4")
    same(len(elb.set_subnets(LoadBalancerArn=arns["application"], Subnets=subnets[:2])["AvailabilityZones"]), 2)
    groups = elb.describe_load_balancers(Names=["application"])["LoadBalancers"][0]["SecurityGroups"]
    same(elb.set_security_groups(LoadBalancerArn=arns["application"], SecurityGroups=groups)["SecurityGroupIds"], groups)
    elb.modify_capacity_reservation(LoadBalancerArn=arns["network"], MinimumLoadBalancerCapacity={"CapacityUnits": 3000})
    same(elb.describe_capacity_reservation(LoadBalancerArn=arns["network"])["MinimumLoadBalancerCapacity"]["CapacityUnits"], 3000)
    elb.modify_ip_pools(LoadBalancerArn=arns["application"], RemoveIpamPools=["ipv4"])
    return arns


def target_groups(vpc, instance):
    web = elb.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
    tcp = elb.create_target_group(Name="tcp", Protocol="TCP", Port=443, VpcId=vpc, TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    same(elb.modify_target_group(TargetGroupArn=web, HealthCheckPath="/ok")["TargetGroups"][0]["HealthCheckPath"], "/ok")
    same([g["TargetGroupName"] for g in pages(elb, "describe_target_groups", "TargetGroups", 1)], ["tcp", "web"])
    elb.modify_target_group_attributes(TargetGroupArn=web, Attributes=[
        {"Key": "stickiness.enabled", "Value": "true"}, {"Key": "deregistration_delay.timeout_seconds", "Value": "1"}])
    assert {"Key": "stickiness.enabled", "Value": "true"} in elb.describe_target_group_attributes(TargetGroupArn=web)["Attributes"]
    elb.register_targets(TargetGroupArn=web, Targets=[{"Id": instance}, {"Id": instance, "Port": 8080}])
    elb.register_targets(TargetGroupArn=tcp, Targets=[{"Id": "10.0.1.77"}])
    refused("InvalidTarget", elb.register_targets, TargetGroupArn=web, Targets=[{"Id": "i-00000000000000000"}])
    return web, tcp


def listeners(arns, web, tcp, issued, own):
    forward = [{"Type": "forward", "TargetGroupArn": web}]
    http = elb.create_listener(LoadBalancerArn=arns["application"], Protocol="HTTP", Port=80, DefaultActions=forward)["Listeners"][0]["ListenerArn"]
    https = elb.create_listener(
        LoadBalancerArn=arns["application"], Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": issued}], DefaultActions=forward,
    )["Listeners"][0]["ListenerArn"]
    elb.create_listener(LoadBalancerArn=arns["network"], Protocol="TCP", Port=443, DefaultActions=[{"Type": "forward", "TargetGroupArn": tcp}])
    same(len(pages(elb, "describe_listeners", "Listeners", 1, LoadBalancerArn=arns["application"])), 2)
    elb.add_listener_certificates(ListenerArn=https, Certificates=[{"CertificateArn": own}])
    same(len(pages(elb, "describe_listener_certificates", "Certificates", 1, ListenerArn=https)), 2)
    elb.remove_listener_certificates(ListenerArn=https, Certificates=[{"CertificateArn": own}])
    elb.modify_listener_attributes(
        ListenerArn=http, Attributes=[{"Key": "routing.http.response.server.enabled", "Value": "false"}])
    assert {"Key": "routing.http.response.server.enabled", "Value": "false"} in elb.describe_listener_attributes(ListenerArn=http)["Attributes"]
    same(elb.modify_listener(ListenerArn=http, Port=8080)["Listeners"][0]["Port"], 8080)
    refused("ResourceInUse", elb.delete_target_group, TargetGroupArn=web)
    refused("ResourceInUseException", acm.delete_certificate, CertificateArn=issued)
    return http, https


def rules(listener, web):
    made = [
        elb.create_rule(
            ListenerArn=listener, Priority=10 * (i + 1), Conditions=[{"Field": "path-pattern", "Values": [f"/{i}"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": web}])["Rules"][0]["RuleArn"]
        for i in range(2)
    ]
    elb.modify_rule(RuleArn=made[0], Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}}])
    elb.set_rule_priorities(RulePriorities=[{"RuleArn": made[0], "Priority": 20}, {"RuleArn": made[1], "Priority": 10}])
    same([r["Priority"] for r in pages(elb, "describe_rules", "Rules", 2, ListenerArn=listener)], ["10", "20", "default"])
    elb.add_tags(ResourceArns=made, Tags=[{"Key": "team", "Value": "net"}])
    elb.remove_tags(ResourceArns=made[:1], TagKeys=["team"])
    same([len(t["Tags"]) for t in elb.describe_tags(ResourceArns=made)["TagDescriptions"]], [0, 1])
    elb.delete_rule(RuleArn=made[0])
    refused("RuleNotFound", elb.describe_rules, RuleArns=[made[0]])


def trust_stores(https):
    store = elb.create_trust_store(
        Name="clients", CaCertificatesBundleS3Bucket="b", CaCertificatesBundleS3Key="ca.pem")["TrustStores"][0]["TrustStoreArn"]
    same(pages(elb, "describe_trust_stores", "TrustStores", 5)[0]["Status"], "ACTIVE")
    elb.modify_trust_store(TrustStoreArn=store, CaCertificatesBundleS3Bucket="b", CaCertificatesBundleS3Key="new.pem")
    assert elb.get_trust_store_ca_certificates_bundle(TrustStoreArn=store)["Location"].endswith("/new.pem")
    for i in range(2):
        elb.add_trust_store_revocations(TrustStoreArn=store, RevocationContents=[{"S3Bucket": "b", "S3Key": f"{i}.crl"}])
    same([r["RevocationId"] for r in pages(elb, "describe_trust_store_revocations", "TrustStoreRevocations", 1, TrustStoreArn=store)], [1, 2])
    assert elb.get_trust_store_revocation_content(TrustStoreArn=store, RevocationId=1)["Location"].endswith("/0.crl")
    elb.remove_trust_store_revocations(TrustStoreArn=store, RevocationIds=[1])
    elb.modify_listener(ListenerArn=https, MutualAuthentication={"Mode": "verify", "TrustStoreArn": store})
    same(len(pages(elb, "describe_trust_store_associations", "TrustStoreAssociations", 5, TrustStoreArn=store)), 1)
    refused("TrustStoreInUse", elb.delete_trust_store, TrustStoreArn=store)
    refused("DeleteAssociationSameAccount", elb.delete_shared_trust_store_association, TrustStoreArn=store, ResourceArn=https)
    refused("ResourceNotFound", elb.get_resource_policy, ResourceArn=store)
    elb.modify_listener(ListenerArn=https, MutualAuthentication={"Mode": "off"})
    elb.delete_trust_store(TrustStoreArn=store)


def main():
    vpc, gateway, subnets, instance = network()
    issued, own = certificates()
    arns = balancers(subnets)
    web, tcp = target_groups(vpc, instance)
    http, https = listeners(arns, web, tcp, issued, own)
    rules(https, web)
    trust_stores(https)
    assert len(pages(elb, "describe_ssl_policies", "SslPolicies", 10)) > 30
    assert len(pages(elb, "describe_account_limits", "Limits", 10)) > 10
    states = {t["Target"]["Port"]: t["TargetHealth"]["State"] for t in elb.describe_target_health(TargetGroupArn=web)["TargetHealthDescriptions"]}
    same(set(states), {80, 8080})
    group = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="10.0.0.0/16")
    wait(elb, "target_in_service", TargetGroupArn=web, Targets=[{"Id": instance, "Port": 80}])
    elb.deregister_targets(TargetGroupArn=web, Targets=[{"Id": instance}])
    wait(elb, "target_deregistered", TargetGroupArn=web, Targets=[{"Id": instance, "Port": 80}])
    elb.delete_listener(ListenerArn=http)
    for arn in arns.values():
        elb.delete_load_balancer(LoadBalancerArn=arn)
    wait(elb, "load_balancers_deleted", LoadBalancerArns=list(arns.values()))
    for arn in (web, tcp):
        elb.delete_target_group(TargetGroupArn=arn)
    acm.delete_certificate(CertificateArn=issued)
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    same(ec2.describe_network_interfaces(Filters=[{"Name": "requester-id", "Values": ["amazon-elb"]}])["NetworkInterfaces"], [])
    print(f"{len([o for o in OPERATIONS if not o.startswith('ec2:')])} operations")


main()
