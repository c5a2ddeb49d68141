"""Is it the visitor's own phone that said yes? To connect, the computer asks for the number that this phone shows.

Whoever sees the screen can scan its code first and confirm. The digits were told to that phone alone: the visitor's own
does not show them, and nothing is connected.
"""

import unicodedata
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from django_wechat.flows.visitor import Visitor
from django_wechat.models import Outcome, QRSession
from django_wechat.stores import qr_digits, qr_sessions
from django_wechat.stores.attempts import Attempt


class DigitsMissing(Exception):
    """No digits were sent, or wrong ones: `code` is the problem's for a script, and whether it may try again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(request: HttpRequest, qr_session: QRSession) -> None:
    """Raise `DigitsMissing` unless `request` brings the digits."""
    typed = unicodedata.normalize("NFKC", request.POST.get("digits", "")).strip()
    if not typed:
        raise DigitsMissing("digits_needed")
    if not qr_digits.are_right(qr_session, typed):
        raise DigitsMissing("digits_wrong" if qr_digits.tries_left(qr_session) else "digits_used_up")


def is_cancelled(request: HttpRequest) -> bool:
    """Return whether the visitor said no on the page."""
    return request.POST.get("answer") == "cancel"


def cancelled(qr_session: QRSession, next_url: str, attempt: Attempt) -> HttpResponse:
    """Return where the visitor goes on who does not connect; the code is over."""
    qr_sessions.refuse(qr_session)
    response = HttpResponseRedirect(next_url or reverse("socialaccount_connections"))
    attempt.end(response, Outcome.CANCELLED, problem="not_connected")
    return response


def page(
    request: HttpRequest,
    visitor: Visitor,
    qr_session: QRSession,
    code: str,
    *,
    once_more: bool = False,
    again: bool = False,
) -> HttpResponse:
    """Return the page that asks for the digits, for the first time or after a `code` that says why not.

    `once_more`: the phone answered before, and its link has to be opened again. `again`: the form was out of date.
    """
    context = {
        "account": str(visitor.account),
        "host": visitor.host,
        "asks_digits": True,
        "once_more": once_more,
        "again": again,
        "wrong": code == "digits_wrong",
        "tries_left": qr_digits.tries_left(qr_session),
        "connect_url": request.path,
    }
    response = render(
        request, "django_wechat/connect.html", context, status=HTTPStatus.FORBIDDEN if again else HTTPStatus.OK
    )
    response.headers["Referrer-Policy"] = "same-origin"
    return response
