"""Which providers are set up in the settings instead of the admin? WECHAT["PROVIDERS"], a list of dicts.

Each has a row, because QR sessions and the admin's pages refer to rows; the row holds everything but the secrets, which
are taken from the settings whenever it is read (`WeChatProvider.from_db`).
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError

from django_wechat.models import WeChatProvider
from django_wechat.models.entries import SECRETS, STORED_SECRETS, entries
from django_wechat.models.transactions import all_or_nothing

logger = logging.getLogger("django_wechat.settings")

KEYS = frozenset(
    {"name", "display_name", "sub_type", "client_id", "client_id_2", "enable_qr_code", "follow_up_action"}
    | {"confirm_on_phone", "mini_program_page", "mini_program_version", "strict_entry"}
    | {"enabled", "order", "hosts", *SECRETS}
)
"""What a dict of WECHAT["PROVIDERS"] may hold for its row: the field names of the admin's form."""

_synced: list[str] = []
"""What this process wrote last, as JSON; empty before its first look."""


def values_of(entry: Mapping[str, Any], order: int) -> dict[str, Any]:
    """Return the columns of the row for one cleaned dict: all but the secrets; `order` is its place in the list."""
    values = {key: value for key, value in entry.items() if key in KEYS and key not in SECRETS}
    hosts = values.get("hosts", "")
    joined = "\n".join(map(str, hosts)) if isinstance(hosts, (list, tuple)) else hosts
    return {"order": order, **values, "hosts": joined, "in_settings": True}


def sync_once() -> None:
    """Bring the rows up to date with the settings, if this process has not done so for these settings.

    A database that is not there or not migrated yet is no reason to fail: the next request tries again.
    """
    rows = [values_of(entry, order) for order, entry in enumerate(entries())]
    wanted = json.dumps(rows, default=str)
    if _synced == [wanted]:
        return
    try:
        with all_or_nothing():
            _sync(rows)
    except DatabaseError:
        logger.warning("The WeChat providers of the settings could not be written now", exc_info=True)
        return
    _synced[:] = [wanted]


def forget() -> None:
    """Look again at the next request: the settings or the database are others."""
    _synced.clear()


def _sync(rows: list[dict[str, Any]]) -> None:
    taken = set(WeChatProvider.objects.filter(in_settings=False).values_list("name", flat=True))
    for entry in rows:
        if entry["name"] in taken:
            logger.error(
                "WECHAT['PROVIDERS'] has %r, and so has the admin: the admin's row counts. Rename or delete one.",
                entry["name"],
            )
        else:
            _write_if_possible(entry)
    gone = WeChatProvider.objects.filter(in_settings=True).exclude(name__in=[entry["name"] for entry in rows])
    gone.update(enabled=False)


def _write_if_possible(entry: dict[str, Any]) -> None:
    """One that no column takes stays as it was: that is no reason to show nobody anything. No message holds a value."""
    try:
        for field in WeChatProvider._meta.fields:
            field.to_python(entry.get(field.name, field.get_default()))
    except ValidationError:
        logger.error("WECHAT['PROVIDERS'] has %r with a value of the wrong kind: see manage.py check", entry["name"])
    else:
        _write(entry)


def _write(entry: dict[str, Any]) -> None:
    """Not `save()` of a row that was read: it carries the settings' secrets, which no column shall hold."""
    row = WeChatProvider.objects.filter(name=entry["name"])
    if not row.update(**entry, **dict.fromkeys(STORED_SECRETS, "")):
        WeChatProvider.objects.create(**entry)
