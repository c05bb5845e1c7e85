terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

# Unchanged: `trunkline env` points it here with AWS_ENDPOINT_URL, and gives it an account and a region.
provider "aws" {}

# Whether the routes of blue's first network are propagated into the red table.
variable "leak" {
  type    = bool
  default = false
}

# Whether red's way to the shared network is cut by a black hole.
variable "cut" {
  type    = bool
  default = false
}

# A network whose own table has no route to the gateway; "" where every one has.
variable "forgotten" {
  type    = string
  default = ""
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

locals {
  # Six networks: A and B are red, C to E are blue, and one serves all.
  networks = {
    a      = { block = "10.1.0.0/16", colour = "red" }
    b      = { block = "10.2.0.0/16", colour = "red" }
    c      = { block = "10.3.0.0/16", colour = "blue" }
    d      = { block = "10.4.0.0/16", colour = "blue" }
    e      = { block = "10.5.0.0/16", colour = "blue" }
    shared = { block = "10.9.0.0/16", colour = "shared" }
  }

  # Whose networks each table learns: its own colour's and the shared one; the shared table learns all.
  learned = merge(
    { for name, n in local.networks : "red ${name}" => { table = "red", network = name } if contains(["red", "shared"], n.colour) },
    { for name, n in local.networks : "blue ${name}" => { table = "blue", network = name } if contains(["blue", "shared"], n.colour) },
    { for name, n in local.networks : "shared ${name}" => { table = "shared", network = name } },
    var.leak ? { "red c" = { table = "red", network = "c" } } : {},
  )
}

resource "aws_vpc" "each" {
  for_each   = local.networks
  cidr_block = each.value.block
  tags       = { Name = each.key }
}

resource "aws_subnet" "each" {
  for_each          = local.networks
  vpc_id            = aws_vpc.each[each.key].id
  cidr_block        = cidrsubnet(each.value.block, 8, 0)
  availability_zone = "us-east-1a"
  tags              = { Name = each.key }
}

resource "aws_security_group" "each" {
  for_each    = local.networks
  name        = "any"
  description = "Everything: routes alone decide in this lab"
  vpc_id      = aws_vpc.each[each.key].id
  tags        = { Name = each.key }

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# One machine a network, named as the network: `a`, `b` ... `shared`.
resource "aws_instance" "each" {
  for_each               = local.networks
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.each[each.key].id
  private_ip             = cidrhost(aws_subnet.each[each.key].cidr_block, 10)
  vpc_security_group_ids = [aws_security_group.each[each.key].id]
  tags                   = { Name = each.key }
}

resource "aws_ec2_transit_gateway" "hub" {
  description                     = "hub"
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
  tags                            = { Name = "hub" }
}

resource "aws_ec2_transit_gateway_vpc_attachment" "each" {
  for_each                                        = local.networks
  transit_gateway_id                              = aws_ec2_transit_gateway.hub.id
  vpc_id                                          = aws_vpc.each[each.key].id
  subnet_ids                                      = [aws_subnet.each[each.key].id]
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
  tags                                            = { Name = "to-${each.key}" }

  # The gateway's interface takes an address too: the machine's is fixed, and comes first.
  depends_on = [aws_instance.each]
}

# A VPC's table has to be told: an attachment alone adds no route there.
resource "aws_route" "to_hub" {
  for_each               = { for name, n in local.networks : name => n if name != var.forgotten }
  route_table_id         = aws_vpc.each[each.key].main_route_table_id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = aws_ec2_transit_gateway_vpc_attachment.each[each.key].transit_gateway_id
}

resource "aws_ec2_transit_gateway_route_table" "each" {
  for_each           = toset(["red", "blue", "shared"])
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  tags               = { Name = each.key }
}

# Association: which table decides on what comes from a network.
resource "aws_ec2_transit_gateway_route_table_association" "each" {
  for_each                       = local.networks
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.each[each.key].id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.each[each.value.colour].id
}

# Propagation: which tables learn the way to a network.
resource "aws_ec2_transit_gateway_route_table_propagation" "each" {
  for_each                       = local.learned
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.each[each.value.network].id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.each[each.value.table].id
}

resource "aws_ec2_transit_gateway_route" "cut" {
  count                          = var.cut ? 1 : 0
  destination_cidr_block         = local.networks.shared.block
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.each["red"].id
}

# The data centre: two routers, two VPN connections, four tunnels, attached once for all networks.
resource "aws_customer_gateway" "dc" {
  for_each   = { one = "198.51.100.11", two = "198.51.100.12" }
  ip_address = each.value
  bgp_asn    = 65010
  type       = "ipsec.1"
  tags       = { Name = each.key }
}

resource "aws_vpn_connection" "dc" {
  for_each            = aws_customer_gateway.dc
  transit_gateway_id  = aws_ec2_transit_gateway.hub.id
  customer_gateway_id = each.value.id
  type                = "ipsec.1"
  tags                = { Name = "vpn-${each.key}" }
}

resource "aws_ec2_transit_gateway_route_table_association" "dc" {
  for_each                       = aws_vpn_connection.dc
  transit_gateway_attachment_id  = each.value.transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.each["shared"].id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "dc" {
  for_each                       = { for pair in setproduct(["one", "two"], ["red", "blue", "shared"]) : join(" ", pair) => pair }
  transit_gateway_attachment_id  = aws_vpn_connection.dc[each.value[0]].transit_gateway_attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.each[each.value[1]].id
}

resource "aws_route" "to_dc" {
  for_each               = { for name, n in local.networks : name => n if name != var.forgotten }
  route_table_id         = aws_vpc.each[each.key].main_route_table_id
  destination_cidr_block = "192.168.0.0/16"
  transit_gateway_id     = aws_ec2_transit_gateway_vpc_attachment.each[each.key].transit_gateway_id
}
