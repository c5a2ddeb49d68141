"""How does a known person become a signed-in browser? allauth does it; we make it all or nothing."""

import time
from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from django_wechat import identities
from django_wechat.attempts import Attempt
from django_wechat.models import Outcome
from django_wechat.protocol.oauth import Profile
from django_wechat.provider import WeChatAllauthProvider
from django_wechat.returning import HeldLogin
from django_wechat.transactions import all_or_nothing

ATTEMPTS = 3
"""Two first sign-ins of one person collide at the database; the loser finds the winner's account at its next try."""


_UNDER_WAY = "_wechat_sign_in"


class NotSaved(Exception):
    """The database refused the sign-in at every try; nothing of it was kept."""


def complete_sign_in(
    request: HttpRequest,
    provider: WeChatAllauthProvider,
    profile: Profile,
    state: dict[str, Any],
    *,
    first: Callable[[], object],
    attempt: Attempt | None,
) -> HttpResponse:
    """Return allauth's answer for the person in `profile`; raise `NotSaved` if it could not be saved.

    `first` runs in the same transaction before anything is read: it has to write, which makes concurrent sign-ins of
    the same kind wait for each other and keeps SQLite from deadlocking. `attempt` is what ends, for the sign-in log;
    None for a second delivery of what is in it.
    """
    setattr(request, _UNDER_WAY, True)
    session_key, user, kept = request.session.session_key, request.user, deepcopy(dict(request.session.items()))
    for tried in range(ATTEMPTS):
        try:
            with all_or_nothing():
                first()
                return _complete(request, provider, profile, state, attempt)
        except DatabaseError as error:
            failure = error
        request.session = request.session.__class__(session_key)
        # A cache takes no part in the transaction: there the session was replaced, and what it held is not lost.
        request.session.update(kept)
        request.user = user
        time.sleep(0.1 * tried)
    raise NotSaved(str(failure))


def is_under_way(request: HttpRequest) -> bool:
    """Return whether this request got to `complete_sign_in`, which found out who the person is."""
    return hasattr(request, _UNDER_WAY)


def _complete(
    request: HttpRequest,
    provider: WeChatAllauthProvider,
    profile: Profile,
    state: dict[str, Any],
    attempt: Attempt | None,
) -> HttpResponse:
    sociallogin = _settled(request, provider, profile)
    sociallogin.state = dict(state)
    response: HttpResponse = complete_social_login(request, sociallogin)
    if attempt is not None:
        outcome, problem = _ending(request, sociallogin, response)
        attempt.end(response, outcome, problem=problem)
    return response


def _settled(request: HttpRequest, provider: WeChatAllauthProvider, profile: Profile) -> SocialLogin:
    settled, identity = identities.settle_and_hold(profile)
    sociallogin = provider.sociallogin_from_settled(request, settled)
    return HeldLogin(sociallogin, identity) if identity else sociallogin


def _ending(request: HttpRequest, sociallogin: SocialLogin, response: HttpResponse) -> tuple[Outcome, str]:
    """What the log says of allauth's answer; a redirect of somebody not signed in leads to what allauth still asks."""
    user = sociallogin.user
    connects = sociallogin.state.get("process") == AuthProcess.CONNECT
    if request.user.is_authenticated and request.user == user:
        return (Outcome.CONNECTED if connects else Outcome.SIGNED_IN), ""
    # A headless sign-in is always redirected; whether it failed is in the address.
    failed = "error_process=" in response.get("Location", "") if sociallogin.is_headless else False
    if connects or failed or not user.is_active or response.status_code != HTTPStatus.FOUND:
        return Outcome.FAILED, "site_refused"
    return Outcome.SIGNED_IN, "more_asked"
