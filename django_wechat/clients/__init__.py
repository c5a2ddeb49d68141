"""How does a keypair become something that can ask WeChat? One client for each kind of account.

The journeys and the admin's Check call in; start with `sign_in`. What goes over the wire is in `protocol`.
"""
