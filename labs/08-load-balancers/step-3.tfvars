# Nothing is configured anew: a zone fails, as world-3.yaml says
cross_zone = false
