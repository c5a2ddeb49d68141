"""Did whoever is signed in confirm by WeChat a short while ago? Kept in Django's session, for that user alone.

allauth's own record of methods cannot hold it: it counts only what ACCOUNT_REAUTHENTICATION_METHODS names, and nothing
at all for a person who has no password, no verified address and no second factor.
"""

import time
from typing import Any

from allauth.account import app_settings
from allauth.utils import get_setting
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest

from django_wechat.exceptions import SignInFirst

_KEY = "wechat_reauthenticated"
METHOD = "wechat"
"""What a site that sets ACCOUNT_REAUTHENTICATION_METHODS names there, for WeChat to count."""
LED_ON = 5
"""How often one confirmation leads on by itself: a second delivery may; an adapter that asks for ever may not."""


def is_offered() -> bool:
    """Return whether WeChat may confirm: where the site names the methods that may, it has to be among them."""
    named = get_setting("ACCOUNT_REAUTHENTICATION_METHODS", None)
    return named is None or METHOD in named


def note(request: HttpRequest, *, goes_on: bool) -> None:
    """Note that WeChat confirmed just now that it is who is signed in; saved at once, for the very next request.

    `goes_on`: the browser is led back by our page, which goes on with what allauth keeps. Raises `SignInFirst` if the
    session was ended meanwhile, from the phone or from another device.
    """
    # In a session that came to nothing it would be noted for nobody.
    if SESSION_KEY not in request.session:
        raise SignInFirst("who was to confirm is signed out")
    user = str(request.user.pk)
    request.session[_KEY] = {"user": user, "at": time.time(), "goes_on": goes_on, "led_on": 0}
    try:
        request.session.save()
    except UpdateError as error:
        request.session = request.session.__class__()
        raise SignInFirst("who was to confirm was signed out meanwhile") from error


def is_fresh(request: HttpRequest) -> bool:
    """Return whether that was within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    noted, user = _noted(request), getattr(request, "user", None)
    if not noted or user is None or not user.is_authenticated or noted["user"] != str(user.pk) or not is_offered():
        return False
    return bool(0 <= time.time() - noted["at"] < app_settings.REAUTHENTICATION_TIMEOUT)


def take_goes_on(request: HttpRequest) -> bool:
    """Return, once, whether the browser comes from a confirmation that goes on with what allauth keeps."""
    noted = _noted(request)
    if not noted.get("goes_on"):
        return False
    request.session[_KEY] = noted | {"goes_on": False}
    return True


def may_lead_on(request: HttpRequest) -> bool:
    """Return whether the browser may be led on once more by itself, and count it."""
    noted = _noted(request)
    request.session[_KEY] = noted | {"led_on": noted["led_on"] + 1}
    return bool(noted["led_on"] < LED_ON)


def _noted(request: HttpRequest) -> dict[str, Any]:
    return getattr(request, "session", {}).get(_KEY) or {}
