locals {
  instances = merge([
    for role, tier in { web = "public", app = "private", db = "isolated" } : {
      for letter in keys(local.zones) : "${role}-${letter}" => { role = role, subnet = "${tier}-${letter}" }
    }
  ]...)
}

resource "aws_instance" "all" {
  for_each               = local.instances
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.all[each.value.subnet].id
  vpc_security_group_ids = [aws_security_group.tier[each.value.role].id]
  tags                   = { Name = each.key }
}

output "nat_a" {
  value = aws_eip.nat["a"].public_ip
}

output "nat_c" {
  value = aws_eip.nat["c"].public_ip
}

output "web_a_public" {
  value = aws_instance.all["web-a"].public_ip
}

output "web_a_v6" {
  value = aws_instance.all["web-a"].ipv6_addresses[0]
}

output "app_a_v6" {
  value = aws_instance.all["app-a"].ipv6_addresses[0]
}

output "db_c_v6" {
  value = aws_instance.all["db-c"].ipv6_addresses[0]
}
