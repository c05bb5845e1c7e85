terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

# The provider of the service. Unchanged: `trunkline env` points it here with AWS_ENDPOINT_URL, and gives it an account and a region.
provider "aws" {}

# The consumer: another account.
provider "aws" {
  alias      = "consumer"
  access_key = "000000000116"
  secret_key = "any"
}

# Whether the provider has accepted the consumer's endpoint.
variable "accepted" {
  type    = bool
  default = true
}

# Whom the service's security group admits.
variable "api_admits" {
  type    = string
  default = "10.0.0.5/32"
}

# Whether the provider's network and the neighbour's are peered, and each has a route to the other.
variable "peered" {
  type    = bool
  default = false
}

data "aws_caller_identity" "provider" {}

data "aws_availability_zones" "provider" {
  state = "available"
}

data "aws_caller_identity" "consumer" {
  provider = aws.consumer
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
  # A zone's name means another zone to another account: what must be the same is its id.
  zone = sort(data.aws_availability_zones.provider.zone_ids)[0]
}

# The provider: a service behind a network load balancer, and a database beside it.
resource "aws_vpc" "provider" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "provider" }
}

resource "aws_subnet" "provider" {
  vpc_id               = aws_vpc.provider.id
  cidr_block           = "10.0.0.0/24"
  availability_zone_id = local.zone
  tags                 = { Name = "provider" }
}

resource "aws_security_group" "api" {
  name        = "api"
  description = "Port 8443 from the load balancer"
  vpc_id      = aws_vpc.provider.id
  tags        = { Name = "api" }

  ingress {
    protocol    = "tcp"
    from_port   = 8443
    to_port     = 8443
    cidr_blocks = [var.api_admits]
  }

  # The neighbour's range is welcome to everything. That alone opens nothing: it needs a way.
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.1.0.0/16"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "api" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.provider.id
  private_ip             = "10.0.0.10"
  vpc_security_group_ids = [aws_security_group.api.id]
  tags                   = { Name = "api" }

  # The load balancer's addresses are fixed: it comes first, so that nobody is given one of them.
  depends_on = [aws_lb.api]
}

resource "aws_instance" "db" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.provider.id
  private_ip             = "10.0.0.30"
  vpc_security_group_ids = [aws_security_group.api.id]
  tags                   = { Name = "db" }

  # The load balancer's addresses are fixed: it comes first, so that nobody is given one of them.
  depends_on = [aws_lb.api]
}

resource "aws_lb" "api" {
  name               = "api"
  load_balancer_type = "network"
  internal           = true

  subnet_mapping {
    subnet_id            = aws_subnet.provider.id
    private_ipv4_address = "10.0.0.5"
  }
}

resource "aws_lb_target_group" "api" {
  name     = "api"
  protocol = "TCP"
  port     = 8443
  vpc_id   = aws_vpc.provider.id
}

resource "aws_lb_target_group_attachment" "api" {
  target_group_arn = aws_lb_target_group.api.arn
  target_id        = aws_instance.api.id
}

resource "aws_lb_listener" "api" {
  load_balancer_arn = aws_lb.api.arn
  protocol          = "TCP"
  port              = 443

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

# The service as others see it: a name, who may ask for it, and a yes to each.
resource "aws_vpc_endpoint_service" "api" {
  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.api.arn]
  tags                       = { Name = "api" }
}

resource "aws_vpc_endpoint_service_allowed_principal" "consumer" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.api.id
  principal_arn           = "arn:aws:iam::${data.aws_caller_identity.consumer.account_id}:root"
}

resource "aws_vpc_endpoint_connection_accepter" "consumer" {
  count                   = var.accepted ? 1 : 0
  vpc_endpoint_service_id = aws_vpc_endpoint_service.api.id
  vpc_endpoint_id         = aws_vpc_endpoint.api.id
}

# The consumer: the very same range, and a client with the very same address as the service.
resource "aws_vpc" "consumer" {
  provider   = aws.consumer
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "consumer" }
}

resource "aws_subnet" "consumer" {
  provider             = aws.consumer
  vpc_id               = aws_vpc.consumer.id
  cidr_block           = "10.0.0.0/24"
  availability_zone_id = local.zone
  tags                 = { Name = "consumer" }
}

resource "aws_security_group" "any" {
  provider    = aws.consumer
  name        = "any"
  description = "Everything"
  vpc_id      = aws_vpc.consumer.id
  tags        = { Name = "any" }

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

resource "aws_instance" "client" {
  provider               = aws.consumer
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.consumer.id
  private_ip             = "10.0.0.10"
  vpc_security_group_ids = [aws_security_group.any.id]
  tags                   = { Name = "client" }
}

resource "aws_vpc_endpoint" "api" {
  provider           = aws.consumer
  vpc_id             = aws_vpc.consumer.id
  vpc_endpoint_type  = "Interface"
  service_name       = aws_vpc_endpoint_service.api.service_name
  security_group_ids = [aws_security_group.any.id]
  subnet_ids         = [aws_subnet.consumer.id]
  tags               = { Name = "api" }
  depends_on         = [aws_vpc_endpoint_service_allowed_principal.consumer]

  subnet_configuration {
    subnet_id = aws_subnet.consumer.id
    ipv4      = "10.0.0.20"
  }
}

# The neighbour: a second network of the consumer, of another range, so that it can be peered. It has an endpoint of the service as well.
resource "aws_vpc" "neighbour" {
  provider   = aws.consumer
  cidr_block = "10.1.0.0/16"
  tags       = { Name = "neighbour" }
}

resource "aws_subnet" "neighbour" {
  provider             = aws.consumer
  vpc_id               = aws_vpc.neighbour.id
  cidr_block           = "10.1.0.0/24"
  availability_zone_id = local.zone
  tags                 = { Name = "neighbour" }
}

resource "aws_security_group" "neighbour" {
  provider    = aws.consumer
  name        = "any"
  description = "Everything"
  vpc_id      = aws_vpc.neighbour.id
  tags        = { Name = "neighbour" }

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

resource "aws_instance" "neighbour" {
  provider               = aws.consumer
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.neighbour.id
  private_ip             = "10.1.0.10"
  vpc_security_group_ids = [aws_security_group.neighbour.id]
  tags                   = { Name = "neighbour" }
}

resource "aws_vpc_endpoint" "neighbour" {
  provider           = aws.consumer
  vpc_id             = aws_vpc.neighbour.id
  vpc_endpoint_type  = "Interface"
  service_name       = aws_vpc_endpoint_service.api.service_name
  security_group_ids = [aws_security_group.neighbour.id]
  subnet_ids         = [aws_subnet.neighbour.id]
  tags               = { Name = "neighbour-api" }
  depends_on         = [aws_vpc_endpoint_service_allowed_principal.consumer]

  subnet_configuration {
    subnet_id = aws_subnet.neighbour.id
    ipv4      = "10.1.0.20"
  }
}

resource "aws_vpc_endpoint_connection_accepter" "neighbour" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.api.id
  vpc_endpoint_id         = aws_vpc_endpoint.neighbour.id
}

resource "aws_vpc_peering_connection" "neighbour" {
  count         = var.peered ? 1 : 0
  vpc_id        = aws_vpc.provider.id
  peer_vpc_id   = aws_vpc.neighbour.id
  peer_owner_id = data.aws_caller_identity.consumer.account_id
  tags          = { Name = "to-neighbour" }
}

resource "aws_vpc_peering_connection_accepter" "neighbour" {
  count                     = var.peered ? 1 : 0
  provider                  = aws.consumer
  vpc_peering_connection_id = aws_vpc_peering_connection.neighbour[0].id
  auto_accept               = true
}

resource "aws_route" "to_neighbour" {
  count                     = var.peered ? 1 : 0
  route_table_id            = aws_vpc.provider.main_route_table_id
  destination_cidr_block    = aws_vpc.neighbour.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.neighbour[0].id
}

resource "aws_route" "to_provider" {
  count                     = var.peered ? 1 : 0
  provider                  = aws.consumer
  route_table_id            = aws_vpc.neighbour.main_route_table_id
  destination_cidr_block    = aws_vpc.provider.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.neighbour[0].id
}

output "provider_account" {
  value = data.aws_caller_identity.provider.account_id
}

output "client" {
  value = aws_instance.client.id
}

output "api" {
  value = aws_instance.api.id
}

output "endpoint" {
  value = aws_vpc_endpoint.api.id
}
