#!/usr/bin/env bash
# Three instances in one public subnet: one with an automatic address, one with an Elastic IP, one with an address of one's own.
# shellcheck source=labs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
image="$(linux_image)"

keep vpc "$(run aws ec2 create-vpc --cidr-block 10.0.0.0/16 \
  --tag-specifications "$(named vpc addresses)" --query Vpc.VpcId --output text)"
keep igw "$(run aws ec2 create-internet-gateway \
  --tag-specifications "$(named internet-gateway igw)" --query InternetGateway.InternetGatewayId --output text)"
run aws ec2 attach-internet-gateway --internet-gateway-id "$igw" --vpc-id "$vpc"
keep subnet "$(run aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.1.0/24 \
  --tag-specifications "$(named subnet public)" --query Subnet.SubnetId --output text)"
main_table="$(aws ec2 describe-route-tables --filters "Name=vpc-id,Values=$vpc" --query 'RouteTables[0].RouteTableId' --output text)"
run aws ec2 create-route --route-table-id "$main_table" --destination-cidr-block 0.0.0.0/0 --gateway-id "$igw" --output text
group="$(aws ec2 describe-security-groups --filters "Name=vpc-id,Values=$vpc" --query 'SecurityGroups[0].GroupId' --output text)"
run aws ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 443 --cidr 0.0.0.0/0 \
  --query 'SecurityGroupRules[0].SecurityGroupRuleId' --output text

launch() {
  run aws ec2 run-instances --image-id "$image" --instance-type t3.micro --subnet-id "$subnet" "${@:2}" \
    --tag-specifications "$(named instance "$1")" --query 'Instances[0].InstanceId' --output text
}
public_of() {
  aws ec2 describe-instances --instance-ids "$1" --query 'Reservations[0].Instances[0].PublicIpAddress' --output text
}

# An address from the region's pool, because the request asks for one.
keep auto "$(launch auto --associate-public-ip-address)"
keep auto_before "$(public_of "$auto")"

# An Elastic IP: it belongs to the account until it is released.
keep fixed "$(launch fixed --no-associate-public-ip-address)"
keep elastic "$(run aws ec2 allocate-address --tag-specifications "$(named elastic-ip elastic)" --query AllocationId --output text)"
keep elastic_ip "$(aws ec2 describe-addresses --allocation-ids "$elastic" --query 'Addresses[0].PublicIp' --output text)"
run aws ec2 associate-address --allocation-id "$elastic" --instance-id "$fixed" --query AssociationId --output text

# An address of one's own block, brought to AWS and not advertised yet.
keep own_block 192.0.78.0/24
account="$(aws sts get-caller-identity --query Account --output text)"
run aws ec2 provision-byoip-cidr --cidr "$own_block" \
  --cidr-authorization-context "Message=1|aws|$account|$own_block|20301231|SHA256|RSAPSS,Signature=c2lnbmVk" \
  --query ByoipCidr.State --output text
keep pool "$(run aws ec2 describe-public-ipv4-pools --query 'PublicIpv4Pools[0].PoolId' --output text)"
keep own "$(launch own --no-associate-public-ip-address)"
keep own_elastic "$(run aws ec2 allocate-address --public-ipv4-pool "$pool" --query AllocationId --output text)"
keep own_ip "$(aws ec2 describe-addresses --allocation-ids "$own_elastic" --query 'Addresses[0].PublicIp' --output text)"
run aws ec2 associate-address --allocation-id "$own_elastic" --instance-id "$own" --query AssociationId --output text
