# A static black hole in the red table, of the same length as the propagated route
cut = true
