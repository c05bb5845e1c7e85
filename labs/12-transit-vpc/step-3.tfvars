# One of the two tunnels between spoke a and the router fails
c_propagates = true
