# The internal load balancer's nodes use targets of every zone
cross_zone = true
