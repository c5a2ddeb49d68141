"""Which journey does this browser get? All of them in order, and a pure decision (docs: how it works).

A new journey is a file in this folder and its place in `JOURNEYS`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django_wechat.flows import (
    app,
    follow,
    help_pages,
    in_wechat,
    mini_program,
    program_code,
    program_link,
    web_qr,
)
from django_wechat.flows.journey import Journey, LeadsAway, TakesCode, WaitsForPhone
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.protocol.oauth import Profile
from django_wechat.protocol.push import OfficialAccount, PushEvent
from django_wechat.protocol.user_agent import Browser

Kind = TypeVar("Kind", bound=Journey)

FULL_PAGE = "full_page"
"""Query parameter of the start page: show the full-page QR on a phone too, for a second phone to scan."""

JOURNEYS: list[Journey] = [follow.JOURNEY, program_code.JOURNEY, web_qr.JOURNEY, in_wechat.JOURNEY]
"""Asked in this order for each row; the first that serves the browser and works with the row is it."""

LINK = program_link.JOURNEY
"""What a phone's browser is offered on the page that explains."""

MINI_PROGRAM, APP = mini_program.JOURNEY, app.JOURNEY
"""Those of programs and apps, which come to an address of their own and are asked by nobody."""

KINDS = {"link": LINK.kind}
"""What a page may ask for under a shorter name."""

BY_CODE: tuple[TakesCode, ...] = (MINI_PROGRAM, APP)
"""All of these."""

EVERY: Sequence[Journey] = (*JOURNEYS, LINK, *BY_CODE)
"""All that there are, for who tells of them."""


@dataclass(frozen=True)
class Choice:
    """The journey for one browser, and the provider that serves it.

    `journey` is None when nothing is configured for this browser; `provider` is None for a help page. `full_page`: a
    provider can show a full page with a QR code. `in_wechat_possible`: the same page would work inside WeChat. `kinds`
    are the codes that the tab can show, the first one first; `link`: a link can open a mini program on this phone.
    """

    journey: Journey | None
    provider: WeChatProvider | None = None
    full_page: bool = False
    in_wechat_possible: bool = False
    kinds: tuple[str, ...] = ()
    link: bool = False


def choose(
    browser: Browser, rows: Sequence[WeChatProvider], *, name: str | None = None, full_page: bool = False
) -> Choice:
    """Return what `browser` gets from all rows, or from the one called `name` unless that is gone from an old link.

    With `full_page` it is the full page with a QR code, whatever else the browser would get.
    """
    chosen = [row for row in rows if row.name == name] or rows
    return pick_full_page(chosen) if full_page else pick(browser, chosen)


def pick(browser: Browser, rows: Sequence[WeChatProvider]) -> Choice:
    """Return what `browser` gets from `rows`: those enabled for the host, in order."""
    for row in rows:
        for journey in JOURNEYS:
            if journey.serves(browser) and journey.works_with(row):
                return replace(_choice(journey, row, rows), kinds=_kinds(browser, rows))
    pages = [page for page in help_pages.PAGES if page.serves(browser)] if rows else []
    chosen = _choice(pages[0] if pages else None, None, rows)
    return replace(chosen, link=LINK.serves(browser) and _works(LINK, rows))


def pick_kind(browser: Browser, rows: Sequence[WeChatProvider], kind: str) -> Choice:
    """Return what `browser` gets from `rows` of what the tab is told as `kind`; nothing where that cannot be had."""
    for row in rows:
        for journey in (*JOURNEYS, LINK):
            if journey.kind == kind and journey.serves(browser) and journey.works_with(row):
                return Choice(journey, row)
    return Choice(None)


def pick_full_page(rows: Sequence[WeChatProvider]) -> Choice:
    """Return the first full page with a QR code, as if no browser were on a phone."""
    for row in rows:
        for journey in JOURNEYS:
            if journey.full_page and journey.works_with(row):
                return Choice(journey, row, full_page=True)
    return Choice(None)


def is_inside_wechat(browser: Browser) -> bool:
    """Return whether it is WeChat's own browser, in which a sign-in is one tap away."""
    return any(journey.inside_wechat and journey.serves(browser) for journey in JOURNEYS)


def rows_with_code(journey: TakesCode, rows: Sequence[WeChatProvider], appid: str) -> list[WeChatProvider]:
    """Return which of `rows` a code can be of: those of the journey's kind, or the one with this `appid`."""
    return [row for row in rows if journey.works_with(row) and appid in ("", row.client_id)]


def takes_codes(rows: Sequence[WeChatProvider]) -> bool:
    """Return whether any of `rows` is a mini program or an app."""
    return any(journey.works_with(row) for journey in BY_CODE for row in rows)


def has_full_page(kind: str) -> bool:
    """Return whether what the tab is told as `kind` is the QR code of a full page."""
    return any(journey.full_page and journey.kind == kind for journey in JOURNEYS)


def named(name: str, kind: type[Kind]) -> Kind:
    """Return the journey with this name; raise `KeyError` if there is none of this kind."""
    return {journey.name: journey for journey in (*JOURNEYS, LINK) if isinstance(journey, kind)}[name]


def of(qr_session: QRSession) -> WaitsForPhone:
    """Return the journey that opened a QR session."""
    return named(qr_session.request.get("journey", follow.JOURNEY.name), WaitsForPhone)


def finish(row: WeChatProvider | None, begun: dict[str, Any], code: str, host: str) -> Profile | None:
    """Return who came back to `host` with a code; None if the row or its keypair is no longer the one of the start.

    `begun` names the journey and the appid of the start. Raises what the journey's own `finish` raises.
    """
    if row is None:
        return None
    journey = named(begun["journey"], LeadsAway)
    app = journey.app(row)
    if app.appid != begun["appid"]:
        return None
    profile = journey.finish(app, code)
    journey.note_way_back(app, host)
    return profile


def answer_push(row: WeChatProvider, account: OfficialAccount, event: PushEvent) -> str:
    """Let the journeys take in what WeChat pushed; return what the person is told, "" if it is nobody's business."""
    answers = (journey.on_push(row, account, event) for journey in JOURNEYS)
    return next((words for words in answers if words), "")


def _kinds(browser: Browser, rows: Sequence[WeChatProvider]) -> tuple[str, ...]:
    found = [
        journey.kind
        for row in rows
        for journey in JOURNEYS
        if journey.kind and journey.serves(browser) and journey.works_with(row)
    ]
    return tuple(dict.fromkeys(found))


def _choice(journey: Journey | None, row: WeChatProvider | None, rows: Sequence[WeChatProvider]) -> Choice:
    full_page = any(_works(journey, rows) for journey in JOURNEYS if journey.full_page)
    in_wechat = any(_works(journey, rows) for journey in JOURNEYS if journey.inside_wechat)
    return Choice(journey, row, full_page=full_page, in_wechat_possible=in_wechat)


def _works(journey: Journey, rows: Sequence[WeChatProvider]) -> bool:
    return any(journey.works_with(row) for row in rows)
