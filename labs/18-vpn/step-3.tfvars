# The router announces 101 prefixes, one more than a session bears
detour = false
