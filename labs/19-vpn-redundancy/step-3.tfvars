# The first router is down, and both tunnels of the second fail
