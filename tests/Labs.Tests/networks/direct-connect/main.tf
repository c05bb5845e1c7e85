# All of Direct Connect that Terraform has: ports, a bundle, virtual interfaces of all types for oneself and for another account, gateways,
# proposals, and a connection that a partner hosts.
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

# The account with the ports.
provider "aws" {}

# A tenant: another account, which gets virtual interfaces and brings gateways.
provider "aws" {
  alias      = "tenant"
  access_key = var.tenant
  secret_key = "any"
}

variable "tenant" {
  type = string
}

# Of a partner; the provider has no resource for it.
variable "interconnect" {
  type = string
}

data "aws_caller_identity" "owner" {}

data "aws_dx_locations" "all" {}

data "aws_dx_location" "first" {
  location_code = "EqDC2"
}

# Ports.

resource "aws_dx_connection" "plain" {
  name      = "plain"
  bandwidth = "1Gbps"
  location  = data.aws_dx_location.first.location_code
  tags      = { Name = "plain" }
}

resource "aws_dx_connection" "secure" {
  name            = "secure"
  bandwidth       = "10Gbps"
  location        = data.aws_dx_location.first.location_code
  provider_name   = "Equinix, Inc."
  request_macsec  = true
  encryption_mode = "should_encrypt"
}

resource "aws_dx_macsec_key_association" "secure" {
  connection_id = aws_dx_connection.secure.id
  ckn           = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  cak           = "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
}

resource "aws_dx_lag" "bundle" {
  name                  = "bundle"
  connections_bandwidth = "10Gbps"
  location              = data.aws_dx_location.first.location_code
  force_destroy         = true
  tags                  = { Name = "bundle" }
}

resource "aws_dx_connection" "member" {
  name      = "member"
  bandwidth = "10Gbps"
  location  = data.aws_dx_location.first.location_code
}

resource "aws_dx_connection_association" "member" {
  connection_id = aws_dx_connection.member.id
  lag_id        = aws_dx_lag.bundle.id
}

data "aws_dx_connection" "plain" {
  name = aws_dx_connection.plain.name
}

# Gateways: one with private, one with transit virtual interfaces.

resource "aws_dx_gateway" "private" {
  name            = "private"
  amazon_side_asn = "64512"
}

resource "aws_dx_gateway" "transit" {
  name            = "transit"
  amazon_side_asn = "64513"
}

data "aws_dx_gateway" "transit" {
  name = aws_dx_gateway.transit.name
}

resource "aws_vpc" "main" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_vpn_gateway" "main" {
  vpc_id          = aws_vpc.main.id
  amazon_side_asn = "64600"
}

resource "aws_vpn_gateway" "direct" {
  amazon_side_asn = "64601"
}

resource "aws_dx_gateway_association" "exit" {
  dx_gateway_id         = aws_dx_gateway.private.id
  associated_gateway_id = aws_vpn_gateway.main.id
}

resource "aws_ec2_transit_gateway" "hub" {
  amazon_side_asn = 64700
}

resource "aws_dx_gateway_association" "hub" {
  dx_gateway_id         = aws_dx_gateway.transit.id
  associated_gateway_id = aws_ec2_transit_gateway.hub.id
  allowed_prefixes      = ["10.8.0.0/14", "10.1.0.0/16"]
}

# The tenant's gateway on the owner's Direct Connect gateway.

resource "aws_vpc" "tenant" {
  provider   = aws.tenant
  cidr_block = "10.2.0.0/16"
}

resource "aws_vpn_gateway" "tenant" {
  provider = aws.tenant
  vpc_id   = aws_vpc.tenant.id
}

resource "aws_dx_gateway_association_proposal" "tenant" {
  provider                    = aws.tenant
  dx_gateway_id               = aws_dx_gateway.private.id
  dx_gateway_owner_account_id = data.aws_caller_identity.owner.account_id
  associated_gateway_id       = aws_vpn_gateway.tenant.id
}

resource "aws_dx_gateway_association" "tenant" {
  proposal_id                         = aws_dx_gateway_association_proposal.tenant.id
  dx_gateway_id                       = aws_dx_gateway.private.id
  associated_gateway_owner_account_id = var.tenant
  allowed_prefixes                    = ["10.2.0.0/15"]
}

# Virtual interfaces of one's own.

resource "aws_dx_private_virtual_interface" "gateway" {
  connection_id  = aws_dx_connection.plain.id
  name           = "private-gateway"
  vlan           = 101
  address_family = "ipv4"
  bgp_asn        = 65001
  dx_gateway_id  = aws_dx_gateway.private.id
  mtu            = 9001
  tags           = { Name = "private-gateway" }
}

resource "aws_dx_bgp_peer" "v6" {
  virtual_interface_id = aws_dx_private_virtual_interface.gateway.id
  address_family       = "ipv6"
  bgp_asn              = 65001
}

resource "aws_dx_private_virtual_interface" "direct" {
  connection_id    = aws_dx_connection.plain.id
  name             = "private-direct"
  vlan             = 102
  address_family   = "ipv4"
  bgp_asn          = 65001
  vpn_gateway_id   = aws_vpn_gateway.direct.id
  amazon_address   = "169.254.40.1/30"
  customer_address = "169.254.40.2/30"
  bgp_auth_key     = "not-so-secret"
}

resource "aws_dx_public_virtual_interface" "public" {
  connection_id         = aws_dx_connection.plain.id
  name                  = "public"
  vlan                  = 103
  address_family        = "ipv4"
  bgp_asn               = 65001
  amazon_address        = "203.0.113.1/30"
  customer_address      = "203.0.113.2/30"
  route_filter_prefixes = ["198.51.100.0/24", "192.0.2.0/24"]
}

resource "aws_dx_transit_virtual_interface" "transit" {
  connection_id  = aws_dx_lag.bundle.id
  name           = "transit"
  vlan           = 104
  address_family = "ipv4"
  bgp_asn        = 65001
  dx_gateway_id  = aws_dx_gateway.transit.id
  mtu            = 8500
  depends_on     = [aws_dx_connection_association.member]
}

data "aws_dx_router_configuration" "direct" {
  virtual_interface_id   = aws_dx_private_virtual_interface.direct.id
  router_type_identifier = "CiscoSystemsInc-2900SeriesRouters-IOS124"
}

# Virtual interfaces for the tenant, and how it accepts them.

resource "aws_dx_gateway" "tenant" {
  provider        = aws.tenant
  name            = "tenant"
  amazon_side_asn = "64800"
}

resource "aws_dx_gateway" "tenant_transit" {
  provider        = aws.tenant
  name            = "tenant-transit"
  amazon_side_asn = "64801"
}

resource "aws_dx_hosted_private_virtual_interface" "tenant" {
  connection_id    = aws_dx_connection.plain.id
  owner_account_id = var.tenant
  name             = "tenant-private"
  vlan             = 201
  address_family   = "ipv4"
  bgp_asn          = 65002

  # The tenant's gateways are deleted after it, since accepters do nothing when they are destroyed.
  depends_on = [aws_dx_gateway.tenant]
}

resource "aws_dx_hosted_private_virtual_interface_accepter" "tenant" {
  provider             = aws.tenant
  virtual_interface_id = aws_dx_hosted_private_virtual_interface.tenant.id
  dx_gateway_id        = aws_dx_gateway.tenant.id
  tags                 = { Side = "tenant" }
}

resource "aws_dx_hosted_public_virtual_interface" "tenant" {
  connection_id         = aws_dx_connection.plain.id
  owner_account_id      = var.tenant
  name                  = "tenant-public"
  vlan                  = 202
  address_family        = "ipv4"
  bgp_asn               = 65002
  amazon_address        = "203.0.113.9/30"
  customer_address      = "203.0.113.10/30"
  route_filter_prefixes = ["192.0.2.128/25"]
}

resource "aws_dx_hosted_public_virtual_interface_accepter" "tenant" {
  provider             = aws.tenant
  virtual_interface_id = aws_dx_hosted_public_virtual_interface.tenant.id
}

resource "aws_dx_hosted_transit_virtual_interface" "tenant" {
  connection_id    = aws_dx_lag.bundle.id
  owner_account_id = var.tenant
  name             = "tenant-transit"
  vlan             = 203
  address_family   = "ipv4"
  bgp_asn          = 65002
  depends_on       = [aws_dx_gateway.tenant_transit, aws_dx_connection_association.member]
}

resource "aws_dx_hosted_transit_virtual_interface_accepter" "tenant" {
  provider             = aws.tenant
  virtual_interface_id = aws_dx_hosted_transit_virtual_interface.tenant.id
  dx_gateway_id        = aws_dx_gateway.tenant_transit.id
}

# A part of a partner's port.

resource "aws_dx_hosted_connection" "tenant" {
  connection_id    = var.interconnect
  owner_account_id = var.tenant
  name             = "hosted"
  bandwidth        = "500Mbps"
  vlan             = 301
}

resource "aws_dx_connection_confirmation" "tenant" {
  provider      = aws.tenant
  connection_id = aws_dx_hosted_connection.tenant.id
}

resource "aws_dx_private_virtual_interface" "hosted" {
  provider       = aws.tenant
  connection_id  = aws_dx_connection_confirmation.tenant.id
  name           = "on-hosted"
  vlan           = 301
  address_family = "ipv4"
  bgp_asn        = 65003
  dx_gateway_id  = aws_dx_gateway.tenant.id
}

output "locations" {
  value = data.aws_dx_locations.all.location_codes
}

output "exit_prefixes" {
  value = aws_dx_gateway_association.exit.allowed_prefixes
}

output "router" {
  value = data.aws_dx_router_configuration.direct.router[0].platform
}

output "plain_connection" {
  value = data.aws_dx_connection.plain.id
}
