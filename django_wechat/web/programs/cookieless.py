"""What is a request of a program? One without cookies, whatever it brings: nobody is who the browser's cookies say."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest


def without_cookies(request: HttpRequest) -> None:
    """Take cookies, session and user from `request`; the answer sets none of the session's either."""
    request.COOKIES.clear()
    request.session = new_session()
    request.user = AnonymousUser()


def new_session() -> SessionBase:
    """Return an empty session of the site's kind, which is saved only if somebody fills it."""
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore()
    return store
