# An internet-facing application load balancer with HTTPS, host and path rules over two applications on each instance in three zones; an
# internal network load balancer with TLS and TCP, to instances and to addresses; one more at the edge, with an Elastic IP.
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

data "aws_availability_zones" "all" {
  state = "available"
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023.*-x86_64"]
  }
}

locals {
  zones = slice(data.aws_availability_zones.all.names, 0, 3)
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "main" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "public" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = local.zones[count.index]
  tags              = { Name = "public-${count.index}" }
}

resource "aws_subnet" "private" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, 10 + count.index)
  availability_zone = local.zones[count.index]
  tags              = { Name = "private-${count.index}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
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

resource "aws_security_group" "alb" {
  name        = "alb"
  description = "the internet to the load balancer"
  vpc_id      = aws_vpc.main.id
  dynamic "ingress" {
    for_each = [80, 443]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "nlb" {
  name        = "nlb"
  description = "the applications to the database"
  vpc_id      = aws_vpc.main.id
  ingress {
    from_port       = 5432
    to_port         = 5433
    protocol        = "tcp"
    security_groups = [aws_security_group.app.id]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "app" {
  name        = "app"
  description = "the load balancer to the applications"
  vpc_id      = aws_vpc.main.id
  ingress {
    from_port       = 8080
    to_port         = 8081
    protocol        = "tcp"
    security_groups = [aws_security_group.alb.id]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "db" {
  name        = "db"
  description = "the network load balancer to the database"
  vpc_id      = aws_vpc.main.id
  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.nlb.id, aws_security_group.app.id]
  }
}

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

resource "aws_acm_certificate" "shop" {
  domain_name               = "shop.example.com"
  subject_alternative_names = ["*.shop.example.com"]
  validation_method         = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate_validation" "shop" {
  certificate_arn = aws_acm_certificate.shop.arn
}

# Of no use but for this test.
resource "aws_acm_certificate" "db" {
  certificate_body = <<-EOT
    -----BEGIN CERTIFICATE-----
    MIIBozCCAUqgAwIBAgIUEBhXUBC6JDnV8Z93cQvI5H+8zPgwCgYIKoZIzj0EAwIw
    GTEXMBUGA1UEAwwOZGIuZXhhbXBsZS5jb20wIBcNMjYxMTIzMDcwMzUwWhgPMjEy
    NjEwMzAwNzAzNTBaMBkxFzAVBgNVBAMMDmRiLmV4YW1wbGUuY29tMFkwEwYHKoZI
    zj0CAQYIKoZIzj0DAQcDQgAE1PqKvvWV5IxjPIKwkwuqq60Jgxu+3chhzNrg+tbk
    p30XAkmIwCFQk8yGREYDwpktOrHWdFRPrKJ6iTqhyd9B26NuMGwwHQYDVR0OBBYE
    FLlmlb/GV5+QTXqbNBTNSdykJdZpMB8GA1UdIwQYMBaAFLlmlb/GV5+QTXqbNBTN
    SdykJdZpMA8GA1UdEwEB/wQFMAMBAf8wGQYDVR0RBBIwEIIOZGIuZXhhbXBsZS5j
    b20wCgYIKoZIzj0EAwIDRwAwRAIgdynPlQ2PLtnnPFJ409g/kgmdJXqoyei6p/vy
    xi3kZPQCICHvrXvgIl1OKdolqdx3JoMa0jhnE5QA1/5dhvqDXvra
    -----END CERTIFICATE-----
  EOT
  private_key      = <<-EOT
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMY4CKp3Wk0cXErkT
    qRxaTW2b3QultcOBzF4r+N+WReShRANCAATU+oq+9ZXkjGM8grCTC6qrrQmDG77d
    yGHM2uD61uSnfRcCSYjAIVCTzIZERgPCmS06sdZ0VE+sonqJOqHJ30Hb
    -----END PRIVATE KEY-----
  EOT
  tags             = { Name = "db" }
}

resource "aws_lb" "web" {
  name               = "web"
  load_balancer_type = "application"
  security_groups    = [aws_security_group.alb.id]
  subnets            = aws_subnet.public[*].id
  idle_timeout       = 120
  tags               = { Name = "web" }
  depends_on         = [aws_internet_gateway.main]
}

resource "aws_lb_target_group" "app" {
  for_each = { shop = 8080, api = 8081 }
  name     = each.key
  port     = each.value
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
  health_check {
    path    = "/health"
    matcher = "200-299"
  }
  stickiness {
    type    = "lb_cookie"
    enabled = each.key == "shop"
  }
  tags = { Name = each.key }
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
  port             = 8081
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
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.shop.certificate_arn
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "no such shop"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_certificate" "further" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = aws_acm_certificate.db.arn
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
  tags = { Name = "api" }
}

resource "aws_lb_listener_rule" "canary" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 15
  condition {
    http_header {
      http_header_name = "X-Canary"
      values           = ["yes"]
    }
  }
  condition {
    query_string {
      key   = "version"
      value = "v2"
    }
  }
  action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.app["shop"].arn
        weight = 90
      }
      target_group {
        arn    = aws_lb_target_group.app["api"].arn
        weight = 10
      }
      stickiness {
        enabled  = true
        duration = 600
      }
    }
  }
}

resource "aws_lb_listener_rule" "shop" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 20
  condition {
    host_header {
      values = ["shop.example.com", "*.shop.example.com"]
    }
  }
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app["shop"].arn
  }
}

resource "aws_lb" "db" {
  name                             = "db"
  load_balancer_type               = "network"
  internal                         = true
  security_groups                  = [aws_security_group.nlb.id]
  enable_cross_zone_load_balancing = true
  dynamic "subnet_mapping" {
    for_each = aws_subnet.private
    content {
      subnet_id            = subnet_mapping.value.id
      private_ipv4_address = cidrhost(subnet_mapping.value.cidr_block, 100)
    }
  }
}

resource "aws_lb_target_group" "db" {
  name               = "db"
  port               = 5432
  protocol           = "TCP"
  vpc_id             = aws_vpc.main.id
  preserve_client_ip = "false"
  tags               = { Name = "database" }
}

resource "aws_lb_target_group_attachment" "db" {
  count            = 2
  target_group_arn = aws_lb_target_group.db.arn
  target_id        = aws_instance.db[count.index].id
}

resource "aws_lb_target_group" "addresses" {
  name        = "addresses"
  port        = 5432
  protocol    = "TCP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "addresses" }
}

resource "aws_lb_target_group_attachment" "addresses" {
  count            = 2
  target_group_arn = aws_lb_target_group.addresses.arn
  target_id        = aws_instance.db[count.index].private_ip
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

resource "aws_lb_listener" "db_tls" {
  load_balancer_arn = aws_lb.db.arn
  port              = 5433
  protocol          = "TLS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  certificate_arn   = aws_acm_certificate.db.arn
  alpn_policy       = "None"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.addresses.arn
  }
}

resource "aws_eip" "edge" {
  domain = "vpc"
}

resource "aws_lb" "edge" {
  name               = "edge"
  load_balancer_type = "network"
  subnet_mapping {
    subnet_id     = aws_subnet.public[0].id
    allocation_id = aws_eip.edge.id
  }
  depends_on = [aws_internet_gateway.main]
}

resource "aws_lb_target_group" "edge" {
  name     = "edge"
  port     = 514
  protocol = "TCP_UDP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_listener" "edge" {
  load_balancer_arn = aws_lb.edge.arn
  port              = 514
  protocol          = "TCP_UDP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.edge.arn
  }
}

output "web_name" {
  value = aws_lb.web.dns_name
}

output "db_name" {
  value = aws_lb.db.dns_name
}

output "db_address" {
  value = cidrhost(aws_subnet.private[0].cidr_block, 100)
}

output "app_address" {
  value = aws_instance.app[0].private_ip
}
