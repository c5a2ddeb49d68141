"""How many codes may one network make up? Each costs a question to WeChat, which has a quota for them.

Only codes that WeChat refused are counted, so that people who do sign in, a whole campus behind one address of them,
are never in the way of one another. Codes of programs and apps are counted apart: their people sit behind few addresses
of carriers, and a script at one door locks nobody out at the other.
"""

from django_wechat import conf
from django_wechat.exceptions import CodeInvalid, CodeUsed
from django_wechat.stores import limits
from django_wechat.stores.networks import everybodys, networks

CALLBACK = "codes_refused"
PROGRAMS = "program_codes_refused"
"""How the rules of RATE_LIMITS begin, for what browsers bring back from WeChat and for what programs and apps send."""


def seconds_to_wait(address: str, door: str = CALLBACK) -> int:
    """Return 0 if a code from `address` may be taken to WeChat, else the seconds until one may; counts nothing."""
    around = networks(address)
    rule, asked = f"{door}_address", [one.name for one in around]
    if not around:
        rule, asked = f"{door}_unknown", [everybodys(address)]
    allowed, _window = conf.get("RATE_LIMITS")[rule]
    counts, left = limits.counted(rule, asked)
    times = [one.times for one in around] or [1]
    return left if any(count >= allowed * time for count, time in zip(counts, times, strict=True)) else 0


def note(address: str, error: Exception, door: str = CALLBACK) -> None:
    """Count a code from `address` if `error` says that WeChat does not know it."""
    if isinstance(error, (CodeInvalid, CodeUsed)):
        note_guess(address, door)


def note_guess(address: str, door: str) -> None:
    """Count something from `address` that was made up."""
    around = networks(address)
    if not around:
        limits.seconds_to_wait(f"{door}_unknown", everybodys(address))
    for one in around:
        limits.seconds_to_wait(f"{door}_address", one.name)
