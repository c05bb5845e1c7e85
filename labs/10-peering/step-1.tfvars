# The partner accepts the second request too.
second_accepted = true
