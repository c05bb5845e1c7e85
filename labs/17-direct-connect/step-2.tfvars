# The allowed prefixes do not hold the VPC's
allowed_prefixes = ["10.99.0.0/16"]
