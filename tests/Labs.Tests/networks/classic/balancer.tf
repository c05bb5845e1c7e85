resource "aws_elb" "web" {
  name                        = "web"
  subnets                     = [for subnet in aws_subnet.all : subnet.id]
  security_groups             = [aws_security_group.balancer.id]
  cross_zone_load_balancing   = true
  idle_timeout                = 120
  connection_draining         = true
  connection_draining_timeout = 60

  listener {
    lb_port           = 80
    lb_protocol       = "http"
    instance_port     = 8080
    instance_protocol = "http"
  }

  listener {
    lb_port            = 443
    lb_protocol        = "https"
    instance_port      = 8080
    instance_protocol  = "http"
    ssl_certificate_id = aws_iam_server_certificate.web.arn
  }

  health_check {
    target              = "HTTP:8080/health"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  tags = { Name = "web", team = "net" }
}

resource "aws_elb_attachment" "web" {
  for_each = local.zones
  elb      = aws_elb.web.id
  instance = aws_instance.web[each.key].id
}

resource "aws_lb_cookie_stickiness_policy" "web" {
  name                     = "sticky"
  load_balancer            = aws_elb.web.id
  lb_port                  = 80
  cookie_expiration_period = 600
}

resource "aws_load_balancer_policy" "tls" {
  load_balancer_name = aws_elb.web.name
  policy_name        = "tls-1-2"
  policy_type_name   = "SSLNegotiationPolicyType"
  policy_attribute {
    name  = "Reference-Security-Policy"
    value = "ELBSecurityPolicy-TLS-1-2-2017-01"
  }
}

resource "aws_load_balancer_listener_policy" "tls" {
  load_balancer_name = aws_elb.web.name
  load_balancer_port = 443
  policy_names       = [aws_load_balancer_policy.tls.policy_name]
}

# In the default VPC, by zones, internal, with its instance named and a proxy protocol towards it.
resource "aws_default_subnet" "a" {
  availability_zone = "us-east-1a"
}

resource "aws_instance" "proxy" {
  ami           = data.aws_ami.linux.id
  instance_type = "t3.micro"
  subnet_id     = aws_default_subnet.a.id
}

resource "aws_elb" "inside" {
  name               = "inside"
  internal           = true
  availability_zones = ["us-east-1a"]
  instances          = [aws_instance.proxy.id]

  listener {
    lb_port           = 3306
    lb_protocol       = "tcp"
    instance_port     = 3306
    instance_protocol = "tcp"
  }
}

resource "aws_proxy_protocol_policy" "inside" {
  load_balancer  = aws_elb.inside.name
  instance_ports = ["3306"]
}

output "balancer" { value = aws_elb.web.dns_name }

output "inside" { value = aws_elb.inside.dns_name }

output "web_address" { value = aws_instance.web["a"].private_ip }
