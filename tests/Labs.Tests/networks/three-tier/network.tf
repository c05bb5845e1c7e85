terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

# Unchanged: `trunkline env` points the provider here with AWS_ENDPOINT_URL, and gives it an account and a region.
provider "aws" {}

# Three zones, three tiers, IPv4 and IPv6, one NAT gateway in each zone: the network that most platform teams end up with.
variable "cidr" {
  type    = string
  default = "10.20.0.0/16"
}

data "aws_availability_zones" "available" {
  state = "available"
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
  zones = { for i, name in slice(data.aws_availability_zones.available.names, 0, 3) : substr(name, -1, 1) => { index = i, name = name } }
  tiers = { public = 0, private = 1, isolated = 2 }
  subnets = merge([
    for tier, t in local.tiers : {
      for letter, zone in local.zones : "${tier}-${letter}" => {
        tier   = tier
        letter = letter
        zone   = zone.name
        number = t * 16 + zone.index
      }
    }
  ]...)
}

resource "aws_vpc" "main" {
  cidr_block                       = var.cidr
  assign_generated_ipv6_cidr_block = true
  enable_dns_hostnames             = true
  tags                             = { Name = "three-tier" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "igw" }
}

resource "aws_egress_only_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "eigw" }
}

resource "aws_subnet" "all" {
  for_each                        = local.subnets
  vpc_id                          = aws_vpc.main.id
  availability_zone               = each.value.zone
  cidr_block                      = cidrsubnet(aws_vpc.main.cidr_block, 8, each.value.number)
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, each.value.number)
  assign_ipv6_address_on_creation = true
  map_public_ip_on_launch         = each.value.tier == "public"
  tags                            = { Name = each.key, Tier = each.value.tier }
}

resource "aws_eip" "nat" {
  for_each   = local.zones
  domain     = "vpc"
  tags       = { Name = "nat-${each.key}" }
  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "zone" {
  for_each      = local.zones
  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.all["public-${each.key}"].id
  tags          = { Name = "nat-${each.key}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "public" }
}

resource "aws_route_table" "private" {
  for_each = local.zones
  vpc_id   = aws_vpc.main.id
  tags     = { Name = "private-${each.key}" }
}

resource "aws_route_table" "isolated" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "isolated" }
}

resource "aws_route" "public_v4" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}

resource "aws_route" "public_v6" {
  route_table_id              = aws_route_table.public.id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.main.id
}

resource "aws_route" "private_v4" {
  for_each               = local.zones
  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.zone[each.key].id
}

resource "aws_route" "private_v6" {
  for_each                    = local.zones
  route_table_id              = aws_route_table.private[each.key].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.main.id
}

resource "aws_route_table_association" "all" {
  for_each  = local.subnets
  subnet_id = aws_subnet.all[each.key].id
  route_table_id = (
    each.value.tier == "public" ? aws_route_table.public.id :
    each.value.tier == "private" ? aws_route_table.private[each.value.letter].id :
    aws_route_table.isolated.id
  )
}
