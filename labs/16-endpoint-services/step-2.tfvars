# The service admits the client's address instead of the load balancer's
api_admits = "10.0.0.20/32"
