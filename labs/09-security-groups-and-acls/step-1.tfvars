# The ACL forgets the replies: it is stateless, so the question arrives and the answer does not
acl_lets_replies_out = false
