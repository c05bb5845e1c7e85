# Names, flow logs, block public access, and a security group that serves two VPCs.
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

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

resource "aws_vpc" "main" {
  cidr_block           = "10.40.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "main" }
}

resource "aws_vpc" "second" {
  cidr_block           = "10.41.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "second" }
}

resource "aws_subnet" "main" {
  for_each          = { a = 1, b = 2 }
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, each.value)
  availability_zone = "us-east-1${each.key}"
}

resource "aws_subnet" "second" {
  vpc_id            = aws_vpc.second.id
  cidr_block        = "10.41.1.0/24"
  availability_zone = "us-east-1a"
}

# One group for both VPCs.
resource "aws_security_group" "app" {
  name        = "app"
  description = "app"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  security_group_id = aws_security_group.app.id
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.app.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_vpc_association" "app" {
  security_group_id = aws_security_group.app.id
  vpc_id            = aws_vpc.second.id
}

resource "aws_instance" "all" {
  for_each = {
    web    = aws_subnet.main["a"].id
    app    = aws_subnet.main["b"].id
    second = aws_subnet.second.id
    third  = aws_subnet.second.id
  }
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = each.value
  vpc_security_group_ids = [aws_security_group.app.id]
  tags                   = { Name = each.key }
  depends_on             = [aws_vpc_security_group_vpc_association.app]
}

# An internal load balancer, and the names that lead to it.
resource "aws_lb" "app" {
  name               = "app"
  internal           = true
  load_balancer_type = "network"
  subnets            = [for s in aws_subnet.main : s.id]
}

resource "aws_lb_target_group" "app" {
  name     = "app"
  port     = 80
  protocol = "TCP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_target_group_attachment" "app" {
  for_each         = toset(["app"])
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = aws_instance.all[each.key].id
}

resource "aws_lb_listener" "app" {
  load_balancer_arn = aws_lb.app.arn
  port              = 80
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_route53_zone" "corp" {
  name    = "corp.example"
  comment = "inside"
  vpc {
    vpc_id = aws_vpc.main.id
  }
  tags = { Team = "net" }
  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_zone_association" "second" {
  zone_id = aws_route53_zone.corp.zone_id
  vpc_id  = aws_vpc.second.id
}

resource "aws_route53_record" "app" {
  zone_id = aws_route53_zone.corp.zone_id
  name    = "app.corp.example"
  type    = "A"
  alias {
    name                   = aws_lb.app.dns_name
    zone_id                = aws_lb.app.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "db" {
  zone_id = aws_route53_zone.corp.zone_id
  name    = "db"
  type    = "A"
  ttl     = 60
  records = [aws_instance.all["app"].private_ip]
}

resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.corp.zone_id
  name    = "www.corp.example"
  type    = "CNAME"
  ttl     = 300
  records = ["db.corp.example"]
}

resource "aws_route53_record" "weighted" {
  for_each       = { blue = 200, green = 0 }
  zone_id        = aws_route53_zone.corp.zone_id
  name           = "split.corp.example"
  type           = "TXT"
  ttl            = 30
  set_identifier = each.key
  records        = [each.key]
  weighted_routing_policy {
    weight = each.value
  }
}

resource "aws_route53_zone" "public" {
  name = "public.example"
}

resource "aws_route53_record" "public" {
  zone_id = aws_route53_zone.public.zone_id
  name    = "www.public.example"
  type    = "A"
  ttl     = 60
  records = ["192.0.2.10"]
}

# What passes is written down.
resource "aws_cloudwatch_log_group" "flows" {
  name              = "flows"
  retention_in_days = 7
  tags              = { Team = "net" }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "write" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
    resources = ["${aws_cloudwatch_log_group.flows.arn}:*"]
  }
}

resource "aws_iam_role" "flows" {
  name               = "flows"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "flows" {
  name   = "write"
  role   = aws_iam_role.flows.id
  policy = data.aws_iam_policy_document.write.json
}

resource "aws_flow_log" "main" {
  vpc_id                   = aws_vpc.main.id
  traffic_type             = "ALL"
  iam_role_arn             = aws_iam_role.flows.arn
  log_destination          = aws_cloudwatch_log_group.flows.arn
  max_aggregation_interval = 60
  tags                     = { Name = "main" }
}

resource "aws_flow_log" "rejected" {
  subnet_id       = aws_subnet.main["b"].id
  traffic_type    = "REJECT"
  iam_role_arn    = aws_iam_role.flows.arn
  log_destination = aws_cloudwatch_log_group.flows.arn
  log_format      = "$${srcaddr} $${dstaddr} $${dstport} $${action} $${flow-direction}"
}

resource "aws_vpc_block_public_access_options" "main" {
  internet_gateway_block_mode = "block-ingress"
}

resource "aws_vpc_block_public_access_exclusion" "vpc" {
  vpc_id                          = aws_vpc.second.id
  internet_gateway_exclusion_mode = "allow-bidirectional"
  depends_on                      = [aws_vpc_block_public_access_options.main]
}

resource "aws_vpc_block_public_access_exclusion" "subnet" {
  subnet_id                       = aws_subnet.main["a"].id
  internet_gateway_exclusion_mode = "allow-egress"
  tags                            = { Name = "subnet" }
  depends_on                      = [aws_vpc_block_public_access_options.main]
}

output "app_ip" {
  value = aws_instance.all["app"].private_ip
}

output "web_eni" {
  value = aws_instance.all["web"].primary_network_interface_id
}
