#!/usr/bin/env bash
# shellcheck source=labs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck disable=SC1090
source "$LAB_STATE"
aws ec2 terminate-instances --instance-ids "$in_a" "$in_b" "$in_any" --query 'TerminatingInstances[].InstanceId' --output text
aws ec2 wait instance-terminated --instance-ids "$in_a" "$in_b" "$in_any"
for subnet in "$subnet_a" "$subnet_b" "$subnet_any"; do
  aws ec2 delete-subnet --subnet-id "$subnet"
done
aws ec2 delete-vpc --vpc-id "$vpc"
