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

# Whether the second subnet's table has a default route to the internet gateway: the whole difference between public and private.
variable "second_subnet_is_public" {
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

resource "aws_vpc" "shop" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "shop" }
}

resource "aws_internet_gateway" "shop" {
  vpc_id = aws_vpc.shop.id
  tags   = { Name = "shop-igw" }
}

resource "aws_subnet" "first" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.0.1.0/24"
  tags       = { Name = "first" }
}

resource "aws_subnet" "second" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.0.2.0/24"
  tags       = { Name = "second" }
}

resource "aws_route_table" "first" {
  vpc_id = aws_vpc.shop.id
  tags   = { Name = "first" }
}

resource "aws_route" "first_to_internet" {
  route_table_id         = aws_route_table.first.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.shop.id
}

resource "aws_route_table_association" "first" {
  subnet_id      = aws_subnet.first.id
  route_table_id = aws_route_table.first.id
}

resource "aws_route_table" "second" {
  vpc_id = aws_vpc.shop.id
  tags   = { Name = "second" }
}

resource "aws_route" "second_to_internet" {
  count                  = var.second_subnet_is_public ? 1 : 0
  route_table_id         = aws_route_table.second.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.shop.id
}

resource "aws_route_table_association" "second" {
  subnet_id      = aws_subnet.second.id
  route_table_id = aws_route_table.second.id
}

# The same group on both instances, so that nothing but the route table tells them apart.
resource "aws_security_group" "https" {
  name        = "https"
  description = "HTTPS from anywhere"
  vpc_id      = aws_vpc.shop.id
  tags        = { Name = "https" }

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# Both instances have a public address: an address alone makes nothing public.
resource "aws_instance" "web" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.first.id
  vpc_security_group_ids      = [aws_security_group.https.id]
  associate_public_ip_address = true
  tags                        = { Name = "web" }
}

resource "aws_instance" "app" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.second.id
  vpc_security_group_ids      = [aws_security_group.https.id]
  associate_public_ip_address = true
  tags                        = { Name = "app" }
}

output "web_public" {
  value = aws_instance.web.public_ip
}

output "app_public" {
  value = aws_instance.app.public_ip
}
