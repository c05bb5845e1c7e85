# A second router in another zone, with tunnels of its own to every spoke; the first is still stopped
c_propagates = true
first_router = "stopped"
routers      = 2
