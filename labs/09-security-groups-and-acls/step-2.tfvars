# The ACL is as before, and the db group forgets the app group
db_admits_app = false
