# Who asks, and who answers behind the service.
data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "architecture"
    values = ["x86_64"]
  }
}

resource "aws_route_table_association" "here" {
  count          = 2
  subnet_id      = aws_subnet.here[count.index].id
  route_table_id = aws_route_table.here[count.index].id
}

resource "aws_security_group" "app" {
  name   = "app"
  vpc_id = aws_vpc.here.id
  ingress {
    protocol    = "tcp"
    from_port   = 8443
    to_port     = 8443
    cidr_blocks = [aws_vpc.here.cidr_block]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "app" {
  count                  = 2
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.here[count.index].id
  vpc_security_group_ids = [aws_security_group.app.id]
  tags                   = { Name = "app-${count.index}" }
}

# The first subnet may ask SQS, the second may not.
resource "aws_vpc_security_group_ingress_rule" "first" {
  security_group_id = aws_security_group.endpoint.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = aws_subnet.here[0].cidr_block
}

resource "aws_lb_target_group" "service" {
  name        = "service"
  port        = 8443
  protocol    = "TCP"
  vpc_id      = aws_vpc.here.id
  target_type = "instance"
}

resource "aws_lb_target_group_attachment" "service" {
  target_group_arn = aws_lb_target_group.service.arn
  target_id        = aws_instance.app[0].id
}

resource "aws_lb_listener" "service" {
  load_balancer_arn = aws_lb.service.arn
  port              = 443
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service.arn
  }
}

resource "aws_security_group" "consumer" {
  provider = aws.consumer
  name     = "consumer"
  vpc_id   = aws_vpc.consumer.id
  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = [aws_vpc.consumer.cidr_block]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

data "aws_ami" "consumer" {
  provider    = aws.consumer
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "architecture"
    values = ["x86_64"]
  }
}

resource "aws_instance" "consumer" {
  provider               = aws.consumer
  ami                    = data.aws_ami.consumer.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.consumer.id
  private_ip             = "10.0.1.10"
  vpc_security_group_ids = [aws_security_group.consumer.id]
}

output "s3" { value = aws_vpc_endpoint.s3.id }

output "dynamodb" { value = aws_vpc_endpoint.dynamodb.id }

output "sqs" { value = aws_vpc_endpoint.sqs.id }

output "client" { value = aws_instance.consumer.id }

output "consumer" { value = aws_vpc_endpoint.consumer.id }

output "server" { value = aws_instance.app[0].id }
