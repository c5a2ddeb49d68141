"""What does `wx.login` hand out, and the phone-number button? Codes of mini programs, with their lives and limits."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App

CODE_LIFETIME = 300
PER_MINUTE = 100
"""Codes of one person that one program may exchange in a minute (reference 12.2)."""


@dataclass
class MiniCode:
    """One code of one person in one program; `is_phone`: of the phone-number button, which signs nobody in."""

    code: str
    app: App
    person: Person
    is_phone: bool
    expires_at: float
    used: bool = False


class MiniSessions:
    """All codes of mini programs of one platform; the caller holds the platform's lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._codes: dict[str, MiniCode] = {}
        self._exchanged: dict[tuple[str, str], list[float]] = {}

    def issue(self, app: App, person: Person, *, is_phone: bool = False) -> str:
        """Return a fresh code: five minutes, one use."""
        now = self._now()
        self._codes = {code: one for code, one in self._codes.items() if one.expires_at > now - CODE_LIFETIME}
        made = MiniCode(secrets.token_hex(16), app, person, is_phone, now + CODE_LIFETIME)
        self._codes[made.code] = made
        return made.code

    def exchange(self, app: App, code: str) -> Person:
        """Return who got a code of `wx.login`, once."""
        one = self._find(code, is_phone=False)
        if one is None or one.app.appid != app.appid:
            raise Refusal(40029)
        if one.used:
            raise Refusal(40163)
        self._count(app, one.person)
        one.used = True
        return one.person

    def exchange_phone(self, app: App, code: str) -> Person:
        """Return whose number a code of the button stands for, once; that of another AppID is refused as such."""
        one = self._find(code, is_phone=True)
        if one is None or one.used:
            raise Refusal(40029)
        if one.app.appid != app.appid:
            raise Refusal(40013)
        one.used = True
        return one.person

    def is_used(self, code: str) -> bool:
        """Was a code exchanged?"""
        return code in self._codes and self._codes[code].used

    def _find(self, code: str, *, is_phone: bool) -> MiniCode | None:
        one = self._codes.get(code)
        fits = one is not None and one.is_phone == is_phone and self._now() < one.expires_at
        return one if fits else None

    def _count(self, app: App, person: Person) -> None:
        minute = self._now() - 60
        recent = [when for when in self._exchanged.get((app.appid, person.key), []) if when > minute]
        if len(recent) >= PER_MINUTE:
            raise Refusal(45011)
        self._exchanged[app.appid, person.key] = [*recent, self._now()]
