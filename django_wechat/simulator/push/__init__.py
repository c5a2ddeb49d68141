"""How does WeChat reach a site? Events in envelopes, signed and encrypted, and what it makes of the answer.

`acts` calls in; start with `sending`.
"""
