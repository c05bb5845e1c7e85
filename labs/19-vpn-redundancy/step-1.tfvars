# One tunnel of the first router fails
