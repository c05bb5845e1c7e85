# The router's source/destination check is on, as AWS makes it
c_propagates = true
check        = true
