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

# Whether the applications let the load balancer in on the API's port: its health check comes that way too.
variable "api_port_open" {
  type    = bool
  default = true
}

# Whether a node of the internal load balancer uses targets of other zones.
variable "cross_zone" {
  type    = bool
  default = false
}

data "aws_availability_zones" "all" {
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

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "main" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "igw" }
}

# One public and one private subnet in each of three zones.
resource "aws_subnet" "public" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.${count.index}.0/24"
  availability_zone = data.aws_availability_zones.all.names[count.index]
  tags              = { Name = "public-${count.index}" }
}

resource "aws_subnet" "private" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.${10 + count.index}.0/24"
  availability_zone = data.aws_availability_zones.all.names[count.index]
  tags              = { Name = "private-${count.index}" }
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
  count          = 3
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

# Two applications on each of three instances, told apart by their port: the shop on 8080, the API on 8081.
resource "aws_instance" "app" {
  count                  = 3
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.private[count.index].id
  vpc_security_group_ids = [aws_security_group.app.id]
  tags                   = { Name = "app-${count.index}" }

  # The load balancer's addresses are fixed: it comes first, so that nobody is given one of them.
  depends_on = [aws_lb.db]
}

# A database in two of the three zones.
resource "aws_instance" "db" {
  count                  = 2
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.private[count.index].id
  vpc_security_group_ids = [aws_security_group.db.id]
  tags                   = { Name = "db-${count.index}" }

  # The load balancer's addresses are fixed: it comes first, so that nobody is given one of them.
  depends_on = [aws_lb.db]
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "HTTP and HTTPS from anywhere"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "web" }
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  for_each          = toset(["80", "443"])
  security_group_id = aws_security_group.web.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value)
  to_port           = tonumber(each.value)
}

resource "aws_vpc_security_group_egress_rule" "web" {
  security_group_id            = aws_security_group.web.id
  referenced_security_group_id = aws_security_group.app.id
  ip_protocol                  = "-1"
}

resource "aws_security_group" "app" {
  name        = "app"
  description = "The load balancers to the applications"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "app" }
}

resource "aws_vpc_security_group_ingress_rule" "app" {
  for_each                     = toset(var.api_port_open ? ["8080", "8081"] : ["8080"])
  security_group_id            = aws_security_group.app.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.value)
  to_port                      = tonumber(each.value)
}

resource "aws_vpc_security_group_egress_rule" "app" {
  security_group_id = aws_security_group.app.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

# The database's load balancer keeps its clients' addresses, so the database admits the applications; the check comes from the nodes.
resource "aws_security_group" "db" {
  name        = "db"
  description = "PostgreSQL from inside"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "db" }
}

resource "aws_vpc_security_group_ingress_rule" "db" {
  security_group_id = aws_security_group.db.id
  cidr_ipv4         = aws_vpc.main.cidr_block
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

resource "aws_acm_certificate" "shop" {
  domain_name       = "shop.example.com"
  validation_method = "DNS"
}

resource "aws_lb" "web" {
  name               = "web"
  load_balancer_type = "application"
  security_groups    = [aws_security_group.web.id]
  subnets            = aws_subnet.public[*].id
  depends_on         = [aws_internet_gateway.main]
}

resource "aws_lb_target_group" "app" {
  for_each = { shop = 8080, api = 8081 }
  name     = each.key
  port     = each.value
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
  tags     = { Name = each.key }
}

resource "aws_lb_target_group_attachment" "shop" {
  count            = 3
  target_group_arn = aws_lb_target_group.app["shop"].arn
  target_id        = aws_instance.app[count.index].id
}

resource "aws_lb_target_group_attachment" "api" {
  count            = 3
  target_group_arn = aws_lb_target_group.app["api"].arn
  target_id        = aws_instance.app[count.index].id
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.shop.arn

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  condition {
    host_header {
      values = ["shop.example.com"]
    }
  }

  condition {
    path_pattern {
      values = ["/api/*"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app["api"].arn
  }
}

resource "aws_lb_listener_rule" "shop" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 20

  condition {
    host_header {
      values = ["shop.example.com"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app["shop"].arn
  }
}

# Internal: its name resolves to private addresses, one in each zone.
resource "aws_lb" "db" {
  name                             = "db"
  load_balancer_type               = "network"
  internal                         = true
  enable_cross_zone_load_balancing = var.cross_zone

  dynamic "subnet_mapping" {
    for_each = aws_subnet.private
    content {
      subnet_id            = subnet_mapping.value.id
      private_ipv4_address = cidrhost(subnet_mapping.value.cidr_block, 100)
    }
  }
}

resource "aws_lb_target_group" "db" {
  name     = "db"
  port     = 5432
  protocol = "TCP"
  vpc_id   = aws_vpc.main.id
  tags     = { Name = "database" }
}

resource "aws_lb_target_group_attachment" "db" {
  count            = 2
  target_group_arn = aws_lb_target_group.db.arn
  target_id        = aws_instance.db[count.index].id
}

resource "aws_lb_listener" "db" {
  load_balancer_arn = aws_lb.db.arn
  port              = 5432
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.db.arn
  }
}

# The old kind, for those who still have it.
resource "aws_elb" "old" {
  name            = "old"
  internal        = true
  subnets         = aws_subnet.private[*].id
  security_groups = [aws_security_group.web.id]
  instances       = aws_instance.app[*].id

  listener {
    lb_port           = 80
    lb_protocol       = "http"
    instance_port     = 8080
    instance_protocol = "http"
  }

  health_check {
    target              = "HTTP:8080/"
    healthy_threshold   = 2
    unhealthy_threshold = 2
    interval            = 30
    timeout             = 5
  }

  # The load balancer's addresses are fixed: it comes first, so that nobody is given one of them.
  depends_on = [aws_lb.db]
}

output "web_name" {
  value = aws_lb.web.dns_name
}

output "db_name" {
  value = aws_lb.db.dns_name
}

output "old_name" {
  value = aws_elb.old.dns_name
}

# The internal load balancer's nodes, zone by zone.
output "db_a" {
  value = "10.0.10.100"
}

output "db_c" {
  value = "10.0.12.100"
}

output "app_address" {
  value = aws_instance.app[0].private_ip
}

output "app_2_address" {
  value = aws_instance.app[2].private_ip
}
