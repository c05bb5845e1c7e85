#!/usr/bin/env bash
# The Elastic IP moves to the other instance, and the own block is advertised
# shellcheck source=labs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck disable=SC1090
source "$LAB_STATE"
refused Resource.AlreadyAssociated aws ec2 associate-address --allocation-id "$elastic" --instance-id "$auto" --no-allow-reassociation
run aws ec2 associate-address --allocation-id "$elastic" --instance-id "$auto" --allow-reassociation \
  --query AssociationId --output text
run aws ec2 advertise-byoip-cidr --cidr "$own_block" --query ByoipCidr.State --output text
