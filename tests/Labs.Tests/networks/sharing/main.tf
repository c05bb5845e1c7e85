# Two accounts: one shares a transit gateway and a prefix list with the other, and notes what it has in Network Manager.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "receiver" {
  type = string
}

provider "aws" {}

provider "aws" {
  alias      = "receiver"
  access_key = var.receiver
  secret_key = "any"
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = 4

  entry {
    cidr        = "192.0.2.0/24"
    description = "head office"
  }
}

resource "aws_ec2_transit_gateway" "hub" {
  auto_accept_shared_attachments = "enable"

  tags = {
    Name = "hub"
  }
}

resource "aws_ram_resource_share" "network" {
  name                      = "network"
  allow_external_principals = true

  tags = {
    team = "network"
  }
}

resource "aws_ram_resource_association" "hub" {
  resource_arn       = aws_ec2_transit_gateway.hub.arn
  resource_share_arn = aws_ram_resource_share.network.arn
}

resource "aws_ram_resource_association" "offices" {
  resource_arn       = aws_ec2_managed_prefix_list.offices.arn
  resource_share_arn = aws_ram_resource_share.network.arn
}

resource "aws_ram_principal_association" "receiver" {
  principal          = var.receiver
  resource_share_arn = aws_ram_resource_share.network.arn
}

resource "aws_ram_resource_share_accepter" "receiver" {
  provider   = aws.receiver
  share_arn  = aws_ram_principal_association.receiver.resource_share_arn
  depends_on = [aws_ram_resource_association.hub, aws_ram_resource_association.offices]
}

data "aws_ec2_managed_prefix_list" "offices" {
  provider   = aws.receiver
  id         = aws_ec2_managed_prefix_list.offices.id
  depends_on = [aws_ram_resource_share_accepter.receiver]
}

data "aws_ram_resource_share" "received" {
  provider       = aws.receiver
  name           = "network"
  resource_owner = "OTHER-ACCOUNTS"
  depends_on     = [aws_ram_resource_share_accepter.receiver]
}

resource "aws_networkmanager_global_network" "world" {
  description = "the world"

  tags = {
    Name = "world"
  }
}

resource "aws_networkmanager_transit_gateway_registration" "hub" {
  global_network_id   = aws_networkmanager_global_network.world.id
  transit_gateway_arn = aws_ec2_transit_gateway.hub.arn
}

resource "aws_networkmanager_site" "office" {
  count             = 2
  global_network_id = aws_networkmanager_global_network.world.id
  description       = "office ${count.index}"

  location {
    address   = "Main Street ${count.index}"
    latitude  = "48.1"
    longitude = "11.5"
  }
}

resource "aws_networkmanager_device" "router" {
  count             = 2
  global_network_id = aws_networkmanager_global_network.world.id
  site_id           = aws_networkmanager_site.office[count.index].id
  model             = "router"
  vendor            = "vendor"
  serial_number     = "123-${count.index}"
  type              = "edge"
}

resource "aws_networkmanager_link" "line" {
  count             = 2
  global_network_id = aws_networkmanager_global_network.world.id
  site_id           = aws_networkmanager_site.office[count.index].id
  provider_name     = "carrier"
  type              = "broadband"

  bandwidth {
    upload_speed   = 10
    download_speed = 50
  }
}

resource "aws_networkmanager_link_association" "line" {
  count             = 2
  global_network_id = aws_networkmanager_global_network.world.id
  device_id         = aws_networkmanager_device.router[count.index].id
  link_id           = aws_networkmanager_link.line[count.index].id
}

resource "aws_networkmanager_connection" "between" {
  global_network_id   = aws_networkmanager_global_network.world.id
  device_id           = aws_networkmanager_device.router[0].id
  connected_device_id = aws_networkmanager_device.router[1].id
  link_id             = aws_networkmanager_link.line[0].id
  connected_link_id   = aws_networkmanager_link.line[1].id
  depends_on          = [aws_networkmanager_link_association.line]
}

resource "aws_customer_gateway" "office" {
  bgp_asn    = 65010
  ip_address = "198.51.100.7"
  type       = "ipsec.1"
}

resource "aws_vpn_connection" "office" {
  customer_gateway_id = aws_customer_gateway.office.id
  transit_gateway_id  = aws_ec2_transit_gateway.hub.id
  type                = "ipsec.1"
}

resource "aws_networkmanager_customer_gateway_association" "office" {
  global_network_id    = aws_networkmanager_global_network.world.id
  customer_gateway_arn = aws_customer_gateway.office.arn
  device_id            = aws_networkmanager_device.router[0].id
  depends_on           = [aws_networkmanager_transit_gateway_registration.hub, aws_vpn_connection.office]
}

output "shared" {
  value = [for entry in data.aws_ec2_managed_prefix_list.offices.entries : entry.cidr]
}

output "received" {
  value = data.aws_ram_resource_share.received.status
}

output "owner" {
  value = data.aws_ram_resource_share.received.owning_account_id
}
