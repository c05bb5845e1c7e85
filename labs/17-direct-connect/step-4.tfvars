# The port fails
standby = true
