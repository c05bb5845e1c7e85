# One of the customer's two routers fails
forgotten = ""
