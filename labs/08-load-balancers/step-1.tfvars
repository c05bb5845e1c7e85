# The applications no longer let the load balancer in on the API's port: the flow and the health check both end there
api_port_open = false
