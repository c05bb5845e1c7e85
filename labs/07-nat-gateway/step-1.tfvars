# The private subnet loses its route to the NAT gateway
private_subnet_uses_nat = false
