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

# Whether the public name of SNS leads to the endpoint inside the VPC.
variable "sns_private_name" {
  type    = bool
  default = true
}

# Whether the batch subnet's table gets S3's route as well.
variable "batch_reaches_s3" {
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

# Private names need both DNS attributes.
resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "main" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "igw" }
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
  tags       = { Name = "public" }
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
  tags       = { Name = "app" }
}

resource "aws_subnet" "batch" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.2.0/24"
  tags       = { Name = "batch" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "public" }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

# The two private tables have no route of ours: gateway endpoints put theirs in.
resource "aws_route_table" "app" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "app" }
}

resource "aws_route_table" "batch" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "batch" }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_route_table_association" "batch" {
  subnet_id      = aws_subnet.batch.id
  route_table_id = aws_route_table.batch.id
}

# Gateway endpoints: a route for the service's prefix list in the tables that are named.
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.${data.aws_region.here.name}.s3"
  route_table_ids = concat([aws_route_table.app.id], var.batch_reaches_s3 ? [aws_route_table.batch.id] : [])
  tags            = { Name = "s3" }
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.${data.aws_region.here.name}.dynamodb"
  route_table_ids = [aws_route_table.app.id]
  tags            = { Name = "dynamodb" }

  # A policy judges requests, by who asks for what; packets pass whatever it says.
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "dynamodb:GetItem", Resource = "*" }]
  })
}

# An interface endpoint: an interface in the subnet, with an address and a security group of its own.
resource "aws_vpc_endpoint" "sns" {
  vpc_id              = aws_vpc.main.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${data.aws_region.here.name}.sns"
  private_dns_enabled = var.sns_private_name
  security_group_ids  = [aws_security_group.sns.id]
  tags                = { Name = "sns" }

  subnet_configuration {
    subnet_id = aws_subnet.app.id
    ipv4      = "10.0.1.50"
  }

  subnet_ids = [aws_subnet.app.id]
}

resource "aws_security_group" "sns" {
  name        = "sns"
  description = "HTTPS from the app subnet"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "sns" }

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.1.0/24"]
  }
}

# What the app may ask: S3 and DynamoDB by their prefix lists, and the endpoint of SNS. Nothing else.
resource "aws_security_group" "app" {
  name        = "app"
  description = "Out to the endpoints only"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "app" }

  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = [aws_vpc_endpoint.s3.prefix_list_id, aws_vpc_endpoint.dynamodb.prefix_list_id]
    security_groups = [aws_security_group.sns.id]
  }
}

resource "aws_security_group" "any" {
  name        = "any"
  description = "Everything out"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "any" }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "app" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.app.id]
  tags                   = { Name = "app" }
}

resource "aws_instance" "batch" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.batch.id
  vpc_security_group_ids = [aws_security_group.any.id]
  tags                   = { Name = "batch" }
}

resource "aws_instance" "web" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.public.id
  vpc_security_group_ids      = [aws_security_group.any.id]
  associate_public_ip_address = true
  tags                        = { Name = "web" }
}

output "app_private" {
  value = aws_instance.app.private_ip
}

output "web_public" {
  value = aws_instance.web.public_ip
}

output "s3_endpoint" {
  value = aws_vpc_endpoint.s3.id
}

output "dynamodb_endpoint" {
  value = aws_vpc_endpoint.dynamodb.id
}

output "sns_endpoint" {
  value = aws_vpc_endpoint.sns.id
}
