"""Is it still you? What allauth asks before what matters, answered by the WeChat of whoever is signed in.

Start reading at `page`, where allauth sends a browser; the ends of the journeys call `end`.
"""
