"""Who was signed in by the code that WeChat's way back ended with? It is changed into tokens, in that browser alone.

Nothing is written for a code before it is used: it says itself, encrypted, whose it is, of which browser and minute.
"""

import hmac
import json
import time
from typing import Any

from django.utils.crypto import get_random_string

from django_wechat.models.fields import SecretUnreadable, decrypt, encrypt
from django_wechat.stores import code_exchanges, whose

LIFETIME = 60
"""Seconds."""
LONGEST = 1024
"""Characters."""
_STATE = "wechat_code"


def make(user: Any, browser_key: str) -> str:
    """Return a code for `user`, good in the browser with this key, once, for `LIFETIME`."""
    told = {**whose.noted(user), "browser": browser_key, "at": int(time.time()), "id": get_random_string(32)}
    return encrypt(json.dumps(told))


def redeem(code: str, browser_key: str) -> Any:
    """Return whose code it is; None for one that is made up, used, late, another browser's, or of a past password."""
    told = _read(code)
    if told is None or not browser_key or not _same(told["browser"], browser_key):
        return None
    # Not by the text of the code: the same secret can be written in more than one way.
    if time.time() - told["at"] > LIFETIME or code_exchanges.claim(_STATE, told["id"], browser_key, {}) is None:
        return None
    return whose.find(told)


def _read(code: str) -> dict[str, Any] | None:
    try:
        told = json.loads(decrypt(code, column=_STATE)) if 0 < len(code) <= LONGEST else None
    except (SecretUnreadable, ValueError):
        return None
    return told if isinstance(told, dict) and told.keys() == {"user", "key", "browser", "at", "id"} else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
