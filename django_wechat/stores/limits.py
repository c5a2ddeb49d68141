"""How often may somebody ask? Small counters on Django's cache, one window of time after the other."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.cache import BaseCache, caches
from django.utils.crypto import salted_hmac

from django_wechat import conf

logger = logging.getLogger("django_wechat.limits")

Answer = TypeVar("Answer")

BEIJING = 8 * 3600
"""Seconds from UTC: WeChat's quotas of the day begin anew at midnight there, as far as is known (section 6.2)."""


def seconds_to_wait(rule: str, who: str, *, times: int = 1) -> int:
    """Count one request of `who` under `rule`; return 0 if it may go on, else the seconds until it may.

    The rule is a key of the setting RATE_LIMITS: how often, within how many seconds. `who` may ask `times` as often.
    """
    allowed, window = conf.get("RATE_LIMITS")[rule]
    key = _key(rule, who, window)
    count = _ask(rule, lambda cache: _count(cache, key, window), 0)
    return 0 if count <= allowed * times else _left(window)


def counted(rule: str, asked: Sequence[str]) -> tuple[list[int], int]:
    """Return how often each of those `asked` about was counted in this window, and its seconds left; counts nothing."""
    _allowed, window = conf.get("RATE_LIMITS")[rule]
    keys = [_key(rule, who, window) for who in asked]
    found: dict[str, int] = _ask(rule, lambda cache: cache.get_many(keys), {})
    return [found.get(key, 0) for key in keys], _left(window)


def is_first(what: str, seconds: int) -> bool:
    """Return whether `what` happens for the first time within `seconds`; always so while the cache is down."""
    return _ask(what, lambda cache: bool(cache.add(f"django_wechat:first:{what}", 1, seconds)), default=True)


def cache_answers() -> bool:
    """Return whether the cache can be read now."""
    return _ask("nothing", lambda cache: cache.get("django_wechat:nothing") is None, default=False)


def kept(what: str) -> Any:
    """Return what `keep` kept; None if nothing was, or while the cache is down."""
    return _ask(what, lambda cache: cache.get(f"django_wechat:{what}"), None)


def keep(what: str, value: Any, seconds: int) -> None:
    """Keep something small for `seconds`, if the cache can."""
    _ask(what, lambda cache: cache.set(f"django_wechat:{what}", value, seconds), None)


def _ask(rule: str, use: Callable[[BaseCache], Answer], default: Answer) -> Answer:
    try:
        return use(caches[conf.get("CACHE_ALIAS")])
    except Exception:  # what an unreachable cache raises is its backend's own
        # A cache that is down must not close the login page.
        logger.warning("The cache does not count: the rate limit %s is off", rule, exc_info=True)
        return default


def _count(cache: BaseCache, key: str, window: int) -> int:
    if cache.add(key, 1, window):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the window ended between the two calls
        return 1


def _key(rule: str, who: str, window: int) -> str:
    asker: Any = salted_hmac("django_wechat.limits", who, algorithm="sha256").hexdigest()
    return f"django_wechat:limit:{rule}:{asker}:{int((time.time() + BEIJING) // window)}"


def _left(window: int) -> int:
    return max(1, int(window - (time.time() + BEIJING) % window))
