# The provider rejects the consumer's endpoint
accepted = false
