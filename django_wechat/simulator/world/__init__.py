"""What is there in the pretend WeChat? People, apps and accounts, what was granted, and what goes wrong.

Everything else of the simulator calls in; start with `state`, which holds all of it.
"""
