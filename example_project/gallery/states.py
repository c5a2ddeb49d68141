"""What does the gallery show? One `State` for each: the real template, and what it is filled with."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from django_wechat.flows import chat, help_pages, in_wechat, web_qr
from django_wechat.flows.journey import CONNECT, REAUTHENTICATE, Journey
from django_wechat.flows.table import Choice
from django_wechat.models import FollowUpAction, WeChatProvider
from django_wechat.problems import PROBLEMS, problem_for, words_of
from django_wechat.protocol.oauth import Profile
from example_project.gallery import panel_states
from example_project.gallery.panel_states import REFERENCE, PanelState

Context = dict[str, Any]

PROVIDER = WeChatProvider(name="gallery", display_name="WeChat")
ONLY_IN_THE_TAB = ("qr_unavailable", "too_often")
ONLY_IN_JSON = ("digits_needed", "digits_wrong")
"""Problems that are told in the tab, never on a page of their own."""
SITE_NAME = "Acme"
HOST = "example.com"
PHONE_STATES = ("ask", "again", "unsure", "confirmed", "refused", "expired")
PHONE_STATES += ("number", "disowned", "ended", "elsewhere", "own", "other", "gone")
_ANCHOR = re.compile(r'<a href="([^"]+)">([^<]+)</a>')
DIGITS = "47"
WHEN = datetime(2026, 3, 2, 6, 41, tzinfo=UTC)
MINUTES_AGO = {"again": 1, "unsure": 3}


@dataclass(frozen=True)
class State:
    """One page of the gallery. Without `script` it is looked at with JavaScript off."""

    slug: str
    group: str
    template: str
    context: Callable[[HttpRequest], Context]
    script: bool = True


def all_states() -> dict[str, State]:
    """Return every state by its slug, in the order in which they are shown."""
    shown = (_panels, _elements, _taps, _help, _problems, _confirm, _messages, _connecting, _have_account)
    states = [state for group in shown for state in group()]
    return {state.slug: state for state in states}


def _panels() -> Iterator[State]:
    for shown in panel_states.panel_states():
        yield State(shown.slug, "The tab", "example/gallery/panel.html", _panel(shown), shown.script)


def _panel(shown: PanelState) -> Callable[[HttpRequest], Context]:
    def context(request: HttpRequest) -> Context:
        choice = _choice(shown)
        words = words_of(problem_for(shown.told)) if shown.told else ""
        return {
            "shown": {**asdict(shown), "journey": str(shown.journey), "message": words, "digits": DIGITS},
            "choice": choice,
            "process": shown.process,
        }

    return context


def _choice(shown: PanelState) -> Choice:
    second = (panel_states.WEB_QR.kind,) if shown.second_choice else ()
    if shown.journey.is_help:
        return Choice(shown.journey, link=True, full_page=bool(second), in_wechat_possible=bool(second))
    kinds = shown.kinds or tuple(dict.fromkeys((shown.journey.kind, *second)))
    return Choice(shown.journey, PROVIDER, full_page=shown.second_choice, kinds=kinds)


def _elements() -> Iterator[State]:
    for card in ("loading", "failed"):
        yield State(f"wechat-login-{card}", "The element", "example/gallery/element.html", _element(card))


def _element(card: str) -> Callable[[HttpRequest], Context]:
    return lambda request: {"card": card}


def _taps() -> Iterator[State]:
    for slug, journey, process in (
        ("one-tap", in_wechat.JOURNEY, "login"),
        ("one-tap-connect", in_wechat.JOURNEY, "connect"),
        ("one-tap-reauthenticate", in_wechat.JOURNEY, REAUTHENTICATE),
        ("full-page", web_qr.JOURNEY, "login"),
    ):
        yield State(slug, "One tap", "django_wechat/login.html", _journey(journey, process=process))


def _help() -> Iterator[State]:
    for journey in help_pages.PAGES:
        slug = journey.name.replace("_", "-")
        yield State(slug, "Help", "django_wechat/help.html", _journey(journey))
        yield State(f"{slug}-only-web", "Help", "django_wechat/help.html", _journey(journey, in_wechat=False))
        yield State(f"{slug}-only-mobile", "Help", "django_wechat/help.html", _journey(journey, full_page=False))


def _journey(
    journey: Journey, *, process: str = "login", full_page: bool = True, in_wechat: bool = True
) -> Callable[[HttpRequest], Context]:
    """What the start page is given for this browser, on a site with the keypair for PCs, for WeChat, or both."""

    def context(request: HttpRequest) -> Context:
        start = reverse("wechat_login")
        return {
            "choice": Choice(journey, PROVIDER, full_page=full_page, in_wechat_possible=in_wechat),
            "journey": str(journey),
            "provider": PROVIDER,
            "process": process,
            "login_url": start,
            "page_url": f"https://{HOST}{start}?process={process}&next=%2Forders%2F",
            "full_page_url": start,
            "sign_in_url": reverse("account_login"),
        }

    return context


def _problems() -> Iterator[State]:
    for code, problem in PROBLEMS.items():
        if code in (*ONLY_IN_THE_TAB, *ONLY_IN_JSON):
            continue
        reference = REFERENCE if problem.for_admin else ""
        slug = f"problem-{code.replace('_', '-')}"
        yield State(slug, "Problems", "django_wechat/error.html", _problem(code, reference))


def _problem(code: str, reference: str) -> Callable[[HttpRequest], Context]:
    return lambda request: {"problem": problem_for(code, reference=reference)}


def _confirm() -> Iterator[State]:
    for shown in PHONE_STATES:
        for process in ("login", "connect"):
            slug = f"confirm-{shown}" + ("" if process == "login" else "-connect")
            yield State(slug, "On the phone", "django_wechat/confirm.html", _question(shown, process))
    for shown in ("ask", "refused", "expired"):
        asked = _question(shown, REAUTHENTICATE)
        yield State(f"confirm-{shown}-reauthenticate", "On the phone", "django_wechat/confirm.html", asked)


def _question(shown: str, process: str) -> Callable[[HttpRequest], Context]:
    """What the page on the phone is given; "again" and "unsure" are the question after an answer that did not count.

    "number" is asked for after the sign-in, by somebody who has an account; "ended" is a sign-in that was taken back in
    time to sign a computer out.
    """
    asked = {
        "site_name": SITE_NAME,
        "host": HOST,
        "digits": DIGITS,
        "browser": "Edge",
        "system": "Windows",
        "place": _("Shenzhen"),
        "account": "lihua@example.com",
        "requested_at": WHEN,
        "minutes_ago": MINUTES_AGO.get(shown, 0),
        "state": {"again": "ask", "unsure": "ask", "number": "confirmed", "ended": "disowned"}.get(shown, shown),
        "number_again": shown == "number",
        "again": shown == "again",
        "unsure": shown == "unsure",
        "ended": shown == "ended",
        "process": process,
    }
    return lambda request: {**asked, "confirm_url": request.path}


def _connecting() -> Iterator[State]:
    for slug, more in {
        "name": {"nickname": "李华", "avatar_url": static("example/mark.svg")},
        "no-name": {"nickname": ""},
        "kept": {"nickname": "李华", "avatar_url": static("example/mark.svg"), "kept": True},
        "again": {"nickname": "李华", "again": True},
        "digits": {"asks_digits": True},
        "once-more": {"asks_digits": True, "once_more": True},
        "wrong": {"asks_digits": True, "wrong": True, "tries_left": 2},
        "last": {"asks_digits": True, "wrong": True, "tries_left": 1},
    }.items():
        yield State(f"connect-{slug}", "Before a connect", "django_wechat/connect.html", _connect_question(more))


def _have_account() -> Iterator[State]:
    for slug, taken in (("have-account", False), ("have-account-taken", True)):
        yield State(slug, "Before a connect", "example/gallery/have_account.html", _kept(taken=taken))


def _kept(*, taken: bool) -> Callable[[HttpRequest], Context]:
    profile = Profile("appid", "openid", nickname="李华", avatar_url=static("example/mark.svg"))
    return lambda request: {"profile": profile, "taken": taken, "have_account_url": request.path}


def _connect_question(more: Context) -> Callable[[HttpRequest], Context]:
    asked = {"account": "lihua@example.com", "host": HOST, **more}
    return lambda request: {**asked, "connect_url": request.path}


def _messages() -> Iterator[State]:
    for slug, asked in {
        "sign-in": {"action": FollowUpAction.MEDIA, "asks": True},
        "connect": {"action": FollowUpAction.MEDIA, "asks": True, "process": CONNECT},
        "reauthenticate": {"action": FollowUpAction.MEDIA, "asks": True, "process": REAUTHENTICATE},
        "at-once": {"action": FollowUpAction.MEDIA, "asks": False},
        "go-on": {"action": FollowUpAction.OPEN, "asks": True},
        "too-late": {},
    }.items():
        yield State(f"message-{slug}", "In the chat", "example/gallery/message.html", _message(asked))


def _message(asked: Context) -> Callable[[HttpRequest], Context]:
    def context(request: HttpRequest) -> Context:
        origin = request.build_absolute_uri("/").removesuffix("/")
        known = {"process": "login", "site_name": SITE_NAME, "host": HOST, "origin": origin, **asked}
        text = chat.answer(known, DIGITS, "key") if asked else chat.too_late()
        before, *link = _ANCHOR.split(text)
        return {"text": before, "url": link[0] if link else "", "words": link[1] if link else ""}

    return context
