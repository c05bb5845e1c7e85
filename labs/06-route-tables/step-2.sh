#!/usr/bin/env bash
# The router is terminated: the default route stays, and leads into a black hole
set -euo pipefail
router="$(aws ec2 describe-instances --filters Name=tag:Name,Values=router Name=instance-state-name,Values=running \
  --query 'Reservations[0].Instances[0].InstanceId' --output text)"
aws ec2 terminate-instances --instance-ids "$router" --query 'TerminatingInstances[0].CurrentState.Name' --output text
aws ec2 describe-route-tables --filters Name=tag:Name,Values=branch \
  --query 'RouteTables[0].Routes[].[DestinationCidrBlock,State]' --output text
