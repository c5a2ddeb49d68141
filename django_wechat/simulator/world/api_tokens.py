"""Which API access tokens are alive? Those of `cgi-bin/token` and, apart from them, of `cgi-bin/stable_token`."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from django_wechat.simulator.world.errors import Refusal

LIFETIME = 7200
# How long an old token works beside its successor; also how long before its end a stable one is renewed.
OVERLAP = 300
FORCED_PER_DAY = 20
SECONDS_BETWEEN_FORCED = 30


@dataclass
class ApiToken:
    """One token of one account."""

    appid: str
    expires_at: float
    # When a successor or a forced refresh kills it; later than that it is "not latest".
    dies_at: float = float("inf")
    value: str = field(default_factory=lambda: f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(100)}")


class ApiTokens:
    """All API access tokens of one platform; the caller holds the platform's lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._issued: dict[str, ApiToken] = {}
        self._ordinary: dict[str, ApiToken] = {}
        self._stable: dict[str, ApiToken] = {}
        self._forced: dict[str, list[float]] = {}

    def ordinary(self, appid: str) -> ApiToken:
        """Issue a token as `cgi-bin/token` does: the one before it works for five more minutes."""
        if previous := self._ordinary.get(appid):
            previous.dies_at = self._now() + OVERLAP
        self._ordinary[appid] = self._issue(appid)
        return self._ordinary[appid]

    def stable(self, appid: str, *, force: bool) -> ApiToken:
        """Return the same token again and again, until five minutes before its end or until forced."""
        current = self._stable.get(appid)
        if force:
            self._count_forced(appid)
            if current:
                current.dies_at = self._now()
        elif current and current.expires_at - self._now() > OVERLAP and self._now() < current.dies_at:
            return current
        self._stable[appid] = self._issue(appid)
        return self._stable[appid]

    def find(self, value: str) -> ApiToken:
        """Return a living token."""
        token = self._issued.get(value)
        if token is None:
            raise Refusal(40014)
        if self._now() >= token.expires_at:
            raise Refusal(42001)
        if self._now() >= token.dies_at:
            raise Refusal(40001)
        return token

    def revoke(self, appid: str) -> None:
        """Kill every token of an account at once."""
        for token in self._issued.values():
            if token.appid == appid:
                token.dies_at = self._now()

    def seconds_left(self, token: ApiToken) -> int:
        """Return what `expires_in` says."""
        return int(token.expires_at - self._now() + 0.5)

    def _issue(self, appid: str) -> ApiToken:
        token = ApiToken(appid, self._now() + LIFETIME)
        self._issued[token.value] = token
        return token

    def _count_forced(self, appid: str) -> None:
        """Refuse beyond the limits. What the real WeChat answers then is unknown; this is its quota error."""
        today = [when for when in self._forced.get(appid, []) if when > self._now() - 86400]
        if len(today) >= FORCED_PER_DAY or (today and self._now() - today[-1] < SECONDS_BETWEEN_FORCED):
            raise Refusal(45009)
        self._forced[appid] = [*today, self._now()]
