"""How often may one browser or one address ask? A small counter on Django's cache, one window after the other."""

import time

from django.core.cache import caches
from django.utils.crypto import salted_hmac

from django_wechat import conf


def seconds_to_wait(rule: str, who: str) -> int:
    """Count one request of `who` under `rule`; return 0 if it may go on, else the seconds until it may.

    The rule is a key of the setting RATE_LIMITS: how often, within how many seconds.
    """
    times, window = conf.get("RATE_LIMITS")[rule]
    now = time.time()
    number = int(now // window)
    asker = salted_hmac("django_wechat.limits", who, algorithm="sha256").hexdigest()
    key = f"django_wechat:limit:{rule}:{asker}:{number}"
    cache = caches[conf.get("CACHE_ALIAS")]
    if cache.add(key, 1, window):
        return 0
    try:
        count = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return 0
    return 0 if count <= times else max(1, int((number + 1) * window - now))
