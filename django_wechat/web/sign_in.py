"""How does a known person become a signed-in browser? allauth does it; we make it all or nothing."""

import time
from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess, Provider
from django.db import DatabaseError, IntegrityError
from django.http import HttpRequest, HttpResponse

from django_wechat import conf
from django_wechat.exceptions import UnknownPerson
from django_wechat.models import Outcome
from django_wechat.models.columns import character_sets
from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import profiles
from django_wechat.people.refusals import Refused, is_about_characters, refusal
from django_wechat.people.returning import HeldLogin
from django_wechat.protocol.oauth import Profile
from django_wechat.setup import sign_up_fields
from django_wechat.setup.sign_up_fields import Asked
from django_wechat.stores.attempts import Attempt

BIND_ONLY = "bind_only"
"""The value of NEW_PEOPLE that makes no accounts for people whom only WeChat knows."""

ATTEMPTS = 3
"""Two first sign-ins of one person collide at the database; the loser finds the winner's account at its next try."""


AT_KEY = "wechat_at"
"""Where allauth's state has the second in which WeChat's answer came, for a sign-in that waits for its sign-up form."""
_UNDER_WAY = "_wechat_sign_in"
_LEFT = "_wechat_unfilled"
_FORM_FIRST = "_wechat_form_first"


class MoreNeeded(DatabaseError):
    """A new person has to be asked for what WeChat does not tell, before anything of them is saved."""


def complete_sign_in(
    request: HttpRequest,
    provider: Provider,
    profile: Profile,
    state: dict[str, Any],
    *,
    first: Callable[[], object],
    attempt: Attempt | None,
) -> HttpResponse:
    """Return allauth's answer for the person in `profile`; raise `refusals.NotSaved` if it could not be saved.

    Raises `UnknownPerson` for somebody new where NEW_PEOPLE says that WeChat makes no accounts.

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
        except (DatabaseError, UnicodeEncodeError) as error:
            failure: Refused = error
        request.session = request.session.__class__(session_key)
        # A cache takes no part in the transaction: there the session was replaced, and what it held is not lost.
        request.session.update(kept)
        request.user = user
        if is_about_characters(failure):
            character_sets.expect_little()
        elif isinstance(failure, MoreNeeded | IntegrityError) and may_ask(left_unfilled(request)):
            setattr(request, _FORM_FIRST, True)
        else:
            time.sleep(0.1 * tried)
    raise refusal(failure, left_unfilled(request))


def is_under_way(request: HttpRequest) -> bool:
    """Return whether this request got to `complete_sign_in`, which found out who the person is."""
    return hasattr(request, _UNDER_WAY)


def has_form_first(request: HttpRequest) -> bool:
    """Return whether the person, if new, has to fill in allauth's sign-up form: without it they cannot be saved."""
    return hasattr(request, _FORM_FIRST)


def note_unfilled(request: HttpRequest, columns: list[str]) -> None:
    """Remember which columns of the new user were empty on the way to the database."""
    setattr(request, _LEFT, columns)


def left_unfilled(request: HttpRequest) -> list[str]:
    """Return the columns of the new user that were empty on the way to the database."""
    columns: list[str] = getattr(request, _LEFT, [])
    return columns


def takes_no_strangers(purpose: str) -> bool:
    """Return whether WeChat may make no account for somebody new who asks for `purpose`."""
    return purpose == AuthProcess.LOGIN and bool(conf.get("NEW_PEOPLE") == BIND_ONLY)


def may_ask(columns: list[str]) -> bool:
    """Return whether allauth's sign-up form can ask for all of `columns`, of which there have to be some."""
    return bool(columns) and sign_up_fields.asked(columns) is not Asked.NO


def _complete(
    request: HttpRequest,
    provider: Provider,
    profile: Profile,
    state: dict[str, Any],
    attempt: Attempt | None,
) -> HttpResponse:
    sociallogin = _settled(request, provider, profile, str(state.get("process")))
    sociallogin.state = {**state, AT_KEY: int(time.time())}
    response: HttpResponse = complete_social_login(request, sociallogin)
    if attempt is not None:
        outcome, problem = _ending(request, sociallogin, response)
        attempt.end(response, outcome, problem=problem)
    return response


def _settled(request: HttpRequest, provider: Provider, profile: Profile, purpose: str) -> SocialLogin:
    settled, identity = profiles.settle_and_hold(profile)
    if not settled.account_uid and takes_no_strangers(purpose):
        raise UnknownPerson("nobody here has connected this WeChat")
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
