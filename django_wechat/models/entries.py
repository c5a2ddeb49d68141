"""What do the settings say of a provider? WECHAT["PROVIDERS"], cleaned as the admin's form cleans what is typed.

Everything that reads these dicts reads them here: what a check passes is what is used.
"""

from collections.abc import Collection, Mapping
from typing import Any, Self

from django.db import models

from django_wechat import conf
from django_wechat.models.fields import Stored
from django_wechat.models.pasted import cleaned

SECRETS = ("client_secret", "client_secret_2", "access_token", "encoding_aes_key")
"""The secrets that are filled in."""
STORED_SECRETS = (*SECRETS, "previous_encoding_aes_key")
"""The columns that are stored encrypted, or for a provider of the settings not at all."""
PASTED = ("client_id", "client_id_2", *SECRETS)
"""The columns whose values come from WeChat's consoles, or are pasted there."""
SWITCHES = ("enable_qr_code", "confirm_on_phone", "strict_entry", "enabled")
_MEANS = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("", "0", "false", "no", "off"), False)


def entries() -> list[dict[str, Any]]:
    """Return the providers of the settings; what is no dict with a name is left out (a check says so)."""
    found = conf.get("PROVIDERS")
    listed = found if isinstance(found, (list, tuple)) else ()
    return [entry for entry in map(clean_entry, listed) if entry.get("name")]


def entry_named(name: str) -> dict[str, Any]:
    """Return the provider of the settings with this name; empty if there is none."""
    return next((entry for entry in entries() if entry["name"] == name), {})


def clean_entry(entry: Any) -> dict[str, Any]:
    """Return one dict of the settings as it is used. None, as of a variable that is not set, is the same as no key."""
    if not isinstance(entry, Mapping):
        return {}
    return {key: _clean(key, value) for key, value in entry.items() if value is not None}


def _clean(key: str, value: Any) -> Any:
    """A switch may be a word, as environment variables have them; one that is none of those stays, for the check."""
    if not isinstance(value, str):
        return value
    if key in SWITCHES:
        return _MEANS.get(cleaned(value).lower(), value)
    return value.strip() if key in ("display_name", "hosts") else cleaned(value)


class Pasted(models.Model):
    """A row whose values are pasted: into a form, a shell, a fixture, or the settings."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep what was meant; a secret that was not touched stays as it is stored."""
        held = vars(self)
        for column in PASTED:
            if isinstance(held.get(column), str) and not isinstance(held[column], Stored):
                held[column] = cleaned(held[column])
        super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Read a row; the secrets of one that is set up in the settings come from there."""
        row = super().from_db(db, field_names, values, **options)
        held = vars(row)
        if held.get("in_settings"):
            entry = entry_named(str(getattr(row, "name", "")))
            held.update({secret: str(entry.get(secret, "")) for secret in STORED_SECRETS})
        return row
