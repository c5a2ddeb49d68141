"""What does the phone show when it is asked whether a computer may be signed in?"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from django_wechat import qr_sessions
from django_wechat.models import QRSession, Status

_STATES = {
    Status.SCANNED: "ask",
    Status.CONFIRMED: "confirmed",
    Status.USED: "confirmed",
    Status.REFUSED: "refused",
    Status.WAITING: "gone",
}


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
@transaction.non_atomic_requests
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Show who asks to be signed in, and take the answer: "confirm", or else a refusal."""
    session = qr_sessions.find_for_phone(key)
    if session is not None and not session.provider.enabled:
        session = None
    if session is not None and request.method == "POST":
        (qr_sessions.confirm if request.POST.get("answer") == "confirm" else qr_sessions.refuse)(session)
        session.refresh_from_db()
    context = _context(request, session)
    response = render(request, "django_wechat/confirm.html", context, status=200 if session else 404)
    # The key is in the address. Not "no-referrer": Django's check of the form would see no origin.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _context(request: HttpRequest, session: QRSession | None) -> dict[str, Any]:
    if session is None:
        return {"state": "gone"}
    asked = session.request
    return {
        "state": _state(session),
        "site_name": asked["site_name"],
        "digits": session.digits,
        "browser": asked["browser"],
        "system": asked["system"],
        "place": asked["place"],
        "process": asked["process"],
        "account": asked["account"],
        "requested_at": session.created_at,
        "confirm_url": request.path,
    }


def _state(session: QRSession) -> str:
    if session.status in (Status.SCANNED, Status.CONFIRMED) and qr_sessions.is_expired(session):
        return "expired"
    return _STATES[Status(session.status)]
