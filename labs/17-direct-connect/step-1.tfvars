# AWS is told another ASN than the router has
customer_asn = 65011
