#!/usr/bin/env bash
# Stop and start: the automatic address is another one, the Elastic IP is the same
# shellcheck source=labs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck disable=SC1090
source "$LAB_STATE"
run aws ec2 stop-instances --instance-ids "$auto" "$fixed" --query 'StoppingInstances[].CurrentState.Name' --output text
aws ec2 wait instance-stopped --instance-ids "$auto" "$fixed"
run aws ec2 start-instances --instance-ids "$auto" "$fixed" --query 'StartingInstances[].CurrentState.Name' --output text
aws ec2 wait instance-running --instance-ids "$auto" "$fixed"
keep auto_after "$(aws ec2 describe-instances --instance-ids "$auto" \
  --query 'Reservations[0].Instances[0].PublicIpAddress' --output text)"
printf 'automatic: %s, then %s; elastic: %s\n' "$auto_before" "$auto_after" "$elastic_ip"
[ "$auto_before" != "$auto_after" ]
