allowed_prefixes = ["10.99.0.0/16"]
