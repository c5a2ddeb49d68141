"""How does a known person become a signed-in browser? allauth does it; we make it all or nothing."""

import time
from collections.abc import Callable
from typing import Any

from allauth.socialaccount.helpers import complete_social_login
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse

from django_wechat.protocol.oauth import Profile
from django_wechat.provider import WeChatAllauthProvider

ATTEMPTS = 3
"""Two first sign-ins of one person collide at the database; the loser finds the winner's account at its next try."""


class NotSaved(Exception):
    """The database refused the sign-in at every try; nothing of it was kept."""


def complete_sign_in(
    request: HttpRequest,
    provider: WeChatAllauthProvider,
    profile: Profile,
    state: dict[str, Any],
    *,
    first: Callable[[], object],
) -> HttpResponse:
    """Return allauth's answer for the person in `profile`; raise `NotSaved` if it could not be saved.

    `first` runs in the same transaction before anything is read: it has to write, which makes concurrent sign-ins of
    the same kind wait for each other and keeps SQLite from deadlocking.
    """
    session_key, user = request.session.session_key, request.user
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                first()
                return _complete(request, provider, profile, state)
        except DatabaseError as error:
            failure = error
        request.session = request.session.__class__(session_key)
        request.session.modified = True
        request.user = user
        time.sleep(0.1 * attempt)
    raise NotSaved(str(failure))


def _complete(
    request: HttpRequest, provider: WeChatAllauthProvider, profile: Profile, state: dict[str, Any]
) -> HttpResponse:
    sociallogin = provider.sociallogin_from_response(request, profile)
    sociallogin.state = dict(state)
    response: HttpResponse = complete_social_login(request, sociallogin)
    return response
