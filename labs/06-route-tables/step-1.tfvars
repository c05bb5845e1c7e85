# 198.51.100.0/24 gets a route of its own: the longest prefix wins
detour = true
