"""Settings of what is measured: the test site as a server would run it."""

from tests.settings import *  # noqa: F403

DEBUG = False

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # As Django's documentation advises for a site on SQLite.
    DATABASES["default"]["OPTIONS"] = {  # noqa: F405
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }

# Persistent connections: a new one for every request would be most of what is measured.
DATABASES["default"]["CONN_MAX_AGE"] = None  # noqa: F405
