"""Settings of what is measured: the test site as a server would run it."""

from tests.settings import *  # noqa: F403

DEBUG = False
# A list of sessions asks at each sign-in for those of before, simplejwt's blacklist writes down each token: not what is
# measured.
LISTS = ("allauth.usersessions", "rest_framework_simplejwt.token_blacklist")
INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in LISTS]  # noqa: F405
# Hosts that are certain: what a link in a chat message needs.
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
# nginx stands in front of several machines, on a port of its own.
USE_X_FORWARDED_PORT = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # As Django's documentation advises for a site on SQLite.
    DATABASES["default"]["OPTIONS"] = {  # noqa: F405
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }

# Persistent connections: a new one for every request would be most of what is measured.
DATABASES["default"]["CONN_MAX_AGE"] = None  # noqa: F405
