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

# Whether the data subnet's ACL lets replies out. ACLs are stateless: without this rule, the question arrives and the answer does not.
variable "acl_lets_replies_out" {
  type    = bool
  default = true
}

# Whether the db group admits the members of the app group.
variable "db_admits_app" {
  type    = bool
  default = true
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
  tags   = { Name = "igw" }
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.0.0.0/24"
  tags       = { Name = "public" }
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.0.1.0/24"
  tags       = { Name = "app" }
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.0.2.0/24"
  tags       = { Name = "data" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.shop.id
  tags   = { Name = "public" }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.shop.id
  }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "HTTPS from anywhere"
  vpc_id      = aws_vpc.shop.id
  tags        = { Name = "web-group" }
}

resource "aws_security_group" "app" {
  name        = "app"
  description = "8080 from the web group"
  vpc_id      = aws_vpc.shop.id
  tags        = { Name = "app-group" }
}

# No outbound rule at all: the database starts nothing, and still answers, because groups are stateful.
resource "aws_security_group" "db" {
  name        = "db"
  description = "5432 from the app group"
  vpc_id      = aws_vpc.shop.id
  tags        = { Name = "db-group" }
}

resource "aws_vpc_security_group_ingress_rule" "web_https" {
  security_group_id = aws_security_group.web.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "web_to_app" {
  security_group_id            = aws_security_group.web.id
  referenced_security_group_id = aws_security_group.app.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_ingress_rule" "app_from_web" {
  security_group_id            = aws_security_group.app.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_egress_rule" "app_anywhere" {
  security_group_id = aws_security_group.app.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_ingress_rule" "db_from_app" {
  count                        = var.db_admits_app ? 1 : 0
  security_group_id            = aws_security_group.db.id
  referenced_security_group_id = aws_security_group.app.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

# The data subnet's ACL: rules in order, the first that matches decides, both directions on their own.
resource "aws_network_acl" "data" {
  vpc_id     = aws_vpc.shop.id
  subnet_ids = [aws_subnet.data.id]
  tags       = { Name = "data-acl" }
}

resource "aws_network_acl_rule" "not_that_one" {
  network_acl_id = aws_network_acl.data.id
  rule_number    = 90
  rule_action    = "deny"
  protocol       = "tcp"
  cidr_block     = "10.0.1.66/32"
  from_port      = 5432
  to_port        = 5432
}

resource "aws_network_acl_rule" "questions_in" {
  network_acl_id = aws_network_acl.data.id
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  cidr_block     = "10.0.1.0/24"
  from_port      = 5432
  to_port        = 5432
}

resource "aws_network_acl_rule" "replies_out" {
  count          = var.acl_lets_replies_out ? 1 : 0
  network_acl_id = aws_network_acl.data.id
  egress         = true
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  cidr_block     = "10.0.1.0/24"
  from_port      = 1024
  to_port        = 65535
}

resource "aws_instance" "web" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.public.id
  vpc_security_group_ids      = [aws_security_group.web.id]
  associate_public_ip_address = true
  tags                        = { Name = "web" }
}

resource "aws_instance" "app" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  private_ip             = "10.0.1.10"
  vpc_security_group_ids = [aws_security_group.app.id]
  tags                   = { Name = "app" }
}

# A member of the same group; only the ACL's rule 90 singles it out.
resource "aws_instance" "banned" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  private_ip             = "10.0.1.66"
  vpc_security_group_ids = [aws_security_group.app.id]
  tags                   = { Name = "banned" }
}

resource "aws_instance" "db" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.data.id
  vpc_security_group_ids = [aws_security_group.db.id]
  tags                   = { Name = "db" }
}

resource "aws_instance" "spare" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.data.id
  vpc_security_group_ids = [aws_security_group.app.id]
  tags                   = { Name = "spare" }
}

output "web_public" {
  value = aws_instance.web.public_ip
}
