# The table of network b has lost its route to the gateway
forgotten = "b"
