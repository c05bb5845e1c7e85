# No BGP: routes are written by hand, and one of them is missing
static = true
