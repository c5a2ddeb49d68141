"""May this browser have another QR code of an official account? WeChat makes 100,000 of each account a day.

Who was here before is counted by the key of the browser, so that a campus behind one address is not one visitor; who is
new, by the address and the networks around it. An address that tells no visitor apart is everybody's: it has generous
rules of its own. Whatever a network is allowed, once half of the site's day is gone it gets no more than its share.
"""

import logging

from django_wechat import conf
from django_wechat.stores import limits
from django_wechat.stores.networks import everybodys, networks

logger = logging.getLogger("django_wechat.limits")

ACCOUNTS_DAY = "qr_open_site_day"
"""The rule for codes of official accounts."""

SHARES = {
    ACCOUNTS_DAY: "qr_open_network_day",
    "program_codes_minute": "program_codes_network_minute",
    "program_links_day": "program_links_network_day",
}
"""By the rule of what WeChat allows: that of what one network gets of it, once half is gone."""

MINUTE = 60

ONCE_IN_A_WHILE = 3600
"""Seconds between two lines of the log that say the same."""

SCARCE = 0.5
"""The part of the site's day after which nobody gets more than a share; before that, one network may be the site."""


class NoMoreCodes(Exception):
    """This browser gets no code now. `problem` is what it is told, `wait` the seconds until that may change."""

    def __init__(self, problem: str, wait: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.wait = wait


def count(appid: str, *, address: str, browser_key: str, quota: str = ACCOUNTS_DAY) -> None:
    """Count one code of the account or program `appid`; raise `NoMoreCodes` for one too many.

    `quota` is the rule of RATE_LIMITS that stays below what WeChat allows the AppID.
    """
    if wait := _by_key(browser_key) if browser_key else _by_address(address):
        raise NoMoreCodes("too_often", wait)
    if wait := _beyond_share(appid, address, quota):
        raise NoMoreCodes("too_often", wait)
    if wait := limits.seconds_to_wait(quota, appid):
        raise NoMoreCodes("too_often" if wait <= MINUTE else "quota_used_up", wait)


def note_other_shown(provider: str) -> None:
    """Tell the log, once in a while, that visitors of `provider` get the Open Platform's code instead."""
    if limits.is_first(f"instead:{provider}", ONCE_IN_A_WHILE):
        logger.warning("No more QR codes of %s for now: the Open Platform's are shown", provider)


def _by_key(browser_key: str) -> int:
    return max(limits.seconds_to_wait(rule, browser_key) for rule in ("qr_open_browser", "qr_open_browser_hour"))


def _by_address(address: str) -> int:
    around = networks(address)
    if not around:
        shared = everybodys(address)
        return max(limits.seconds_to_wait(rule, shared) for rule in ("qr_open_unknown", "qr_open_unknown_hour"))
    rules = ("qr_open_address", "qr_open_address_hour")
    return max(limits.seconds_to_wait(rule, one.name, times=one.times) for rule in rules for one in around)


def _beyond_share(appid: str, address: str, quota: str) -> int:
    """Whoever is refused here takes nothing of the site's day."""
    around = networks(address)
    wait = limits.seconds_to_wait(SHARES[quota], f"{appid} {around[-1].name}") if around else 0
    if not wait:
        return 0
    (used,), _left = limits.counted(quota, [appid])
    return wait if used >= SCARCE * conf.get("RATE_LIMITS")[quota][0] else 0
