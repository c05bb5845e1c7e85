customer_asn = 65011
