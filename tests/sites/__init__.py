"""Sites that are set up in other ways than the one of `tests/settings.py`: their URLs, adapters and policies."""
