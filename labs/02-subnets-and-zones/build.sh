#!/usr/bin/env bash
# Subnets in the zones of a region: chosen by the caller or by the cloud, and what is refused.
# shellcheck source=labs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
image="$(linux_image)"
region="$AWS_REGION"

run aws ec2 describe-availability-zones --query 'AvailabilityZones[].[ZoneName,ZoneId,State]' --output text
keep vpc "$(run aws ec2 create-vpc --cidr-block 10.0.0.0/16 \
  --tag-specifications "$(named vpc zones)" --query Vpc.VpcId --output text)"

# One subnet in each of two zones that the caller chooses, and one wherever the cloud likes.
keep subnet_a "$(run aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.0.0/20 --availability-zone "${region}a" \
  --tag-specifications "$(named subnet a)" --query Subnet.SubnetId --output text)"
keep subnet_b "$(run aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.16.0/20 --availability-zone "${region}b" \
  --tag-specifications "$(named subnet b)" --query Subnet.SubnetId --output text)"
keep subnet_any "$(run aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.32.0/28 \
  --tag-specifications "$(named subnet any)" --query Subnet.SubnetId --output text)"

# A range may not overlap another, lie outside its VPC, or be smaller than /28; a zone must exist.
refused InvalidSubnet.Conflict aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.8.0/21
refused InvalidSubnet.Range aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.1.0.0/24
refused InvalidSubnet.Range aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.48.0/29
refused InvalidParameterValue aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.48.0/24 --availability-zone "${region}z"

# Five addresses of each subnet are AWS's: a /28 has eleven left.
run aws ec2 describe-subnets --filters "Name=vpc-id,Values=$vpc" \
  --query 'sort_by(Subnets,&CidrBlock)[].[CidrBlock,AvailabilityZone,AvailableIpAddressCount]' --output text

for where in a b any; do
  subnet="subnet_$where"
  keep "in_$where" "$(run aws ec2 run-instances --image-id "$image" --instance-type t3.micro --subnet-id "${!subnet}" \
    --tag-specifications "$(named instance "in-$where")" --query 'Instances[0].InstanceId' --output text)"
done
# An address of the reserved five is refused as well.
refused InvalidParameterValue aws ec2 run-instances --image-id "$image" --instance-type t3.micro --subnet-id "$subnet_a" \
  --private-ip-address 10.0.0.2
