#!/usr/bin/env bash
# The default VPC as it is found, and two VPCs of one's own with the same CIDR.
# shellcheck source=labs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
image="$(linux_image)"

run aws ec2 describe-vpcs --query 'Vpcs[].[VpcId,CidrBlock,IsDefault]' --output text
run aws ec2 describe-subnets --filters Name=default-for-az,Values=true \
  --query 'sort_by(Subnets,&CidrBlock)[].[AvailabilityZone,CidrBlock,MapPublicIpOnLaunch]' --output text

# No subnet named: the instance goes to the default VPC, and gets a public address at once.
keep visitor "$(run aws ec2 run-instances --image-id "$image" --instance-type t3.micro \
  --tag-specifications "$(named instance visitor)" --query 'Instances[0].InstanceId' --output text)"
keep visitor_public "$(aws ec2 describe-instances --instance-ids "$visitor" \
  --query 'Reservations[0].Instances[0].PublicIpAddress' --output text)"

for color in red blue; do
  keep "${color}_vpc" "$(run aws ec2 create-vpc --cidr-block 10.0.0.0/16 \
    --tag-specifications "$(named vpc "$color")" --query Vpc.VpcId --output text)"
  vpc="${color}_vpc"
  keep "${color}_subnet" "$(run aws ec2 create-subnet --vpc-id "${!vpc}" --cidr-block 10.0.0.0/24 \
    --tag-specifications "$(named subnet "$color")" --query Subnet.SubnetId --output text)"
  subnet="${color}_subnet"
  # No group named either: both instances get the VPC's default group, which admits its own members.
  for host in 10 20; do
    keep "${color}_$host" "$(run aws ec2 run-instances --image-id "$image" --instance-type t3.micro --subnet-id "${!subnet}" \
      --private-ip-address "10.0.0.$host" --tag-specifications "$(named instance "$color-$host")" \
      --query 'Instances[0].InstanceId' --output text)"
  done
done
keep lonely "$(run aws ec2 run-instances --image-id "$image" --instance-type t3.micro --subnet-id "$blue_subnet" \
  --private-ip-address 10.0.0.30 --tag-specifications "$(named instance blue-30)" --query 'Instances[0].InstanceId' --output text)"
