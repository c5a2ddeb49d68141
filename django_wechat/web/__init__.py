"""Who calls us over HTTP, and what do they get? The browser, the phone, and WeChat's server.

`urls`, `asgi` and allauth's provider call in. Start with `start` for the way out to WeChat, `callback` for the way
back, `qr` for the tab, `confirm` for the phone, `webhook` for WeChat's server.
"""
