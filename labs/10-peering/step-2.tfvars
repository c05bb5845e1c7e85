# The partner forgets the route back to us.
second_accepted = true
way_back        = false
