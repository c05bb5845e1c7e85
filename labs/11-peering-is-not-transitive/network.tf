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

# Whether a and c have a peering of their own.
variable "direct" {
  type    = bool
  default = false
}

data "aws_region" "here" {}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

locals {
  networks = { a = "10.0", b = "10.1", c = "10.2" }
}

# Three networks in a row: a - b - c.
resource "aws_vpc" "net" {
  for_each             = local.networks
  cidr_block           = "${each.value}.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = each.key }
}

resource "aws_subnet" "net" {
  for_each   = local.networks
  vpc_id     = aws_vpc.net[each.key].id
  cidr_block = "${each.value}.0.0/24"
  tags       = { Name = each.key }
}

resource "aws_security_group" "any" {
  for_each    = local.networks
  name        = "any"
  description = "Everything"
  vpc_id      = aws_vpc.net[each.key].id
  tags        = { Name = "any-${each.key}" }

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

resource "aws_instance" "machine" {
  for_each               = local.networks
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.net[each.key].id
  private_ip             = "${each.value}.0.10"
  vpc_security_group_ids = [aws_security_group.any[each.key].id]
  tags                   = { Name = each.key }
}

resource "aws_vpc_peering_connection" "ab" {
  vpc_id      = aws_vpc.net["a"].id
  peer_vpc_id = aws_vpc.net["b"].id
  auto_accept = true
  tags        = { Name = "a-b" }
}

resource "aws_vpc_peering_connection" "bc" {
  vpc_id      = aws_vpc.net["b"].id
  peer_vpc_id = aws_vpc.net["c"].id
  auto_accept = true
  tags        = { Name = "b-c" }
}

resource "aws_vpc_peering_connection" "ac" {
  count       = var.direct ? 1 : 0
  vpc_id      = aws_vpc.net["a"].id
  peer_vpc_id = aws_vpc.net["c"].id
  auto_accept = true
  tags        = { Name = "a-c" }
}

# a hopes that b passes everything on: its default route is the peering.
resource "aws_route" "a_default" {
  route_table_id            = aws_vpc.net["a"].main_route_table_id
  destination_cidr_block    = "0.0.0.0/0"
  vpc_peering_connection_id = aws_vpc_peering_connection.ab.id
}

resource "aws_route" "a_to_c" {
  count                     = var.direct ? 1 : 0
  route_table_id            = aws_vpc.net["a"].main_route_table_id
  destination_cidr_block    = "10.2.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.ac[0].id
}

resource "aws_route" "c_to_a" {
  route_table_id            = aws_vpc.net["c"].main_route_table_id
  destination_cidr_block    = "10.0.0.0/16"
  vpc_peering_connection_id = var.direct ? aws_vpc_peering_connection.ac[0].id : aws_vpc_peering_connection.bc.id
}

resource "aws_route" "c_to_b" {
  route_table_id            = aws_vpc.net["c"].main_route_table_id
  destination_cidr_block    = "10.1.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.bc.id
}

# b has all that a would like to use: a NAT gateway, a gateway endpoint for S3, a VPN to the office.
resource "aws_internet_gateway" "b" {
  vpc_id = aws_vpc.net["b"].id
  tags   = { Name = "b" }
}

resource "aws_subnet" "b_public" {
  vpc_id     = aws_vpc.net["b"].id
  cidr_block = "10.1.1.0/24"
  tags       = { Name = "b-public" }
}

resource "aws_route_table" "b_public" {
  vpc_id = aws_vpc.net["b"].id
  tags   = { Name = "b-public" }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.b.id
  }
}

resource "aws_route_table_association" "b_public" {
  subnet_id      = aws_subnet.b_public.id
  route_table_id = aws_route_table.b_public.id
}

resource "aws_eip" "b" {
  domain = "vpc"
}

resource "aws_nat_gateway" "b" {
  subnet_id     = aws_subnet.b_public.id
  allocation_id = aws_eip.b.id
  tags          = { Name = "b" }
  depends_on    = [aws_internet_gateway.b]
}

resource "aws_route" "b_to_a" {
  route_table_id            = aws_vpc.net["b"].main_route_table_id
  destination_cidr_block    = "10.0.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.ab.id
}

resource "aws_route" "b_to_c" {
  route_table_id            = aws_vpc.net["b"].main_route_table_id
  destination_cidr_block    = "10.2.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.bc.id
}

resource "aws_route" "b_default" {
  route_table_id         = aws_vpc.net["b"].main_route_table_id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.b.id
}

# Beside the NAT gateway stands a machine with a public address: it uses the internet gateway itself.
resource "aws_instance" "web" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.b_public.id
  private_ip                  = "10.1.1.10"
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.any["b"].id]
  tags                        = { Name = "web" }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.net["b"].id
  service_name    = "com.amazonaws.${data.aws_region.here.name}.s3"
  route_table_ids = [aws_vpc.net["b"].main_route_table_id]
  tags            = { Name = "s3" }
}

resource "aws_vpn_gateway" "b" {
  vpc_id = aws_vpc.net["b"].id
  tags   = { Name = "b" }
}

resource "aws_customer_gateway" "office" {
  type       = "ipsec.1"
  ip_address = "203.0.113.11"
  bgp_asn    = 65000
  tags       = { Name = "office" }
}

resource "aws_vpn_connection" "office" {
  type                = "ipsec.1"
  customer_gateway_id = aws_customer_gateway.office.id
  vpn_gateway_id      = aws_vpn_gateway.b.id
  static_routes_only  = true
  tags                = { Name = "office" }
}

resource "aws_vpn_connection_route" "office" {
  vpn_connection_id      = aws_vpn_connection.office.id
  destination_cidr_block = "192.168.0.0/16"
}

resource "aws_vpn_gateway_route_propagation" "b" {
  vpn_gateway_id = aws_vpn_gateway.b.id
  route_table_id = aws_vpc.net["b"].main_route_table_id
}

output "a" {
  value = aws_instance.machine["a"].id
}

output "b" {
  value = aws_instance.machine["b"].id
}

output "c" {
  value = aws_instance.machine["c"].id
}

output "web" {
  value = aws_instance.web.id
}

output "s3" {
  value = "s3.${data.aws_region.here.name}.amazonaws.com"
}
