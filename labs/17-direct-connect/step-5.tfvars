# The customer announces a default route
standby = false
