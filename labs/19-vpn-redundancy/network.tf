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
    cidr_blocks = ["192.168.0.0/16"]
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

resource "aws_vpn_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "vgw" }
}

# Two routers of one data centre: two customer gateways, two connections, four tunnels.
resource "aws_customer_gateway" "dc" {
  for_each   = { one = "198.51.100.11", two = "198.51.100.12" }
  ip_address = each.value
  bgp_asn    = 65010
  type       = "ipsec.1"
  tags       = { Name = each.key }
}

resource "aws_vpn_connection" "dc" {
  for_each            = aws_customer_gateway.dc
  vpn_gateway_id      = aws_vpn_gateway.main.id
  customer_gateway_id = each.value.id
  type                = "ipsec.1"
  tags                = { Name = "vpn-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id           = aws_vpc.main.id
  propagating_vgws = [aws_vpn_gateway.main.id]
  tags             = { Name = "private" }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

output "one" {
  value = aws_vpn_connection.dc["one"].id
}

output "two" {
  value = aws_vpn_connection.dc["two"].id
}
