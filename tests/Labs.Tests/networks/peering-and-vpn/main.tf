terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

provider "aws" {
  alias      = "other"
  access_key = "000000000190"
  secret_key = "any"
}

data "aws_caller_identity" "other" {
  provider = aws.other
}

resource "aws_vpc" "home" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc" "near" {
  cidr_block           = "10.1.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc" "west" {
  provider             = aws.west
  cidr_block           = "10.2.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc" "other" {
  provider             = aws.other
  cidr_block           = "10.3.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc_peering_connection" "near" {
  vpc_id      = aws_vpc.home.id
  peer_vpc_id = aws_vpc.near.id
  auto_accept = true

  accepter {
    allow_remote_vpc_dns_resolution = true
  }

  requester {
    allow_remote_vpc_dns_resolution = true
  }

  tags = { Name = "near" }
}

resource "aws_vpc_peering_connection" "west" {
  vpc_id      = aws_vpc.home.id
  peer_vpc_id = aws_vpc.west.id
  peer_region = "us-west-2"
  tags        = { Side = "requester" }
}

resource "aws_vpc_peering_connection_accepter" "west" {
  provider                  = aws.west
  vpc_peering_connection_id = aws_vpc_peering_connection.west.id
  auto_accept               = true
  tags                      = { Side = "accepter" }
}

resource "aws_vpc_peering_connection" "other" {
  vpc_id        = aws_vpc.home.id
  peer_vpc_id   = aws_vpc.other.id
  peer_owner_id = data.aws_caller_identity.other.account_id
  tags          = { Side = "requester" }
}

resource "aws_vpc_peering_connection_accepter" "other" {
  provider                  = aws.other
  vpc_peering_connection_id = aws_vpc_peering_connection.other.id
  auto_accept               = true
  tags                      = { Side = "accepter" }
}

resource "aws_vpc_peering_connection_options" "requester" {
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.other.id

  requester {
    allow_remote_vpc_dns_resolution = true
  }
}

resource "aws_vpc_peering_connection_options" "accepter" {
  provider                  = aws.other
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.other.id

  accepter {
    allow_remote_vpc_dns_resolution = true
  }
}

resource "aws_route_table" "home" {
  vpc_id = aws_vpc.home.id

  route {
    cidr_block                = "10.1.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.near.id
  }
}

resource "aws_route" "west" {
  route_table_id            = aws_vpc.home.main_route_table_id
  destination_cidr_block    = "10.2.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.west.id
}

resource "aws_vpn_gateway" "home" {
  vpc_id          = aws_vpc.home.id
  amazon_side_asn = 64700
  tags            = { Name = "home" }
}

resource "aws_vpn_gateway" "near" {
  tags = { Name = "near" }
}

resource "aws_vpn_gateway_attachment" "near" {
  vpc_id         = aws_vpc.near.id
  vpn_gateway_id = aws_vpn_gateway.near.id
}

resource "aws_vpn_gateway_route_propagation" "near" {
  vpn_gateway_id = aws_vpn_gateway_attachment.near.vpn_gateway_id
  route_table_id = aws_vpc.near.main_route_table_id
}

resource "aws_route" "vpn" {
  route_table_id         = aws_vpc.home.main_route_table_id
  destination_cidr_block = "192.168.0.0/16"
  gateway_id             = aws_vpn_gateway.home.id
}

resource "aws_customer_gateway" "office" {
  type        = "ipsec.1"
  ip_address  = "203.0.113.90"
  bgp_asn     = 65090
  device_name = "office"
  tags        = { Name = "office" }
}

resource "aws_customer_gateway" "plant" {
  type             = "ipsec.1"
  ip_address       = "203.0.113.91"
  bgp_asn_extended = 4200000091
}

resource "aws_vpn_connection" "office" {
  type                = "ipsec.1"
  customer_gateway_id = aws_customer_gateway.office.id
  vpn_gateway_id      = aws_vpn_gateway.home.id
  static_routes_only  = true
  tags                = { Name = "office" }
}

resource "aws_vpn_connection_route" "office" {
  vpn_connection_id      = aws_vpn_connection.office.id
  destination_cidr_block = "192.168.0.0/16"
}

resource "aws_vpn_connection" "plant" {
  type                                 = "ipsec.1"
  customer_gateway_id                  = aws_customer_gateway.plant.id
  vpn_gateway_id                       = aws_vpn_gateway_attachment.near.vpn_gateway_id
  tunnel1_inside_cidr                  = "169.254.90.0/30"
  tunnel1_preshared_key                = "a_key.of_the_plant1"
  tunnel1_ike_versions                 = ["ikev2"]
  tunnel1_phase1_encryption_algorithms = ["AES256"]
  tunnel1_phase1_integrity_algorithms  = ["SHA2-256"]
  tunnel1_phase1_dh_group_numbers      = [14, 20]
  tunnel1_phase1_lifetime_seconds      = 7200
  tunnel1_dpd_timeout_action           = "restart"
  tunnel1_startup_action               = "start"
  tunnel2_inside_cidr                  = "169.254.90.4/30"
  tunnel2_preshared_key                = "a_key.of_the_plant2"
  local_ipv4_network_cidr              = "192.168.0.0/16"
}

resource "aws_ec2_transit_gateway" "hub" {
}

resource "aws_customer_gateway" "depot" {
  type       = "ipsec.1"
  ip_address = "203.0.113.92"
  bgp_asn    = 65092
}

resource "aws_vpn_connection" "depot" {
  type                = "ipsec.1"
  customer_gateway_id = aws_customer_gateway.depot.id
  transit_gateway_id  = aws_ec2_transit_gateway.hub.id
  enable_acceleration = true
}

output "tunnels" {
  value     = [aws_vpn_connection.plant.tunnel1_address, aws_vpn_connection.plant.tunnel1_bgp_asn, aws_vpn_connection.depot.transit_gateway_attachment_id]
  sensitive = true
}
