# The table of spoke c takes what its VPN gateway has learned
c_propagates = true
