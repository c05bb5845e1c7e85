resource "aws_iam_role" "web" {
  name = "web"
  path = "/network/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
  description          = "of the web servers"
  max_session_duration = 7200
  permissions_boundary = aws_iam_policy.read.arn
  tags                 = { team = "net" }
}

resource "aws_iam_role_policy" "logs" {
  name   = "logs"
  role   = aws_iam_role.web.id
  policy = data.aws_iam_policy_document.logs.json
}

data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "read" {
  name        = "read"
  path        = "/network/"
  description = "reads buckets"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::*" }]
  })
  tags = { team = "net" }
}

resource "aws_iam_role_policy_attachment" "all" {
  for_each = {
    own = aws_iam_policy.read.arn
    ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
  }
  role       = aws_iam_role.web.name
  policy_arn = each.value
}

resource "aws_iam_instance_profile" "web" {
  name = "web"
  role = aws_iam_role.web.name
  tags = { team = "net" }
}

resource "aws_iam_server_certificate" "web" {
  name             = "web"
  path             = "/network/"
  certificate_body = var.certificate
  private_key      = var.private_key
  tags             = { team = "net" }
}

data "aws_iam_policy" "read" {
  arn = aws_iam_policy.read.arn
}

resource "aws_sns_topic" "alarms" {
  name         = "alarms"
  display_name = "Alarms"
  tags         = { team = "net" }
}

resource "aws_sns_topic" "orders" {
  name                        = "orders.fifo"
  fifo_topic                  = true
  content_based_deduplication = true
}
