"""How does a phone get to WeChat and back, for WeChat to say who it is? Only the browser that was sent may come back.

Anybody could lead the person who scanned to WeChat's address, which sends them back here without a question; without
the cookie of the tap that answer is none.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare, get_random_string

from django_wechat.flows import scanner
from django_wechat.models import QRSession

COOKIE = "wechat_confirm"
MAX_AGE = 300
_SALT = "django_wechat.detour"
_STATE_LENGTH = 32


def begin(request: HttpRequest, qr_session: QRSession) -> HttpResponse:
    """Send the browser that was tapped to WeChat; raise `ImproperlyConfigured` if the keypair is gone."""
    state = get_random_string(_STATE_LENGTH)
    back = qr_session.request["origin"] + request.path
    response = HttpResponseRedirect(scanner.url(qr_session, redirect_uri=back, state=state))
    response.set_signed_cookie(
        COOKIE,
        state,
        salt=_SALT + qr_session.public_id,
        max_age=MAX_AGE,
        path=request.path,
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def is_awaited(request: HttpRequest, qr_session: QRSession) -> bool:
    """Return whether this browser was sent to WeChat for this very session, and comes back with what it took along."""
    salt = _SALT + qr_session.public_id
    state = request.get_signed_cookie(COOKIE, default="", salt=salt, max_age=MAX_AGE) or ""
    return bool(state) and constant_time_compare(state, request.GET.get("state", ""))


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser forget it."""
    response.delete_cookie(COOKIE, path=request.path, samesite="Lax")
