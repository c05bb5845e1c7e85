# The public name of SNS no longer leads to the endpoint
sns_private_name = false
