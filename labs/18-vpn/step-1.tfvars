# The table no longer takes what the VPN gateway has learned
propagate = false
