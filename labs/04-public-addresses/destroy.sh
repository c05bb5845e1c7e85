#!/usr/bin/env bash
# shellcheck source=labs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck disable=SC1090
source "$LAB_STATE"
aws ec2 terminate-instances --instance-ids "$auto" "$fixed" "$own" --query 'TerminatingInstances[].InstanceId' --output text
aws ec2 wait instance-terminated --instance-ids "$auto" "$fixed" "$own"
aws ec2 release-address --allocation-id "$elastic"
aws ec2 release-address --allocation-id "$own_elastic"
if [ "$(aws ec2 describe-byoip-cidrs --max-results 5 --query 'ByoipCidrs[0].State' --output text)" = advertised ]; then
  aws ec2 withdraw-byoip-cidr --cidr "$own_block" --query ByoipCidr.State --output text
fi
aws ec2 deprovision-byoip-cidr --cidr "$own_block" --query ByoipCidr.State --output text
aws ec2 detach-internet-gateway --internet-gateway-id "$igw" --vpc-id "$vpc"
aws ec2 delete-internet-gateway --internet-gateway-id "$igw"
aws ec2 delete-subnet --subnet-id "$subnet"
aws ec2 delete-vpc --vpc-id "$vpc"
