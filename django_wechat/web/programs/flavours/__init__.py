"""Which kinds of tokens are there? allauth's (`headless`), and those made of a user without a session (`own_tokens`).

`tokens` chooses among them by name; `simplejwt` and `drf_token` are functions as a site may write one itself.
"""
