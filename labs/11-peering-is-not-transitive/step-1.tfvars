# a and c get a peering of their own.
direct = true
