"""Does the web authorisation of an official account work at a host? Known once somebody signed in that way there.

Nothing else can tell: WeChat checks the domain (网页授权域名) in the person's own WeChat only. Kept in the cache; where
it is lost, the next sign-in inside WeChat brings it back.
"""

import logging
import time

from django.core.cache import caches
from django.utils.crypto import salted_hmac

from django_wechat import conf

logger = logging.getLogger("django_wechat.limits")

KEPT_FOR = 30 * 86_400
"""Seconds; a domain that was taken away at WeChat stops to count after so long."""

NOTED_EVERY = 3_600.0
_noted: dict[str, float] = {}
"""What this process noted lately, and when: a busy site writes it once an hour, not at each sign-in."""


def note(appid: str, host: str) -> None:
    """Note that it worked just now."""
    key, now = _key(appid, host), time.monotonic()
    if now - _noted.get(key, -NOTED_EVERY) < NOTED_EVERY:
        return
    try:
        caches[conf.get("CACHE_ALIAS")].set(key, 1, KEPT_FOR)
    except Exception:
        logger.warning("The cache does not take in that web authorisation works", exc_info=True)
        return
    _noted[key] = now


def works(appid: str, host: str) -> bool:
    """Return whether it is known to work."""
    try:
        return bool(caches[conf.get("CACHE_ALIAS")].get(_key(appid, host)))
    except Exception:
        logger.warning("The cache does not say whether web authorisation works", exc_info=True)
        return False


def _key(appid: str, host: str) -> str:
    return "django_wechat:web:" + salted_hmac("django_wechat.web", f"{appid} {host}", algorithm="sha256").hexdigest()
