# A service of this account's, and a consumer in another with the same addresses.
resource "aws_lb" "service" {
  name                             = "service"
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = aws_subnet.here[*].id
  enable_cross_zone_load_balancing = true
}

resource "aws_vpc_endpoint_service" "service" {
  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.service.arn]
  tags                       = { Name = "service" }
}

resource "aws_vpc_endpoint_service_allowed_principal" "consumer" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.service.id
  principal_arn           = "arn:aws:iam::${data.aws_caller_identity.consumer.account_id}:root"
}

resource "aws_sns_topic" "events" {
  name = "events"
}

resource "aws_vpc_endpoint_connection_notification" "events" {
  vpc_endpoint_service_id     = aws_vpc_endpoint_service.service.id
  connection_notification_arn = aws_sns_topic.events.arn
  connection_events           = ["Accept", "Reject"]
}

resource "aws_vpc" "consumer" {
  provider   = aws.consumer
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "consumer" {
  provider   = aws.consumer
  vpc_id     = aws_vpc.consumer.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_vpc_endpoint" "consumer" {
  provider           = aws.consumer
  vpc_id             = aws_vpc.consumer.id
  vpc_endpoint_type  = "Interface"
  service_name       = aws_vpc_endpoint_service.service.service_name
  subnet_ids         = [aws_subnet.consumer.id]
  security_group_ids = [aws_security_group.consumer.id]
  depends_on         = [aws_vpc_endpoint_service_allowed_principal.consumer]
}

resource "aws_vpc_endpoint_connection_accepter" "consumer" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.service.id
  vpc_endpoint_id         = aws_vpc_endpoint.consumer.id
}
