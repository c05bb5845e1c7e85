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

# Another account, whose network has the very same addresses.
provider "aws" {
  alias      = "consumer"
  access_key = "100000000071"
  secret_key = "any"
}

data "aws_caller_identity" "consumer" {
  provider = aws.consumer
}

data "aws_availability_zones" "here" {
  state = "available"
}

data "aws_region" "here" {}

resource "aws_vpc" "here" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "here" {
  count             = 3
  vpc_id            = aws_vpc.here.id
  cidr_block        = cidrsubnet(aws_vpc.here.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.here.names[count.index]
}

resource "aws_route_table" "here" {
  count  = 2
  vpc_id = aws_vpc.here.id
}

resource "aws_ec2_subnet_cidr_reservation" "pods" {
  subnet_id        = aws_subnet.here[0].id
  cidr_block       = "10.0.0.64/26"
  reservation_type = "prefix"
  description      = "prefixes of pods"
}
