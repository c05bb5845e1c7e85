# The service admits the client's side instead of the load balancer
api_admits = "10.0.0.20/32"
