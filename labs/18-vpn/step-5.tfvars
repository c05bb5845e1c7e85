# Two routes are written by hand: one as long as a learned one, one shorter
detour = true
