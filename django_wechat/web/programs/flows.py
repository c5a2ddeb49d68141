"""Which session is a program's flow? The one in which it was asked for more; it may end in tokens of the site's."""

from allauth.headless import app_settings
from django.http import HttpRequest

from django_wechat.stores import flow_tokens

_KEY = "wechat_flow"


def begin(request: HttpRequest, token: str) -> None:
    """Note that the session of `request` is a flow, which the program calls `token`."""
    request.session[_KEY] = token


def is_one(request: HttpRequest) -> bool:
    """Return whether the session of `request` was begun as a flow."""
    return _KEY in request.session


def note_end(request: HttpRequest | None) -> None:
    """Note what the session is called now: signing in changed its name, and the program may know the old one alone."""
    token = getattr(request, "session", {}).get(_KEY)
    if request is not None and token:
        flow_tokens.note(token, app_settings.TOKEN_STRATEGY.create_session_token(request))
