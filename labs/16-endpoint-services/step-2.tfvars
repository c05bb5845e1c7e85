# The neighbour's network and the provider's are peered
peered = true
