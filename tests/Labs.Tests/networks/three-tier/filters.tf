# The isolated tier's subnets speak with the private tier's only, and only as the database does.
resource "aws_network_acl" "isolated" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = [for letter in keys(local.zones) : aws_subnet.all["isolated-${letter}"].id]
  tags       = { Name = "isolated" }
}

resource "aws_network_acl_rule" "questions_in" {
  for_each       = local.zones
  network_acl_id = aws_network_acl.isolated.id
  rule_number    = 100 + each.value.index
  rule_action    = "allow"
  protocol       = "tcp"
  cidr_block     = aws_subnet.all["private-${each.key}"].cidr_block
  from_port      = 5432
  to_port        = 5432
}

resource "aws_network_acl_rule" "questions_in_v6" {
  for_each        = local.zones
  network_acl_id  = aws_network_acl.isolated.id
  rule_number     = 200 + each.value.index
  rule_action     = "allow"
  protocol        = "tcp"
  ipv6_cidr_block = aws_subnet.all["private-${each.key}"].ipv6_cidr_block
  from_port       = 5432
  to_port         = 5432
}

resource "aws_network_acl_rule" "replies_out" {
  for_each       = local.zones
  network_acl_id = aws_network_acl.isolated.id
  egress         = true
  rule_number    = 100 + each.value.index
  rule_action    = "allow"
  protocol       = "tcp"
  cidr_block     = aws_subnet.all["private-${each.key}"].cidr_block
  from_port      = 1024
  to_port        = 65535
}

resource "aws_network_acl_rule" "replies_out_v6" {
  for_each        = local.zones
  network_acl_id  = aws_network_acl.isolated.id
  egress          = true
  rule_number     = 200 + each.value.index
  rule_action     = "allow"
  protocol        = "tcp"
  ipv6_cidr_block = aws_subnet.all["private-${each.key}"].ipv6_cidr_block
  from_port       = 1024
  to_port         = 65535
}

resource "aws_security_group" "tier" {
  for_each    = { web = "HTTPS from anywhere", app = "8080 from the web tier", db = "5432 from the app tier" }
  name        = each.key
  description = each.value
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "${each.key}-group" }
}

resource "aws_vpc_security_group_ingress_rule" "web_v4" {
  security_group_id = aws_security_group.tier["web"].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "web_v6" {
  security_group_id = aws_security_group.tier["web"].id
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "app_from_web" {
  security_group_id            = aws_security_group.tier["app"].id
  referenced_security_group_id = aws_security_group.tier["web"].id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_ingress_rule" "db_from_app" {
  security_group_id            = aws_security_group.tier["db"].id
  referenced_security_group_id = aws_security_group.tier["app"].id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "web_to_app" {
  security_group_id            = aws_security_group.tier["web"].id
  referenced_security_group_id = aws_security_group.tier["app"].id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_egress_rule" "app_v4" {
  security_group_id = aws_security_group.tier["app"].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_egress_rule" "app_v6" {
  security_group_id = aws_security_group.tier["app"].id
  cidr_ipv6         = "::/0"
  ip_protocol       = "-1"
}
