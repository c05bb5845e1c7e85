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

# One of the spokes is in another region.
provider "aws" {
  alias  = "far"
  region = "eu-west-1"
}

# Whether the table of spoke c takes what its VPN gateway has learned.
variable "c_propagates" {
  type    = bool
  default = false
}

# The routers' source/destination check.
variable "check" {
  type    = bool
  default = false
}

# How many routers there are: one, or one in each of two zones.
variable "routers" {
  type    = number
  default = 1
}

# Whether the first router runs.
variable "first_router" {
  type    = string
  default = "running"
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

data "aws_ami" "far" {
  provider    = aws.far
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

locals {
  routers = { for n, zone in slice(["us-east-1a", "us-east-1b"], 0, var.routers) : tostring(n + 1) => zone }
  spokes  = { a = "10.1", b = "10.2" }
  near    = { for pair in setproduct(keys(local.spokes), keys(local.routers)) : "${pair[0]}-${pair[1]}" => { spoke = pair[0], router = pair[1] } }
}

# The transit VPC: a public subnet for each router, and one with a machine that serves every spoke.
resource "aws_vpc" "transit" {
  cidr_block = "10.100.0.0/16"
  tags       = { Name = "transit" }
}

resource "aws_internet_gateway" "transit" {
  vpc_id = aws_vpc.transit.id
  tags   = { Name = "transit" }
}

resource "aws_subnet" "router" {
  for_each          = local.routers
  vpc_id            = aws_vpc.transit.id
  cidr_block        = "10.100.${each.key}.0/24"
  availability_zone = each.value
  tags              = { Name = "router-${each.key}" }
}

resource "aws_route_table" "routers" {
  vpc_id = aws_vpc.transit.id
  tags   = { Name = "routers" }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.transit.id
  }
}

resource "aws_route_table_association" "router" {
  for_each       = aws_subnet.router
  subnet_id      = each.value.id
  route_table_id = aws_route_table.routers.id
}

resource "aws_security_group" "any" {
  name        = "any"
  description = "Everything: routes alone decide in this lab"
  vpc_id      = aws_vpc.transit.id
  tags        = { Name = "any" }

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

# The router: an instance with a vendor's image. To AWS it is a machine like any other; what it routes, and to whom, only it knows (world.yaml).
resource "aws_instance" "router" {
  for_each               = local.routers
  ami                    = data.aws_ami.linux.id
  instance_type          = "c5.large"
  subnet_id              = aws_subnet.router[each.key].id
  private_ip             = "10.100.${each.key}.10"
  source_dest_check      = var.check
  vpc_security_group_ids = [aws_security_group.any.id]
  tags                   = { Name = "csr-${each.key}" }
}

resource "aws_ec2_instance_state" "first" {
  instance_id = aws_instance.router["1"].id
  state       = var.first_router
}

resource "aws_eip" "router" {
  for_each   = local.routers
  domain     = "vpc"
  instance   = aws_instance.router[each.key].id
  tags       = { Name = "csr-${each.key}" }
  depends_on = [aws_internet_gateway.transit]
}

# Beside the routers, a machine that all spokes use. The way to them is written by hand: to the first router's interface.
resource "aws_subnet" "shared" {
  vpc_id            = aws_vpc.transit.id
  cidr_block        = "10.100.9.0/24"
  availability_zone = "us-east-1c"
  tags              = { Name = "shared" }
}

resource "aws_route_table" "shared" {
  vpc_id = aws_vpc.transit.id
  tags   = { Name = "shared" }

  route {
    cidr_block           = "10.0.0.0/8"
    network_interface_id = aws_instance.router["1"].primary_network_interface_id
  }
}

resource "aws_route_table_association" "shared" {
  subnet_id      = aws_subnet.shared.id
  route_table_id = aws_route_table.shared.id
}

resource "aws_instance" "shared" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.shared.id
  private_ip             = "10.100.9.10"
  vpc_security_group_ids = [aws_security_group.any.id]
  tags                   = { Name = "shared" }
}

# A spoke: a VPC with a VPN gateway. Its machine is named as it: `a`, `b`.
resource "aws_vpc" "spoke" {
  for_each   = local.spokes
  cidr_block = "${each.value}.0.0/16"
  tags       = { Name = each.key }
}

resource "aws_subnet" "spoke" {
  for_each          = local.spokes
  vpc_id            = aws_vpc.spoke[each.key].id
  cidr_block        = "${each.value}.0.0/24"
  availability_zone = "us-east-1c"
  tags              = { Name = each.key }
}

resource "aws_security_group" "spoke" {
  for_each    = local.spokes
  name        = "any"
  description = "Everything"
  vpc_id      = aws_vpc.spoke[each.key].id
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

resource "aws_instance" "spoke" {
  for_each               = local.spokes
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.spoke[each.key].id
  private_ip             = "${each.value}.0.10"
  vpc_security_group_ids = [aws_security_group.spoke[each.key].id]
  tags                   = { Name = each.key }
}

resource "aws_vpn_gateway" "spoke" {
  for_each = local.spokes
  vpc_id   = aws_vpc.spoke[each.key].id
  tags     = { Name = each.key }
}

resource "aws_vpn_gateway_route_propagation" "spoke" {
  for_each       = local.spokes
  vpn_gateway_id = aws_vpn_gateway.spoke[each.key].id
  route_table_id = aws_vpc.spoke[each.key].main_route_table_id
}

# To the spokes' gateways the routers are customers, at their Elastic IPs: an internet between two VPCs of one company.
resource "aws_customer_gateway" "router" {
  for_each   = aws_eip.router
  ip_address = each.value.public_ip
  bgp_asn    = 65100
  type       = "ipsec.1"
  tags       = { Name = "csr-${each.key}" }
}

resource "aws_vpn_connection" "spoke" {
  for_each            = local.near
  vpn_gateway_id      = aws_vpn_gateway.spoke[each.value.spoke].id
  customer_gateway_id = aws_customer_gateway.router[each.value.router].id
  type                = "ipsec.1"
  tags                = { Name = "vpn-${each.key}" }
}

# Spoke c, in another region. What a router carries does not care where its tunnels end.
resource "aws_vpc" "c" {
  provider   = aws.far
  cidr_block = "10.3.0.0/16"
  tags       = { Name = "c" }
}

resource "aws_subnet" "c" {
  provider   = aws.far
  vpc_id     = aws_vpc.c.id
  cidr_block = "10.3.0.0/24"
  tags       = { Name = "c" }
}

resource "aws_security_group" "c" {
  provider    = aws.far
  name        = "any"
  description = "Everything"
  vpc_id      = aws_vpc.c.id
  tags        = { Name = "c" }

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

resource "aws_instance" "c" {
  provider               = aws.far
  ami                    = data.aws_ami.far.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.c.id
  private_ip             = "10.3.0.10"
  vpc_security_group_ids = [aws_security_group.c.id]
  tags                   = { Name = "c" }
}

resource "aws_vpn_gateway" "c" {
  provider = aws.far
  vpc_id   = aws_vpc.c.id
  tags     = { Name = "c" }
}

resource "aws_vpn_gateway_route_propagation" "c" {
  count          = var.c_propagates ? 1 : 0
  provider       = aws.far
  vpn_gateway_id = aws_vpn_gateway.c.id
  route_table_id = aws_vpc.c.main_route_table_id
}

resource "aws_customer_gateway" "router_far" {
  for_each   = aws_eip.router
  provider   = aws.far
  ip_address = each.value.public_ip
  bgp_asn    = 65100
  type       = "ipsec.1"
  tags       = { Name = "csr-${each.key}" }
}

resource "aws_vpn_connection" "c" {
  for_each            = aws_customer_gateway.router_far
  provider            = aws.far
  vpn_gateway_id      = aws_vpn_gateway.c.id
  customer_gateway_id = each.value.id
  type                = "ipsec.1"
  tags                = { Name = "vpn-c-${each.key}" }
}

# The data centre: its tunnels and the routers' meet at a VPN gateway that no VPC has. It passes on what each of them announces.
resource "aws_vpn_gateway" "meeting" {
  tags = { Name = "meeting" }
}

resource "aws_customer_gateway" "dc" {
  ip_address = "198.51.100.10"
  bgp_asn    = 65010
  type       = "ipsec.1"
  tags       = { Name = "dc" }
}

resource "aws_vpn_connection" "dc" {
  vpn_gateway_id      = aws_vpn_gateway.meeting.id
  customer_gateway_id = aws_customer_gateway.dc.id
  type                = "ipsec.1"
  tags                = { Name = "vpn-dc" }
}

resource "aws_vpn_connection" "meeting" {
  for_each            = aws_customer_gateway.router
  vpn_gateway_id      = aws_vpn_gateway.meeting.id
  customer_gateway_id = each.value.id
  type                = "ipsec.1"
  tags                = { Name = "vpn-meeting-${each.key}" }
}

output "router" {
  value = aws_eip.router["1"].public_ip
}
