terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

# Ourselves. Unchanged: `trunkline env` points it here with AWS_ENDPOINT_URL, and gives it an account and a region.
provider "aws" {}

# Ourselves again, in another region.
provider "aws" {
  alias  = "far"
  region = "eu-west-1"
}

# A partner: another account.
provider "aws" {
  alias      = "partner"
  access_key = "000000000110"
  secret_key = "any"
}

# Whether the partner says yes to the second request too.
variable "second_accepted" {
  type    = bool
  default = false
}

# Whether the partner's table leads back to us.
variable "way_back" {
  type    = bool
  default = true
}

data "aws_caller_identity" "ours" {}

data "aws_caller_identity" "partner" {
  provider = aws.partner
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

data "aws_ami" "far" {
  provider    = aws.far
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

# Ours: 10.0.0.0/16.
resource "aws_vpc" "ours" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "ours" }
}

resource "aws_subnet" "ours" {
  vpc_id     = aws_vpc.ours.id
  cidr_block = "10.0.0.0/24"
  tags       = { Name = "ours" }
}

resource "aws_security_group" "ours" {
  name        = "ours"
  description = "The machines of ours"
  vpc_id      = aws_vpc.ours.id
  tags        = { Name = "ours" }

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "ours" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.ours.id
  private_ip             = "10.0.0.10"
  vpc_security_group_ids = [aws_security_group.ours.id]
  tags                   = { Name = "ours" }
}

# The partner's: 10.1.0.0/16, and three more networks whose requests nobody has answered.
resource "aws_vpc" "partner" {
  provider   = aws.partner
  cidr_block = "10.1.0.0/16"
  tags       = { Name = "partner" }
}

resource "aws_subnet" "partner" {
  provider   = aws.partner
  vpc_id     = aws_vpc.partner.id
  cidr_block = "10.1.0.0/24"
  tags       = { Name = "partner" }
}

resource "aws_security_group" "partner" {
  provider    = aws.partner
  name        = "partner"
  description = "Port 443 from our group by its name, across the peering"
  vpc_id      = aws_vpc.partner.id
  tags        = { Name = "partner" }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group_rule" "partner_admits_ours" {
  provider                 = aws.partner
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 443
  to_port                  = 443
  security_group_id        = aws_security_group.partner.id
  source_security_group_id = "${data.aws_caller_identity.ours.account_id}/${aws_security_group.ours.id}"
  depends_on               = [aws_vpc_peering_connection_accepter.partner]
}

resource "aws_instance" "partner" {
  provider               = aws.partner
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.partner.id
  private_ip             = "10.1.0.10"
  vpc_security_group_ids = [aws_security_group.partner.id]
  tags                   = { Name = "partner" }
}

locals {
  # Three more networks of the partner, for which we have asked.
  waiting = { second = "10.3", third = "10.5", fourth = "10.6" }
}

resource "aws_vpc" "waiting" {
  for_each   = local.waiting
  provider   = aws.partner
  cidr_block = "${each.value}.0.0/16"
  tags       = { Name = each.key }
}

resource "aws_subnet" "waiting" {
  for_each   = local.waiting
  provider   = aws.partner
  vpc_id     = aws_vpc.waiting[each.key].id
  cidr_block = "${each.value}.0.0/24"
  tags       = { Name = each.key }
}

resource "aws_security_group" "waiting" {
  for_each    = local.waiting
  provider    = aws.partner
  name        = "waiting"
  description = "Port 443 from everywhere inside"
  vpc_id      = aws_vpc.waiting[each.key].id
  tags        = { Name = each.key }

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "waiting" {
  for_each               = local.waiting
  provider               = aws.partner
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.waiting[each.key].id
  private_ip             = "${each.value}.0.10"
  vpc_security_group_ids = [aws_security_group.waiting[each.key].id]
  tags                   = { Name = each.key }
}

# Far away: 10.2.0.0/16, our own account in another region.
resource "aws_vpc" "far" {
  provider   = aws.far
  cidr_block = "10.2.0.0/16"
  tags       = { Name = "far" }
}

resource "aws_subnet" "far" {
  provider   = aws.far
  vpc_id     = aws_vpc.far.id
  cidr_block = "10.2.0.0/24"
  tags       = { Name = "far" }
}

resource "aws_security_group" "far" {
  provider    = aws.far
  name        = "far"
  description = "Port 443 from everywhere inside"
  vpc_id      = aws_vpc.far.id
  tags        = { Name = "far" }

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "far" {
  provider               = aws.far
  ami                    = data.aws_ami.far.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.far.id
  private_ip             = "10.2.0.10"
  vpc_security_group_ids = [aws_security_group.far.id]
  tags                   = { Name = "far" }
}

# The requests, and who says yes to them.
resource "aws_vpc_peering_connection" "partner" {
  vpc_id        = aws_vpc.ours.id
  peer_vpc_id   = aws_vpc.partner.id
  peer_owner_id = data.aws_caller_identity.partner.account_id
  tags          = { Name = "to-partner" }
}

resource "aws_vpc_peering_connection_accepter" "partner" {
  provider                  = aws.partner
  vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
  auto_accept               = true
  tags                      = { Name = "from-customer" }
}

resource "aws_vpc_peering_connection" "waiting" {
  for_each      = local.waiting
  vpc_id        = aws_vpc.ours.id
  peer_vpc_id   = aws_vpc.waiting[each.key].id
  peer_owner_id = data.aws_caller_identity.partner.account_id
  tags          = { Name = "to-${each.key}" }
}

resource "aws_vpc_peering_connection_accepter" "second" {
  count                     = var.second_accepted ? 1 : 0
  provider                  = aws.partner
  vpc_peering_connection_id = aws_vpc_peering_connection.waiting["second"].id
  auto_accept               = true
}

resource "aws_vpc_peering_connection" "far" {
  vpc_id      = aws_vpc.ours.id
  peer_vpc_id = aws_vpc.far.id
  peer_region = "eu-west-1"
  tags        = { Name = "to-far" }
}

resource "aws_vpc_peering_connection_accepter" "far" {
  provider                  = aws.far
  vpc_peering_connection_id = aws_vpc_peering_connection.far.id
  auto_accept               = true
  tags                      = { Name = "from-ours" }
}

# A peering adds no route by itself: each side writes its own.
resource "aws_route" "to_partner" {
  route_table_id            = aws_vpc.ours.main_route_table_id
  destination_cidr_block    = "10.1.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
}

resource "aws_route" "to_far" {
  route_table_id            = aws_vpc.ours.main_route_table_id
  destination_cidr_block    = "10.2.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.far.id
}

resource "aws_route" "to_waiting" {
  for_each                  = local.waiting
  route_table_id            = aws_vpc.ours.main_route_table_id
  destination_cidr_block    = aws_vpc.waiting[each.key].cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.waiting[each.key].id
}

resource "aws_route" "from_partner" {
  count                     = var.way_back ? 1 : 0
  provider                  = aws.partner
  route_table_id            = aws_vpc.partner.main_route_table_id
  destination_cidr_block    = "10.0.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
}

resource "aws_route" "from_waiting" {
  for_each                  = local.waiting
  provider                  = aws.partner
  route_table_id            = aws_vpc.waiting[each.key].main_route_table_id
  destination_cidr_block    = "10.0.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.waiting[each.key].id
}

resource "aws_route" "from_far" {
  provider                  = aws.far
  route_table_id            = aws_vpc.far.main_route_table_id
  destination_cidr_block    = "10.0.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.far.id
}

output "ours" {
  value = aws_instance.ours.id
}

output "partner" {
  value = aws_instance.partner.id
}

output "far" {
  value = aws_instance.far.id
}

output "second" {
  value = aws_instance.waiting["second"].id
}

output "third" {
  value = aws_instance.waiting["third"].id
}

output "fourth" {
  value = aws_instance.waiting["fourth"].id
}
