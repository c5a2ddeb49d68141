"""What does the gallery show? One `State` for each: the real template, and what it is filled with."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from django_wechat.flows import follow
from django_wechat.flows.journey import Choice, Journey
from django_wechat.json_problems import words_of
from django_wechat.models import FollowUpAction, QRSession, WeChatProvider
from django_wechat.problems import PROBLEMS, problem_for
from example_project.gallery.panel_states import REFERENCE, PanelState, panel_states

Context = dict[str, Any]

PROVIDER = WeChatProvider(name="gallery", display_name="WeChat")
ONLY_IN_THE_TAB = ("qr_unavailable", "too_often")
"""Problems that are told in the tab, never on a page of their own."""
SITE_NAME = "example.com"
DIGITS = "47"
WHEN = datetime(2026, 3, 2, 6, 41, tzinfo=UTC)


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
    states = (*_panels(), *_elements(), *_taps(), *_help(), *_problems(), *_confirm(), *_messages())
    return {state.slug: state for state in states}


def _panels() -> Iterator[State]:
    for shown in panel_states():
        yield State(shown.slug, "The tab", "example/gallery/panel.html", _panel(shown), shown.script)


def _panel(shown: PanelState) -> Callable[[HttpRequest], Context]:
    def context(request: HttpRequest) -> Context:
        choice = Choice(shown.journey, PROVIDER, full_page=shown.second_choice)
        words = words_of(problem_for(shown.told)) if shown.told else ""
        return {
            "shown": {**asdict(shown), "message": words, "digits": DIGITS},
            "choice": choice,
            "process": shown.process,
        }

    return context


def _elements() -> Iterator[State]:
    for card in ("loading", "failed"):
        yield State(f"wechat-login-{card}", "The element", "example/gallery/element.html", _element(card))


def _element(card: str) -> Callable[[HttpRequest], Context]:
    return lambda request: {"card": card}


def _taps() -> Iterator[State]:
    for slug, journey, process in (
        ("one-tap", Journey.IN_WECHAT, "login"),
        ("one-tap-connect", Journey.IN_WECHAT, "connect"),
        ("full-page", Journey.WEB_QR, "login"),
    ):
        yield State(slug, "One tap", "django_wechat/login.html", _journey(journey, process=process))


def _help() -> Iterator[State]:
    for journey in filter(lambda journey: journey.is_help, Journey):
        slug = journey.value.replace("_", "-")
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
            "journey": journey,
            "provider": PROVIDER,
            "process": process,
            "login_url": start,
            "page_url": f"https://{SITE_NAME}{start}?process={process}&next=%2Forders%2F",
            "full_page_url": start,
            "sign_in_url": reverse("account_login"),
        }

    return context


def _problems() -> Iterator[State]:
    for code, problem in PROBLEMS.items():
        if code in ONLY_IN_THE_TAB:
            continue
        reference = REFERENCE if problem.for_admin else ""
        slug = f"problem-{code.replace('_', '-')}"
        yield State(slug, "Problems", "django_wechat/error.html", _problem(code, reference))


def _problem(code: str, reference: str) -> Callable[[HttpRequest], Context]:
    return lambda request: {"problem": problem_for(code, reference=reference)}


def _confirm() -> Iterator[State]:
    for shown in ("ask", "again", "confirmed", "refused", "expired", "gone"):
        for process in ("login", "connect"):
            slug = f"confirm-{shown}" + ("" if process == "login" else "-connect")
            yield State(slug, "On the phone", "django_wechat/confirm.html", _question(shown, process))


def _question(shown: str, process: str) -> Callable[[HttpRequest], Context]:
    """What the page on the phone is given; "again" is the question after an answer that did not count."""
    again = shown == "again"
    asked = {
        "site_name": SITE_NAME,
        "digits": DIGITS,
        "browser": "Edge",
        "system": "Windows",
        "place": _("Shenzhen"),
        "account": "lihua@example.com",
        "requested_at": WHEN,
        "state": "ask" if again else shown,
        "again": again,
        "process": process,
    }
    return lambda request: {**asked, "confirm_url": request.path}


def _messages() -> Iterator[State]:
    for slug, asked in {
        "sign-in": {"action": FollowUpAction.MEDIA, "asks": True},
        "connect": {"action": FollowUpAction.MEDIA, "asks": True, "process": follow.CONNECT},
        "at-once": {"action": FollowUpAction.MEDIA, "asks": False},
        "go-on": {"action": FollowUpAction.OPEN, "asks": True},
        "too-late": {},
    }.items():
        yield State(f"message-{slug}", "In the chat", "example/gallery/message.html", _message(asked))


def _message(asked: Context) -> Callable[[HttpRequest], Context]:
    def context(request: HttpRequest) -> Context:
        link = request.build_absolute_uri(reverse("wechat_confirm", args=[follow.KEY]))
        known = {"process": "login", "site_name": SITE_NAME, "confirm_url": link, **asked}
        qr_session = QRSession(scene="gallery", request=known)
        return {"text": follow.answer(qr_session) if asked else follow.too_late()}

    return context
