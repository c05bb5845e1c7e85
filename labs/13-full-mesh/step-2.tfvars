# The same five networks at one transit gateway: five attachments.
networks = 5
hub      = true
