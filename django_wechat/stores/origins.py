"""Do all visitors seem to come from one place? Then a proxy stands in front, and Django was not told.

A sample on the cache: the first sign-ins of a day, until one comes from an address of the internet. A process that
knows of one leaves the cache alone for a while.
"""

import logging
import time
from dataclasses import dataclass

from django.conf import settings

from django_wechat.stores import limits
from django_wechat.stores.networks import everybodys, networks

logger = logging.getLogger("django_wechat.limits")

ENOUGH = 50
"""Starts after which an address is taken for everybody's; a colleague who tries the site out makes fewer a day."""

FEW = 3
"""Proxies of a site's own; an intranet has more addresses than that."""

A_DAY = 86_400
_KEY = "origins"
_QUIET = 600
_PUBLIC = "public"
_quiet_until: dict[str, float] = {}
"""Until when this process leaves the cache alone."""


@dataclass(frozen=True)
class Sample:
    """Where sign-ins were started from: `addresses` is in words, "" if none was known; `count` is how many starts."""

    addresses: str
    count: int


def note(address: str) -> None:
    """Take down that somebody starts a sign-in at `address`."""
    if time.monotonic() < _quiet_until.get(_KEY, 0.0):
        return
    seen = _with(address, limits.kept(_KEY) or {})
    limits.keep(_KEY, seen, A_DAY)
    if _PUBLIC in seen or len(seen) > FEW:
        _quiet_until[_KEY] = time.monotonic() + _QUIET
    elif (sample := _sample(seen)) and limits.is_first("origins-told", A_DAY):
        logger.warning(
            "All of %d sign-ins were started at %s: is there a proxy, and ALLAUTH_TRUSTED_PROXY_COUNT not set? "
            "Limits count all visitors together",
            sample.count,
            sample.addresses or "no address",
        )


def all_from_one_place() -> Sample | None:
    """Return what was seen if all visitors seem to come from a proxy of the site's own; None if that is not known."""
    return _sample(limits.kept(_KEY) or {})


def _with(address: str, seen: dict[str, int]) -> dict[str, int]:
    """Return what was seen and `address`; nothing else counts beside one of the internet, or many of an intranet."""
    if networks(address):
        return {_PUBLIC: 1}
    shared = everybodys(address)
    return seen if _PUBLIC in seen or len(seen) > FEW else {**seen, shared: seen.get(shared, 0) + 1}


def _sample(seen: dict[str, int]) -> Sample | None:
    """A development server sees its developer only."""
    if settings.DEBUG or _PUBLIC in seen or len(seen) > FEW or sum(seen.values()) < ENOUGH:
        return None
    return Sample(", ".join(filter(None, sorted(seen))), sum(seen.values()))
