# Two networks more: ten peerings instead of three.
networks = 5
