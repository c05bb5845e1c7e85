#!/usr/bin/env bash
# shellcheck source=labs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck disable=SC1090
source "$LAB_STATE"
aws ec2 terminate-instances --instance-ids "$visitor" "$red_10" "$red_20" "$blue_10" "$blue_20" "$lonely" \
  --query 'TerminatingInstances[].InstanceId' --output text
aws ec2 wait instance-terminated --instance-ids "$visitor" "$red_10" "$red_20" "$blue_10" "$blue_20" "$lonely"
aws ec2 delete-subnet --subnet-id "$red_subnet"
aws ec2 delete-subnet --subnet-id "$blue_subnet"
aws ec2 delete-vpc --vpc-id "$red_vpc"
aws ec2 delete-vpc --vpc-id "$blue_vpc"
