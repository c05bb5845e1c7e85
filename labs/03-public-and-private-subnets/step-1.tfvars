# The second subnet's table gets a default route: the same instance changes sides
second_subnet_is_public = true
