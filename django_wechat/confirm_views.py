"""What does the phone show when it is asked whether a computer may be signed in?"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from django_wechat import qr_sessions
from django_wechat.attempts import Attempt
from django_wechat.flows.journey import Journey
from django_wechat.models import Outcome, QRSession, Status
from django_wechat.transactions import outside_transactions

_STATES = {
    Status.SCANNED: "ask",
    Status.CONFIRMED: "confirmed",
    Status.USED: "confirmed",
    Status.REFUSED: "refused",
    Status.WAITING: "gone",
}


@csrf_exempt  # checked here, where a tap that does not count can be answered with the question itself
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
@outside_transactions
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Show who asks to be signed in, and take the answer: "confirm", or else a refusal.

    An answer without Django's CSRF token (a sign-in in another tab changes it) counts for nothing, and is asked again.
    """
    qr_session = qr_sessions.find_for_phone(key)
    if qr_session is not None and not qr_session.provider.enabled:
        qr_session = None
    distrusted = request.method == "POST" and _lacks_token(request)
    refused = qr_session is not None and request.method == "POST" and not distrusted and _refuses(request, qr_session)
    context = _context(request, qr_session) | {"again": distrusted}
    status = 404 if qr_session is None else 403 if distrusted else 200
    response = render(request, "django_wechat/confirm.html", context, status=status)
    if qr_session is not None and refused:
        attempt = Attempt(qr_session.provider.name, Journey.FOLLOW.value)
        attempt.end(response, Outcome.CANCELLED, problem="refused_on_phone")
    # The key is in the address. Not "no-referrer": Django's check of the form would see no origin.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


class _CsrfCheck(CsrfViewMiddleware):
    """Django's own check, with the verdict only: the page that follows is ours."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002 - Django calls it so
        return HttpResponseForbidden(reason)


def _lacks_token(request: HttpRequest) -> bool:
    check = _CsrfCheck(_nothing)
    check.process_request(request)
    return check.process_view(request, _nothing, (), {}) is not None


def _nothing(_request: HttpRequest) -> HttpResponse:
    """Stands where Django's check wants the view: the real one is exempt, since this check takes its place."""
    return HttpResponse()


def _refuses(request: HttpRequest, qr_session: QRSession) -> bool:
    """Take the answer; return whether it was a refusal that still counted."""
    confirms = request.POST.get("answer") == "confirm"
    counted = (qr_sessions.confirm if confirms else qr_sessions.refuse)(qr_session)
    qr_session.refresh_from_db()
    return counted and not confirms


def _context(request: HttpRequest, qr_session: QRSession | None) -> dict[str, Any]:
    if qr_session is None:
        return {"state": "gone"}
    asked = qr_session.request
    return {
        "state": _state(qr_session),
        "site_name": asked["site_name"],
        "digits": qr_session.digits,
        "browser": asked["browser"],
        "system": asked["system"],
        "place": asked["place"],
        "process": asked["process"],
        "account": asked["account"],
        "requested_at": qr_session.created_at,
        "confirm_url": request.path,
    }


def _state(qr_session: QRSession) -> str:
    if qr_session.status in (Status.SCANNED, Status.CONFIRMED) and qr_sessions.is_expired(qr_session):
        return "expired"
    return _STATES[Status(qr_session.status)]
