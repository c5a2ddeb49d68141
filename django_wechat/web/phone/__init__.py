"""What does a phone see and say that scanned the official account's code? Start with `confirm`.

Called by the URLs, and by what opens and ends QR sessions.
"""
