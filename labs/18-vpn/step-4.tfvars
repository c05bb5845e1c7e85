# And with 100 it is up again
detour = false
