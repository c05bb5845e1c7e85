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

# The ASN that AWS is told of the customer's router; the router's own is in world.yaml.
variable "customer_asn" {
  type    = number
  default = 65010
}

# What the Direct Connect gateway announces of the VPC.
variable "allowed_prefixes" {
  type    = list(string)
  default = ["10.1.0.0/16"]
}

# Whether a VPN to the same router stands by.
variable "standby" {
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

# The port, in a building where the customer has a router.
resource "aws_dx_connection" "port" {
  name      = "port"
  bandwidth = "1Gbps"
  location  = "EqDC2"
}

# The private way: one VLAN of the port, to a Direct Connect gateway, to the VPC's gateway.
resource "aws_dx_gateway" "main" {
  name            = "main"
  amazon_side_asn = "64512"
}

resource "aws_dx_private_virtual_interface" "private" {
  connection_id    = aws_dx_connection.port.id
  name             = "private"
  vlan             = 101
  address_family   = "ipv4"
  bgp_asn          = var.customer_asn
  amazon_address   = "169.254.40.1/30"
  customer_address = "169.254.40.2/30"
  dx_gateway_id    = aws_dx_gateway.main.id
}

resource "aws_vpn_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "main" }
}

resource "aws_dx_gateway_association" "main" {
  dx_gateway_id         = aws_dx_gateway.main.id
  associated_gateway_id = aws_vpn_gateway.main.id
  allowed_prefixes      = var.allowed_prefixes
}

# The public way: another VLAN of the same port, to AWS's public addresses.
resource "aws_dx_public_virtual_interface" "public" {
  connection_id         = aws_dx_connection.port.id
  name                  = "public"
  vlan                  = 102
  address_family        = "ipv4"
  bgp_asn               = var.customer_asn
  amazon_address        = "203.0.113.1/30"
  customer_address      = "203.0.113.2/30"
  route_filter_prefixes = ["198.51.100.0/24"]
}

# The VPC. What is learned is propagated into its table; no route to the data centre is written by hand.
resource "aws_vpc" "main" {
  cidr_block = "10.1.0.0/16"
  tags       = { Name = "main" }
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.1.1.0/24"
  tags       = { Name = "app" }
}

resource "aws_route_table" "app" {
  vpc_id           = aws_vpc.main.id
  propagating_vgws = [aws_vpn_gateway.main.id]
  tags             = { Name = "app" }
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_security_group" "all" {
  name   = "all"
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

resource "aws_instance" "server" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  private_ip             = "10.1.1.10"
  vpc_security_group_ids = [aws_security_group.all.id]
  tags                   = { Name = "server" }
}

# A subnet of the internet's, with a machine that has a public address.
resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "igw" }
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.1.2.0/24"
  tags       = { Name = "public" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "public" }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_instance" "web" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.public.id
  private_ip                  = "10.1.2.10"
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.all.id]
  tags                        = { Name = "web" }
}

# The way that stands by: a VPN to the same router, over the internet.
resource "aws_customer_gateway" "edge" {
  count      = var.standby ? 1 : 0
  ip_address = "192.0.2.10"
  bgp_asn    = 65010
  type       = "ipsec.1"
  tags       = { Name = "edge" }
}

resource "aws_vpn_connection" "standby" {
  count               = var.standby ? 1 : 0
  vpn_gateway_id      = aws_vpn_gateway.main.id
  customer_gateway_id = aws_customer_gateway.edge[0].id
  type                = "ipsec.1"
  tags                = { Name = "standby" }
}

output "web" {
  value = aws_instance.web.id
}

output "web_public" {
  value = aws_instance.web.public_ip
}

output "server" {
  value = aws_instance.server.id
}

output "private" {
  value = aws_dx_private_virtual_interface.private.id
}

output "public" {
  value = aws_dx_public_virtual_interface.public.id
}
