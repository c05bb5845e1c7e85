# A VPN to the same router stands by, with the same prefix and a shorter path
standby = true
