#!/usr/bin/env bash
# A week goes by, and the fourth request runs out
set -euo pipefail
source ./common.sh
fourth="$(aws ec2 describe-vpc-peering-connections --filters Name=tag:Name,Values=to-fourth \
  --query 'VpcPeeringConnections[0].VpcPeeringConnectionId' --output text)"
status() {
  aws ec2 describe-vpc-peering-connections --vpc-peering-connection-ids "$fourth" \
    --query 'VpcPeeringConnections[].[Status.Code,Status.Message]' --output text
}
status
[[ "$(status)" == expired* ]]

# The partner sees the same, and it is too late to say anything.
export AWS_ACCESS_KEY_ID=000000000110
[[ "$(status)" == expired* ]]
refused InvalidStateTransition aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id "$fourth"
refused InvalidStateTransition aws ec2 reject-vpc-peering-connection --vpc-peering-connection-id "$fourth"
