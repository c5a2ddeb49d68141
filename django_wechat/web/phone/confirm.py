"""What does the phone show when it is asked whether a computer may be signed in?"""

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from django_wechat.exceptions import WeChatError
from django_wechat.flows import disown, scanner, table
from django_wechat.models import Outcome, QRSession, Status
from django_wechat.protocol import user_agent
from django_wechat.protocol.user_agent import Container
from django_wechat.stores import qr_sessions
from django_wechat.stores.attempts import Attempt
from django_wechat.web import browser_keys
from django_wechat.web.form_check import question_page
from django_wechat.web.phone import detour

logger = logging.getLogger("django_wechat.sign_in")

_STATES = {
    Status.SCANNED: "ask",
    Status.CONFIRMED: "confirmed",
    Status.USED: "confirmed",
    Status.REFUSED: "refused",
    Status.DISOWNED: "disowned",
    Status.WAITING: "gone",
}


@question_page
def confirm(request: HttpRequest, key: str, *, trusted: bool) -> HttpResponse:
    """Show who asks to be signed in, and take the answer: "confirm", or else "it wasn't me", before the end or after.

    An answer without Django's CSRF token (a sign-in in another tab changes it) counts for nothing, and is asked again.
    """
    qr_session = qr_sessions.find_for_phone(key)
    if qr_session is None or not qr_session.provider.enabled:
        response = render(request, "django_wechat/confirm.html", {"state": "gone"}, status=HTTPStatus.NOT_FOUND)
    else:
        response = _Phone(request, qr_session).respond(trusted=trusted)
    # The key is in the address. Not "no-referrer": Django's check of the form would see no origin.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


class _Phone:
    """One request of a phone. `respond` is the whole story."""

    def __init__(self, request: HttpRequest, qr_session: QRSession) -> None:
        self.request = request
        self.qr_session = qr_session

    def respond(self, *, trusted: bool) -> HttpResponse:
        """Return the question, or what became of it."""
        answers = self.request.method == "POST"
        if why := self._why_not_here():
            return self._page(status=HTTPStatus.FORBIDDEN if answers else HTTPStatus.OK, state=why)
        if not trusted:
            return self._page(status=HTTPStatus.FORBIDDEN, again=True)
        if not answers:
            return self._came_back() if "code" in self.request.GET else self._page()
        return self._confirmed() if self.request.POST.get("answer") == "confirm" else self._refused()

    def _why_not_here(self) -> str:
        """Why this browser may not answer: the link was passed on, or is open where the sign-in is to happen."""
        if user_agent.parse(self.request.headers.get("User-Agent", "")).container is not Container.WECHAT:
            return "elsewhere"
        return "own" if qr_sessions.belongs_to(self.qr_session, browser_keys.read(self.request)) else ""

    def _confirmed(self) -> HttpResponse:
        """Take a yes: at once, or by way of WeChat, which says whose it is."""
        if _state(self.qr_session) == "ask" and scanner.is_asked(self.qr_session):
            try:
                return detour.begin(self.request, self.qr_session)
            except ImproperlyConfigured as error:
                return self._unsure(error)
        return self._take_yes()

    def _came_back(self) -> HttpResponse:
        """Take a yes from WeChat's address, if this browser was sent there for it; else the address says nothing."""
        if not detour.is_awaited(self.request, self.qr_session):
            return self._page()
        try:
            same = scanner.is_who_scanned(self.qr_session, self.request.GET["code"])
        except (WeChatError, ImproperlyConfigured) as error:
            return self._unsure(error)
        response = self._take_yes() if same else self._somebody_else()
        detour.end(self.request, response)
        return response

    def _take_yes(self) -> HttpResponse:
        qr_sessions.confirm(self.qr_session)
        self.qr_session.refresh_from_db()
        return self._page()

    def _unsure(self, error: Exception) -> HttpResponse:
        """Nobody knows who it is: to be asked again, but for WeChat's second delivery of an answer that counted."""
        self.qr_session.refresh_from_db()
        if _state(self.qr_session) == "ask":
            logger.warning("WeChat does not say who answers on the phone: %s", error)
        return self._page(unsure=True)

    def _somebody_else(self) -> HttpResponse:
        logger.warning("Somebody else than who scanned wanted to confirm a sign-in by provider %s", self._row_name)
        return self._end(self._page(status=HTTPStatus.FORBIDDEN, state="other"), Outcome.FAILED, "another_phone")

    def _refused(self) -> HttpResponse:
        """Take a no: before the end nobody is signed in, after it the computer is signed out."""
        if qr_sessions.refuse(self.qr_session):
            self.qr_session.refresh_from_db()
            return self._end(self._page(), Outcome.CANCELLED, "refused_on_phone")
        ended = disown.take_back(self.qr_session)
        if ended is None:
            self.qr_session.refresh_from_db()
            return self._page()
        # Not read again: where a connection was undone, the row is gone.
        return self._end(self._page(state="disowned", ended=ended), Outcome.CANCELLED, "disowned_on_phone")

    def _end(self, response: HttpResponse, outcome: Outcome, problem: str) -> HttpResponse:
        Attempt(self._row_name, table.of(self.qr_session).name).end(response, outcome, problem=problem)
        return response

    @property
    def _row_name(self) -> str:
        return self.qr_session.provider.name

    def _page(self, *, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HttpResponse:
        hidden = more.get("state") in ("elsewhere", "own", "other")
        context = {} if hidden else _context(self.request, self.qr_session)
        return render(self.request, "django_wechat/confirm.html", context | more, status=status)


def _context(request: HttpRequest, qr_session: QRSession) -> dict[str, Any]:
    asked = qr_session.request
    return {
        "state": _state(qr_session),
        "site_name": asked["site_name"],
        "host": asked["host"],
        "digits": qr_session.digits,
        "browser": asked["browser"],
        "system": asked["system"],
        "place": asked["place"],
        "process": asked["process"],
        "account": asked["account"],
        "number_again": asked.get("number_again", False),
        "requested_at": qr_session.created_at,
        "minutes_ago": (timezone.now() - qr_session.created_at) // timedelta(minutes=1),
        "confirm_url": request.path,
    }


def _state(qr_session: QRSession) -> str:
    if qr_session.status in (Status.SCANNED, Status.CONFIRMED) and qr_sessions.is_expired(qr_session):
        return "expired"
    return _STATES[Status(qr_session.status)]
