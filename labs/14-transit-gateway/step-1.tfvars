# The red table learns C; the blue table still does not know red
leak = true
