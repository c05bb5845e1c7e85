# AWS's services: two by gateway, two by interface.
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.here.id
  service_name    = "com.amazonaws.${data.aws_region.here.name}.s3"
  route_table_ids = [aws_route_table.here[0].id]
  tags            = { Name = "s3" }
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id       = aws_vpc.here.id
  service_name = "com.amazonaws.${data.aws_region.here.name}.dynamodb"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "dynamodb:*", Resource = "*" }]
  })
}

resource "aws_vpc_endpoint_route_table_association" "dynamodb" {
  vpc_endpoint_id = aws_vpc_endpoint.dynamodb.id
  route_table_id  = aws_route_table.here[1].id
}

resource "aws_security_group" "endpoint" {
  name   = "endpoint"
  vpc_id = aws_vpc.here.id
}

resource "aws_vpc_endpoint" "sqs" {
  vpc_id              = aws_vpc.here.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${data.aws_region.here.name}.sqs"
  subnet_ids          = [aws_subnet.here[0].id, aws_subnet.here[1].id]
  security_group_ids  = [aws_security_group.endpoint.id]
  private_dns_enabled = true
}

# One whose parts come one by one.
resource "aws_vpc_endpoint" "ssm" {
  vpc_id              = aws_vpc.here.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${data.aws_region.here.name}.ssm"
  private_dns_enabled = false
}

resource "aws_vpc_endpoint_subnet_association" "ssm" {
  vpc_endpoint_id = aws_vpc_endpoint.ssm.id
  subnet_id       = aws_subnet.here[2].id
}

resource "aws_vpc_endpoint_security_group_association" "ssm" {
  vpc_endpoint_id             = aws_vpc_endpoint.ssm.id
  security_group_id           = aws_security_group.endpoint.id
  replace_default_association = true
}

resource "aws_vpc_endpoint_policy" "ssm" {
  vpc_endpoint_id = aws_vpc_endpoint.ssm.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "ssm:*", Resource = "*" }]
  })
}

data "aws_vpc_endpoint_service" "s3" {
  service      = "s3"
  service_type = "Gateway"
}
