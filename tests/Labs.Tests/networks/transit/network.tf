terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

# The network team: owns the hub.
provider "aws" {}

# An account that attaches a VPC of its own.
provider "aws" {
  alias      = "member"
  access_key = "100000000164"
  secret_key = "any"
}

# The network team in another region.
provider "aws" {
  alias  = "far"
  region = "eu-west-1"
}

data "aws_caller_identity" "member" {
  provider = aws.member
}

data "aws_caller_identity" "hub" {}

resource "aws_ec2_transit_gateway" "hub" {
  description                     = "hub"
  amazon_side_asn                 = 64520
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
  transit_gateway_cidr_blocks     = ["10.255.0.0/24"]
  tags                            = { Name = "hub" }
}

resource "aws_ec2_transit_gateway" "far" {
  provider        = aws.far
  amazon_side_asn = 64521
}

resource "aws_ram_resource_share" "hub" {
  name                      = "hub"
  allow_external_principals = true
}

resource "aws_ram_resource_association" "hub" {
  resource_arn       = aws_ec2_transit_gateway.hub.arn
  resource_share_arn = aws_ram_resource_share.hub.arn
}

resource "aws_ram_principal_association" "member" {
  principal          = data.aws_caller_identity.member.account_id
  resource_share_arn = aws_ram_resource_share.hub.arn
}

resource "aws_ram_resource_share_accepter" "member" {
  provider   = aws.member
  share_arn  = aws_ram_principal_association.member.resource_share_arn
  depends_on = [aws_ram_resource_association.hub]
}

# Three VPCs: the hub's own, the member's, and one in the other region.
resource "aws_vpc" "app" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "app" {
  for_each          = { a = "10.1.0.0/24", b = "10.1.1.0/24" }
  vpc_id            = aws_vpc.app.id
  cidr_block        = each.value
  availability_zone = "us-east-1${each.key}"
}

resource "aws_vpc" "member" {
  provider   = aws.member
  cidr_block = "10.2.0.0/16"
}

resource "aws_subnet" "member" {
  provider   = aws.member
  vpc_id     = aws_vpc.member.id
  cidr_block = "10.2.0.0/24"
}

resource "aws_vpc" "far" {
  provider   = aws.far
  cidr_block = "10.3.0.0/16"
}

resource "aws_subnet" "far" {
  provider   = aws.far
  vpc_id     = aws_vpc.far.id
  cidr_block = "10.3.0.0/24"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "app" {
  transit_gateway_id                              = aws_ec2_transit_gateway.hub.id
  vpc_id                                          = aws_vpc.app.id
  subnet_ids                                      = [for s in aws_subnet.app : s.id]
  appliance_mode_support                          = "enable"
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
  tags                                            = { Name = "app" }
}

resource "aws_ec2_transit_gateway_vpc_attachment" "member" {
  provider           = aws.member
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.member.id
  subnet_ids         = [aws_subnet.member.id]
  tags               = { Name = "of the member" }
  depends_on         = [aws_ram_resource_share_accepter.member]
}

resource "aws_ec2_transit_gateway_vpc_attachment_accepter" "member" {
  transit_gateway_attachment_id                   = aws_ec2_transit_gateway_vpc_attachment.member.id
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
  tags                                            = { Name = "of the hub" }
}

resource "aws_ec2_transit_gateway_vpc_attachment" "far" {
  provider           = aws.far
  transit_gateway_id = aws_ec2_transit_gateway.far.id
  vpc_id             = aws_vpc.far.id
  subnet_ids         = [aws_subnet.far.id]
}

resource "aws_ec2_transit_gateway_peering_attachment" "far" {
  transit_gateway_id      = aws_ec2_transit_gateway.hub.id
  peer_transit_gateway_id = aws_ec2_transit_gateway.far.id
  peer_account_id         = data.aws_caller_identity.hub.account_id
  peer_region             = "eu-west-1"
  tags                    = { Side = "requester" }
}

resource "aws_ec2_transit_gateway_peering_attachment_accepter" "far" {
  provider                      = aws.far
  transit_gateway_attachment_id = aws_ec2_transit_gateway_peering_attachment.far.id
  tags                          = { Side = "accepter" }
}

resource "aws_ec2_transit_gateway_connect" "appliance" {
  transit_gateway_id                              = aws_ec2_transit_gateway.hub.id
  transport_attachment_id                         = aws_ec2_transit_gateway_vpc_attachment.app.id
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
}

resource "aws_ec2_transit_gateway_connect_peer" "appliance" {
  transit_gateway_attachment_id = aws_ec2_transit_gateway_connect.appliance.id
  peer_address                  = "10.1.0.10"
  bgp_asn                       = "65010"
  inside_cidr_blocks            = ["169.254.100.0/29"]
}

resource "aws_ec2_transit_gateway_route_table" "all" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  tags               = { Name = "all" }
}

resource "aws_ec2_transit_gateway_route_table_association" "all" {
  for_each = {
    app     = aws_ec2_transit_gateway_vpc_attachment.app.id
    member  = aws_ec2_transit_gateway_vpc_attachment_accepter.member.id
    peering = aws_ec2_transit_gateway_peering_attachment_accepter.far.id
    connect = aws_ec2_transit_gateway_connect.appliance.id
  }
  transit_gateway_attachment_id  = each.value
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.all.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "all" {
  for_each = {
    app    = aws_ec2_transit_gateway_vpc_attachment.app.id
    member = aws_ec2_transit_gateway_vpc_attachment_accepter.member.id
  }
  transit_gateway_attachment_id  = each.value
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.all.id
}

resource "aws_ec2_transit_gateway_route" "far" {
  destination_cidr_block         = "10.3.0.0/16"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_peering_attachment_accepter.far.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.all.id
}

resource "aws_ec2_transit_gateway_route" "nowhere" {
  destination_cidr_block         = "192.168.0.0/16"
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.all.id
}

resource "aws_ec2_transit_gateway_route" "back" {
  provider                       = aws.far
  destination_cidr_block         = "10.0.0.0/8"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_peering_attachment_accepter.far.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway.far.association_default_route_table_id
}

resource "aws_ec2_managed_prefix_list" "partners" {
  name           = "partners"
  address_family = "IPv4"
  max_entries    = 2
  entry { cidr = "172.16.0.0/16" }
}

resource "aws_ec2_transit_gateway_prefix_list_reference" "partners" {
  prefix_list_id                 = aws_ec2_managed_prefix_list.partners.id
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.app.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.all.id
}

resource "aws_route" "app" {
  route_table_id         = aws_vpc.app.main_route_table_id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = aws_ec2_transit_gateway.hub.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.app]
}

resource "aws_route" "member" {
  provider               = aws.member
  route_table_id         = aws_vpc.member.main_route_table_id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = aws_ec2_transit_gateway.hub.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment_accepter.member]
}

data "aws_ec2_transit_gateway" "hub" {
  filter {
    name   = "options.amazon-side-asn"
    values = ["64520"]
  }
  depends_on = [aws_ec2_transit_gateway.hub]
}

data "aws_ec2_transit_gateway" "seen_by_member" {
  provider   = aws.member
  id         = aws_ec2_transit_gateway.hub.id
  depends_on = [aws_ram_resource_share_accepter.member]
}

data "aws_ec2_transit_gateway_vpc_attachment" "app" {
  id = aws_ec2_transit_gateway_vpc_attachment.app.id
}

data "aws_ec2_transit_gateway_attachment" "peering" {
  filter {
    name   = "resource-type"
    values = ["peering"]
  }
  depends_on = [aws_ec2_transit_gateway_peering_attachment_accepter.far]
}

data "aws_ec2_transit_gateway_peering_attachment" "far" {
  provider = aws.far
  id       = aws_ec2_transit_gateway_peering_attachment_accepter.far.id
}

data "aws_ec2_transit_gateway_route_table" "all" {
  id = aws_ec2_transit_gateway_route_table.all.id
}

data "aws_ec2_transit_gateway_route_table_associations" "all" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.all.id
  depends_on                     = [aws_ec2_transit_gateway_route_table_association.all]
}

data "aws_ec2_transit_gateway_route_table_propagations" "all" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.all.id
  depends_on                     = [aws_ec2_transit_gateway_route_table_propagation.all]
}

data "aws_ec2_transit_gateway_route_table_routes" "all" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.all.id
  filter {
    name   = "type"
    values = ["static", "propagated"]
  }
  depends_on = [
    aws_ec2_transit_gateway_route.far, aws_ec2_transit_gateway_route.nowhere, aws_ec2_transit_gateway_route_table_propagation.all,
    aws_ec2_transit_gateway_prefix_list_reference.partners,
  ]
}

data "aws_ec2_transit_gateway_connect" "appliance" {
  transit_gateway_connect_id = aws_ec2_transit_gateway_connect.appliance.id
}

data "aws_ec2_transit_gateway_connect_peer" "appliance" {
  transit_gateway_connect_peer_id = aws_ec2_transit_gateway_connect_peer.appliance.id
}

output "found" {
  value = data.aws_ec2_transit_gateway.hub.id == aws_ec2_transit_gateway.hub.id
}

output "owner_seen_by_member" {
  value = data.aws_ec2_transit_gateway.seen_by_member.owner_id
}

output "appliance_mode" {
  value = data.aws_ec2_transit_gateway_vpc_attachment.app.appliance_mode_support
}

output "peer" {
  value = "${data.aws_ec2_transit_gateway_attachment.peering.resource_id == aws_ec2_transit_gateway.far.id} ${data.aws_ec2_transit_gateway_peering_attachment.far.peer_region}"
}

output "default_table" {
  value = data.aws_ec2_transit_gateway_route_table.all.default_association_route_table
}

output "associations" {
  value = length(data.aws_ec2_transit_gateway_route_table_associations.all.ids)
}

output "propagations" {
  value = length(data.aws_ec2_transit_gateway_route_table_propagations.all.ids)
}

output "routes" {
  value = join(" ", [for r in data.aws_ec2_transit_gateway_route_table_routes.all.routes : "${r.destination_cidr_block}:${r.type}:${r.state}"])
}

output "connect" {
  value = "${data.aws_ec2_transit_gateway_connect.appliance.protocol} ${data.aws_ec2_transit_gateway_connect_peer.appliance.transit_gateway_address}"
}
