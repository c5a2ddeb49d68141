"""Which database has what? The people, and all that points to them, are not in `default`."""

from typing import Any

PEOPLE = {
    "account",
    "admin",
    "auth",
    "contenttypes",
    "django_wechat",
    "elsewhere",
    "mfa",
    "socialaccount",
    "token_blacklist",
    "usersessions",
}


class Router:
    """Django's interface for that."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """Return where a model's rows are."""
        return "people" if model._meta.app_label in PEOPLE else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Return whether an app's tables belong there."""
        return (app_label in PEOPLE) == (db == "people")
