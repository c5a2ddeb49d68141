"""What did WeChat hand out? Codes, user access tokens and refresh tokens: their lives, and who may use them."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass

from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App, Family

TOKEN_LIFETIME = 7200
REFRESH_LIFETIME = 30 * 86400
FORGOTTEN_AFTER = 86400
APP_CODE_LIFETIME = 600
"""Of a mobile app's code (reference 15)."""
PROFILE_SCOPES = {"snsapi_login", "snsapi_userinfo"}

_ALPHABET = string.ascii_letters + string.digits


@dataclass
class Grant:
    """One consent: the code it produced and, after the exchange, its tokens."""

    code: str
    app: App
    person: Person
    scope: str
    is_snapshot: bool
    code_expires_at: float
    used: bool = False
    user_access_token: str = ""
    token_expires_at: float = 0.0
    refresh_token: str = ""
    refresh_expires_at: float = 0.0

    @property
    def openid(self) -> str:
        """The person's id towards the app that got the code."""
        return self.person.openid(self.app.appid)

    @property
    def unionid(self) -> str:
        """The id across one Open Platform account; empty when the app is bound to none."""
        return self.person.unionid(self.app.open_platform) if self.app.open_platform else ""

    @property
    def reads_profile(self) -> bool:
        """May the token call `/sns/userinfo`?"""
        return bool(PROFILE_SCOPES & set(self.scope.split(",")))


class Grants:
    """All grants of one platform; the caller holds the platform's lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._by_code: dict[str, Grant] = {}
        self._by_token: dict[str, Grant] = {}
        self._by_refresh_token: dict[str, Grant] = {}

    def issue_code(self, app: App, person: Person, scope: str, lifetime: float, *, is_snapshot: bool) -> Grant:
        """Record a consent and return it with its fresh code."""
        self._forget_old_codes()
        who = person.as_snapshot() if is_snapshot else person
        grant = Grant(_opaque(32), app, who, scope, is_snapshot, self._now() + lifetime)
        self._by_code[grant.code] = grant
        return grant

    def exchange(self, app: App, code: str) -> Grant:
        """Turn a code into tokens, once."""
        grant = self._by_code.get(code)
        # The code of another AppID is 40029 as well: an AppID mix-up looks like an expired code.
        if grant is None or grant.app.appid != app.appid:
            raise Refusal(40029)
        if grant.used:
            raise Refusal(40163)
        if self._now() >= grant.code_expires_at:
            raise Refusal(40029)
        grant.used = True
        grant.refresh_token = _opaque(110)
        grant.refresh_expires_at = self._now() + REFRESH_LIFETIME
        self._by_refresh_token[grant.refresh_token] = grant
        self._renew_token(grant)
        return grant

    def is_used(self, code: str) -> bool:
        """Was a code exchanged?"""
        return code in self._by_code and self._by_code[code].used

    def refresh(self, app: App, refresh_token: str) -> Grant:
        """Renew a living token, or replace a dead one."""
        grant = self._by_refresh_token.get(refresh_token)
        if grant is None or grant.app.appid != app.appid:
            raise Refusal(40030)
        if self._now() >= grant.refresh_expires_at:
            raise Refusal(42002)
        self._renew_token(grant)
        return grant

    def find(self, user_access_token: str, openid: str) -> Grant:
        """Return the grant of a living token, if it belongs to that openid."""
        grant = self._by_token.get(user_access_token)
        if grant is None:
            raise Refusal(40001)
        if self._now() >= grant.token_expires_at:
            raise Refusal(42001)
        if grant.openid != openid:
            raise Refusal(40003)
        return grant

    def _renew_token(self, grant: Grant) -> None:
        if self._now() >= grant.token_expires_at:
            grant.user_access_token = _opaque(110)
            self._by_token[grant.user_access_token] = grant
        grant.token_expires_at = self._now() + TOKEN_LIFETIME

    def _forget_old_codes(self) -> None:
        limit = self._now() - FORGOTTEN_AFTER
        self._by_code = {code: grant for code, grant in self._by_code.items() if grant.code_expires_at > limit}


def shows_unionid_with_token(grant: Grant) -> bool:
    """Official accounts show the unionid beside the token only for `snsapi_userinfo`; apps always do."""
    return grant.app.family in {Family.WEBSITE, Family.MOBILE} or grant.scope == "snsapi_userinfo"


def _opaque(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
