#!/usr/bin/env bash
# The partner rejects the third request, and nobody may peer what overlaps
set -euo pipefail
source ./common.sh
ours="$(aws ec2 describe-vpcs --filters Name=tag:Name,Values=ours --query 'Vpcs[0].VpcId' --output text)"
third="$(aws ec2 describe-vpc-peering-connections --filters Name=tag:Name,Values=to-third \
  --query 'VpcPeeringConnections[0].VpcPeeringConnectionId' --output text)"
refused OperationNotPermitted aws ec2 reject-vpc-peering-connection --vpc-peering-connection-id "$third"
AWS_ACCESS_KEY_ID=000000000110 run aws ec2 reject-vpc-peering-connection --vpc-peering-connection-id "$third"

# Half of our range, and a part of it that we do not use.
twin="$(aws ec2 create-vpc --cidr-block 10.0.128.0/17 --query Vpc.VpcId --output text)"
asked="$(aws ec2 create-vpc-peering-connection --vpc-id "$ours" --peer-vpc-id "$twin" \
  --query VpcPeeringConnection.VpcPeeringConnectionId --output text)"
aws ec2 describe-vpc-peering-connections --vpc-peering-connection-ids "$third" "$asked" \
  --query 'VpcPeeringConnections[].[Status.Code,Status.Message]' --output text
[ "$(aws ec2 describe-vpc-peering-connections --vpc-peering-connection-ids "$asked" \
  --query 'VpcPeeringConnections[0].Status.Code' --output text)" = failed ]
refused InvalidStateTransition aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id "$asked"
aws ec2 delete-vpc --vpc-id "$twin"
