"""Which browser is this? A random key in a signed cookie of our own: reading it costs no session and no query."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string

COOKIE = "wechat_qr"
MAX_AGE = 24 * 3600
_SALT = "django_wechat.browser_keys"
_LENGTH = 32


def read(request: HttpRequest) -> str:
    """Return the browser's key; "" if it has none, or one that we did not make."""
    return request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=MAX_AGE) or ""


def new() -> str:
    """Return a key for a browser that has none."""
    return get_random_string(_LENGTH)


def write(request: HttpRequest, response: HttpResponse, key: str) -> None:
    """Give the key to the browser; it comes back to our own addresses only, and no script can read it.

    To the page on the phone as well: the browser that is to be signed in may not answer there.
    """
    response.set_signed_cookie(
        COOKIE,
        key,
        salt=_SALT,
        max_age=MAX_AGE,
        path=reverse("wechat_qr_open").removesuffix("qr/"),
        # Behind a proxy that Django was not told of, what the session's own cookie says is all there is.
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
