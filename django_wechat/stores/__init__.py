"""What has to be remembered between two requests, and may happen only once?

Each module is the only writer of its rows or counters: QR sessions, exchanged codes, received pushes, the sign-in log,
limits. Everything above may call in; start with `qr_sessions`.
"""
