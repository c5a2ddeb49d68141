"""What is a request of a program? One without cookies, whatever it brings: nobody is who the browser's cookies say.

Nor does the answer set any: a page of another site could ask for it, and plant the session that came back.
"""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import get_random_string


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


class Passing(SessionBase):
    """A session that nobody keeps, for a sign-in whose tokens need none. It has a key, as other code expects."""

    def exists(self, session_key: str) -> bool:
        """No other session has its key."""
        del session_key
        return False

    def create(self) -> None:
        """Take a new key."""
        self._session_key = get_random_string(32)
        self._session_cache: dict[str, Any] = {}
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Keep nothing."""

    def delete(self, session_key: str | None = None) -> None:
        """There is nothing to delete."""

    def load(self) -> dict[str, Any]:
        """Begin empty."""
        return {}


def keep(request: HttpRequest) -> None:
    """Give `request` a session that is kept, with what its passing one holds: something is still asked."""
    passing, request.session = request.session, _new_session()
    request.session.update(dict(passing.items()))


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
