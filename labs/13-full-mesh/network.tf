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

# How many networks there are: three to five.
variable "networks" {
  type    = number
  default = 3
}

# One transit gateway in place of the mesh.
variable "hub" {
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

locals {
  names   = slice(["a", "b", "c", "d", "e"], 0, var.networks)
  number  = { for i, name in local.names : name => i }
  pairs   = { for p in setproduct(local.names, local.names) : "${p[0]}-${p[1]}" => p if local.number[p[0]] < local.number[p[1]] }
  meshed  = var.hub ? {} : local.pairs
  members = var.hub ? local.number : {}
}

resource "aws_vpc" "net" {
  for_each   = local.number
  cidr_block = "10.${each.value}.0.0/16"
  tags       = { Name = each.key }
}

resource "aws_subnet" "net" {
  for_each   = local.number
  vpc_id     = aws_vpc.net[each.key].id
  cidr_block = "10.${each.value}.0.0/24"
  tags       = { Name = each.key }
}

resource "aws_security_group" "any" {
  for_each    = local.number
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
  for_each               = local.number
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.net[each.key].id
  private_ip             = "10.${each.value}.0.10"
  vpc_security_group_ids = [aws_security_group.any[each.key].id]
  tags                   = { Name = each.key }
}

# The mesh: a peering for every pair, and a route at each end of it. n networks need n(n-1)/2 peerings and n(n-1) routes.
resource "aws_vpc_peering_connection" "pair" {
  for_each    = local.meshed
  vpc_id      = aws_vpc.net[each.value[0]].id
  peer_vpc_id = aws_vpc.net[each.value[1]].id
  auto_accept = true
  tags        = { Name = each.key }
}

resource "aws_route" "there" {
  for_each                  = local.meshed
  route_table_id            = aws_vpc.net[each.value[0]].main_route_table_id
  destination_cidr_block    = aws_vpc.net[each.value[1]].cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.pair[each.key].id
}

resource "aws_route" "back" {
  for_each                  = local.meshed
  route_table_id            = aws_vpc.net[each.value[1]].main_route_table_id
  destination_cidr_block    = aws_vpc.net[each.value[0]].cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.pair[each.key].id
}

# The hub: one attachment and one route a network.
resource "aws_ec2_transit_gateway" "hub" {
  count = var.hub ? 1 : 0
  tags  = { Name = "hub" }
}

resource "aws_ec2_transit_gateway_vpc_attachment" "net" {
  for_each           = local.members
  transit_gateway_id = aws_ec2_transit_gateway.hub[0].id
  vpc_id             = aws_vpc.net[each.key].id
  subnet_ids         = [aws_subnet.net[each.key].id]
  tags               = { Name = each.key }
}

resource "aws_route" "hub" {
  for_each               = local.members
  route_table_id         = aws_vpc.net[each.key].main_route_table_id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = aws_ec2_transit_gateway_vpc_attachment.net[each.key].transit_gateway_id
}

output "machines" {
  value = join(" ", [for name in local.names : aws_instance.machine[name].id])
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

output "d" {
  value = try(aws_instance.machine["d"].id, "none")
}

output "e" {
  value = try(aws_instance.machine["e"].id, "none")
}

output "peerings" {
  value = length(aws_vpc_peering_connection.pair)
}

output "attachments" {
  value = length(aws_ec2_transit_gateway_vpc_attachment.net)
}
