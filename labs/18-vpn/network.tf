terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {}

# Whether the VPC's table takes the routes that the VPN gateway has learned.
variable "propagate" {
  type    = bool
  default = true
}

# Routes by BGP, or written by hand on both sides.
variable "static" {
  type    = bool
  default = false
}

# Whether a router of one's own stands in the way, by routes that are written by hand.
variable "detour" {
  type    = bool
  default = false
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main" }
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
  tags       = { Name = "private" }
}

resource "aws_security_group" "server" {
  name   = "server"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["192.168.0.0/16", "172.16.0.0/16"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "server" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.private.id
  private_ip             = "10.0.1.10"
  vpc_security_group_ids = [aws_security_group.server.id]
  tags                   = { Name = "server" }
}

# AWS's end: the VPN gateway, with an ASN of one's own.
resource "aws_vpn_gateway" "main" {
  vpc_id          = aws_vpc.main.id
  amazon_side_asn = 64620
  tags            = { Name = "vgw" }
}

# What AWS is told of the customer's end: where the router is, and its ASN.
resource "aws_customer_gateway" "dc" {
  ip_address = "198.51.100.10"
  bgp_asn    = 65010
  type       = "ipsec.1"
  tags       = { Name = "dc" }
}

resource "aws_vpn_connection" "dc" {
  vpn_gateway_id      = aws_vpn_gateway.main.id
  customer_gateway_id = aws_customer_gateway.dc.id
  type                = "ipsec.1"
  static_routes_only  = var.static
  tags                = { Name = "dc" }
}

resource "aws_vpn_connection_route" "dc" {
  count                  = var.static ? 1 : 0
  vpn_connection_id      = aws_vpn_connection.dc.id
  destination_cidr_block = "192.168.0.0/24"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "private" }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpn_gateway_route_propagation" "private" {
  count          = var.propagate ? 1 : 0
  vpn_gateway_id = aws_vpn_gateway.main.id
  route_table_id = aws_route_table.private.id
}

# A detour: an instance that passes packets on, in a subnet whose table has the propagated routes only.
resource "aws_subnet" "detour" {
  count      = var.detour ? 1 : 0
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.2.0/24"
  tags       = { Name = "detour" }
}

resource "aws_security_group" "detour" {
  count  = var.detour ? 1 : 0
  name   = "detour"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "detour" {
  count                  = var.detour ? 1 : 0
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.detour[0].id
  private_ip             = "10.0.2.10"
  source_dest_check      = false
  vpc_security_group_ids = [aws_security_group.detour[0].id]
  tags                   = { Name = "detour" }
}

resource "aws_route_table" "detour" {
  count            = var.detour ? 1 : 0
  vpc_id           = aws_vpc.main.id
  propagating_vgws = [aws_vpn_gateway.main.id]
  tags             = { Name = "detour" }
}

resource "aws_route_table_association" "detour" {
  count          = var.detour ? 1 : 0
  subnet_id      = aws_subnet.detour[0].id
  route_table_id = aws_route_table.detour[0].id
}

# One is as long as a propagated route, the other is shorter.
resource "aws_route" "detour" {
  for_each               = var.detour ? toset(["192.168.1.0/24", "192.168.0.0/16"]) : []
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = each.value
  network_interface_id   = aws_instance.detour[0].primary_network_interface_id
}

output "connection" {
  value = aws_vpn_connection.dc.id
}
