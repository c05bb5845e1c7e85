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

# Whether 198.51.100.0/24 has a route of its own in the branch's table: the longest prefix wins over the default route.
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

resource "aws_vpc" "office" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "office" }
}

resource "aws_internet_gateway" "office" {
  vpc_id = aws_vpc.office.id
  tags   = { Name = "office-igw" }
}

# Three subnets, three ways to get a route table:
#   desk    none of its own: it uses the VPC's main table, which holds the local route only
#   front   a custom table with a default route to the internet gateway
#   branch  a custom table whose default route leads to a router instance
resource "aws_subnet" "desk" {
  vpc_id     = aws_vpc.office.id
  cidr_block = "10.0.0.0/24"
  tags       = { Name = "desk" }
}

resource "aws_subnet" "front" {
  vpc_id     = aws_vpc.office.id
  cidr_block = "10.0.1.0/24"
  tags       = { Name = "front" }
}

resource "aws_subnet" "branch" {
  vpc_id     = aws_vpc.office.id
  cidr_block = "10.0.2.0/24"
  tags       = { Name = "branch" }
}

resource "aws_route_table" "front" {
  vpc_id = aws_vpc.office.id
  tags   = { Name = "front" }
}

resource "aws_route" "front_default" {
  route_table_id         = aws_route_table.front.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.office.id
}

resource "aws_route_table_association" "front" {
  subnet_id      = aws_subnet.front.id
  route_table_id = aws_route_table.front.id
}

resource "aws_route_table" "branch" {
  vpc_id = aws_vpc.office.id
  tags   = { Name = "branch" }
}

resource "aws_route" "branch_default" {
  route_table_id         = aws_route_table.branch.id
  destination_cidr_block = "0.0.0.0/0"
  network_interface_id   = aws_instance.router.primary_network_interface_id
}

resource "aws_route" "branch_detour" {
  count                  = var.detour ? 1 : 0
  route_table_id         = aws_route_table.branch.id
  destination_cidr_block = "198.51.100.0/24"
  gateway_id             = aws_internet_gateway.office.id
}

resource "aws_route_table_association" "branch" {
  subnet_id      = aws_subnet.branch.id
  route_table_id = aws_route_table.branch.id
}

resource "aws_security_group" "open" {
  name        = "open"
  description = "Everything, so that only routes decide"
  vpc_id      = aws_vpc.office.id
  tags        = { Name = "open" }

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

resource "aws_instance" "router" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.front.id
  vpc_security_group_ids      = [aws_security_group.open.id]
  associate_public_ip_address = true
  source_dest_check           = false
  tags                        = { Name = "router" }
}

resource "aws_instance" "clerk" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.desk.id
  vpc_security_group_ids = [aws_security_group.open.id]
  tags                   = { Name = "clerk" }
}

resource "aws_instance" "porter" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.front.id
  vpc_security_group_ids      = [aws_security_group.open.id]
  associate_public_ip_address = true
  tags                        = { Name = "porter" }
}

resource "aws_instance" "agent" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.branch.id
  vpc_security_group_ids      = [aws_security_group.open.id]
  associate_public_ip_address = true
  tags                        = { Name = "agent" }
}
