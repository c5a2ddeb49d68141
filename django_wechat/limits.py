"""How often may one browser or one address ask? A small counter on Django's cache, one window after the other."""

import ipaddress
import logging
import time

from django.core.cache import caches
from django.utils.crypto import salted_hmac

from django_wechat import conf

logger = logging.getLogger("django_wechat.limits")


def seconds_to_wait(rule: str, who: str) -> int:
    """Count one request of `who` under `rule`; return 0 if it may go on, else the seconds until it may.

    The rule is a key of the setting RATE_LIMITS: how often, within how many seconds.
    """
    times, window = conf.get("RATE_LIMITS")[rule]
    now = time.time()
    number = int(now // window)
    asker = salted_hmac("django_wechat.limits", who, algorithm="sha256").hexdigest()
    key = f"django_wechat:limit:{rule}:{asker}:{number}"
    try:
        count = _count(key, window)
    except Exception:
        # A cache that is down must not close the login page.
        logger.warning("The cache does not count: the rate limit %s is off", rule, exc_info=True)
        return 0
    return 0 if count <= times else max(1, int((number + 1) * window - now))


def network(address: str) -> str:
    """Return what counts as one address: an IPv6 customer has 2**64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else address


def _count(key: str, window: int) -> int:
    cache = caches[conf.get("CACHE_ALIAS")]
    if cache.add(key, 1, window):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the window ended between the two calls
        return 1
