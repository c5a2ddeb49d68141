"""Which links lead into mini programs from outside WeChat? URL Links and Schemes (reference 14), and their end.

Where the reference names an errcode without saying when it comes, it is a guess: 85402 for a wrong `env_version`, 40212
also for a query that is too long. A link without an end of its own lives the thirty days that are the most.
"""

import re
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from django_wechat.simulator.ways_in.pace import Pace
from django_wechat.simulator.ways_in.scenes import PLAIN_SCHEME, RELEASE, SCHEME, URL_LINK, VERSIONS, Launch, scene_of
from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.registry import App

SCHEME_PREFIX = "weixin://dl/business/?"
LONGEST_QUERY = 1024
LONGEST_PLAIN_QUERY = 512
SHORTEST, LONGEST = 60, 30 * 86400
PER_SECOND = 100
_QUERY = re.compile(r"[^=&\s]+=[^=&\s]*(&[^=&\s]+=[^=&\s]*)*")
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class ProgramLink:
    """One link; whoever has it may open it, as often as they like."""

    app: App
    path: str
    query: str
    env_version: str
    expires_at: float
    is_scheme: bool
    ticket: str

    def launch(self, way: str) -> Launch:
        """Return what the program hears when the link is opened so; a Scheme opens nothing inside WeChat."""
        scene = scene_of(SCHEME if self.is_scheme else URL_LINK, way)
        return Launch(self.app, self.path, _pairs(self.query), scene, self.env_version)


class ProgramLinks:
    """All links of one platform; the caller holds the platform's lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._pace = Pace(now, PER_SECOND, 1, 44990)
        self._by_ticket: dict[str, ProgramLink] = {}

    def create(self, app: App, order: Mapping[str, object], *, is_scheme: bool) -> ProgramLink:
        """Do what the body of a request asks for; in a Scheme's, what is opened stands in `jump_wxa`."""
        if app.of_individual:
            raise Refusal(40002)
        if not app.released:
            raise Refusal(85079)
        goal = order.get("jump_wxa", {}) if is_scheme else order
        if not isinstance(goal, dict):
            raise Refusal(47001)
        path, query, env_version = _goal(app, goal)
        expires_at = self._end(order)
        self._pace.count(app.appid)
        if app.links_left <= 0:
            raise Refusal(44993)
        app.links_left -= 1
        ticket = "".join(secrets.choice(_ALPHABET) for _ in range(11))
        link = ProgramLink(app, path, query, env_version, expires_at, is_scheme, ticket)
        self._by_ticket[ticket] = link
        return link

    def find(self, ticket: str) -> ProgramLink:
        """Return a link by its ticket."""
        if ticket not in self._by_ticket:
            raise ValueError(f"unknown link {ticket!r}")
        return self._by_ticket[ticket]

    def is_expired(self, link: ProgramLink) -> bool:
        """Has it come to its end?"""
        return self._now() >= link.expires_at

    def _end(self, order: Mapping[str, object]) -> float:
        """Return when it ends: `expire_type` 0 names a moment, 1 a number of days."""
        now, kind = self._now(), order.get("expire_type", 0)
        value = order.get("expire_interval" if kind == 1 else "expire_time")
        if value is None:
            return now + LONGEST
        if kind not in (0, 1) or not isinstance(value, int):
            raise Refusal(85401)
        end = now + value * 86400 if kind == 1 else float(value)
        # WeChat's clock counts whole seconds.
        if not now + SHORTEST - 1 <= end <= now + LONGEST + 1:
            raise Refusal(85401)
        return end


def _goal(app: App, goal: Mapping[str, object]) -> tuple[str, str, str]:
    """Return page, query and version; without a page it is the home page."""
    path, query, env_version = goal.get("path", ""), goal.get("query", ""), goal.get("env_version", RELEASE)
    if not isinstance(path, str) or (path and path.removeprefix("/") not in app.page_list):
        raise Refusal(40165)
    if not isinstance(query, str) or len(query) > LONGEST_QUERY or (query and not _QUERY.fullmatch(query)):
        raise Refusal(40212)
    if not isinstance(env_version, str) or env_version not in VERSIONS:
        raise Refusal(85402)
    return path.removeprefix("/") or app.home_page, query, env_version


def _pairs(query: str) -> dict[str, str]:
    """What the program sees of `a=1&b=2`: nothing is decoded."""
    return dict(part.split("=", 1) for part in query.split("&") if part)


def ticket_in(address: str) -> str:
    """Return the ticket of a link as it was handed out, or ""."""
    if address.startswith(SCHEME_PREFIX):
        return dict(parse_qsl(urlsplit(address).query)).get("t", "")
    return urlsplit(address).path.partition("/wxaurl/")[2].rstrip("/")


def is_program_link(address: str) -> bool:
    """Is this a link into a program, and no address of a site?"""
    return bool(address.startswith(SCHEME_PREFIX) or ticket_in(address))


def plain_launch(apps: Mapping[str, App], address: str, way: str) -> Launch:
    """Open a Scheme that was written by hand: the console has to allow its page (明文 Scheme)."""
    values = dict(parse_qsl(urlsplit(address).query))
    app, path, query = apps.get(values.get("appid", "")), values.get("path", ""), values.get("query", "")
    if app is None or not app.is_mini_program:
        raise ValueError(f"there is no mini program {values.get('appid', '')!r}")
    if path not in app.plain_pages:
        raise ValueError(f"85405: the console of {app.appid} allows no plain Scheme for the page {path!r}")
    if len(query) > LONGEST_PLAIN_QUERY or (query and not _QUERY.fullmatch(query)):
        raise ValueError("40212: the query is k=v&k=v, percent-encoded as a whole")
    version = values.get("env_version", RELEASE)
    return Launch(app, path, _pairs(query), scene_of(PLAIN_SCHEME, way), version)
