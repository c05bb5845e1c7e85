# The router stops
c_propagates = true
first_router = "stopped"
