# The first router fails
