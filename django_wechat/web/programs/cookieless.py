"""What is a request of a program? One without cookies, whatever it brings: nobody is who the browser's cookies say.

Nor does the answer set any: a page of another site could ask for it, and plant the session that came back.
"""

from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest


def without_cookies(request: HttpRequest) -> None:
    """Take cookies, session and user from `request`."""
    request.COOKIES.clear()
    request.session = _new_session()
    request.user = AnonymousUser()


def sets_no_cookies(request: HttpRequest) -> None:
    """Leave nothing on `request` of which a middleware makes a cookie: session, CSRF token, messages."""
    without_cookies(request)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    if hasattr(request, "_messages"):
        request._messages = default_storage(request)


def put_header(request: HttpRequest, name: str, value: str | None) -> None:
    """Let `request` have come with this header (as META calls it), or without it; also if somebody read it before."""
    request.META.pop(name, None)
    if value is not None:
        request.META[name] = value
    vars(request).pop("headers", None)


def _new_session() -> SessionBase:
    """Return an empty session of the site's kind, which is saved only if somebody fills it."""
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore()
    return store
