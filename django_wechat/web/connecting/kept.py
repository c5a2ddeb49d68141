"""Somebody new has an account here already: how does their WeChat wait until they have signed in to it?

Nobody scans twice. What allauth keeps for its sign-up form becomes, when the visitor says so, the question of
`question`. It waits in this very session, for minutes, and is put to whoever signs in next in it, by whatever way.
Nothing is connected before that person said yes: the WeChat may be of somebody who prepared the session.
"""

import time
from dataclasses import dataclass
from typing import Any

from allauth import app_settings as allauth_settings
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from django_wechat.flows.journey import CONNECT
from django_wechat.models import CodeExchange
from django_wechat.people import identities, uids
from django_wechat.problems import json_problem, problem_response
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_exchanges, qr_digits
from django_wechat.web import answers, started
from django_wechat.web.connecting import question
from django_wechat.web.form_check import question_page
from django_wechat.web.sign_in import AT_KEY
from django_wechat.web.sign_up_form import PAGE, PENDING
from django_wechat.web.visitors import provider_for

KEEPABLE_FOR = 15 * 60
"""Seconds that a WeChat may stand before the sign-up form and still be kept: as long as allauth keeps a sign-in."""
_LONGEST_WAY_ON = 1000


@dataclass(frozen=True)
class Waiting:
    """Who came by WeChat and stands before the sign-up form, where they were going, and how they had begun."""

    profile: Profile
    next_url: str
    begun: dict[str, Any]


def waiting(request: HttpRequest) -> Waiting | None:
    """Return who stands before allauth's sign-up form in this browser; None if that is not by WeChat, or too old."""
    kept = getattr(request, "session", {}).get(PENDING)
    if request.user.is_authenticated or not kept or kept["account"]["provider"] != uids.PROVIDER_ID:
        return None
    try:
        sociallogin = SocialLogin.deserialize(kept)
    except ValueError:  # of another release of allauth, which lets it go as well
        return None
    state, data = sociallogin.state, sociallogin.account.extra_data
    if not 0 <= time.time() - state.get(AT_KEY, 0) < KEEPABLE_FOR:
        return None
    named = {key: data.get(key, "") for key in ("appid", "openid", "unionid", "nickname", "avatar_url")}
    profile = Profile(**named, fetched_at=data.get("profile_fetched_at", ""))
    return Waiting(profile, state.get("next") or "", state.get(started.STATE_KEY) or {})


def is_kept(request: HttpRequest) -> bool:
    """Return whether a WeChat waits here for somebody to sign in."""
    return _waits_for_anybody(_exchange(request)) is not None


@question_page
def have_account(request: HttpRequest, *, trusted: bool) -> HttpResponse:
    """Keep the WeChat of who stands before the sign-up form, and lead to where one signs in.

    A request whose Accept names `application/json` gets the same in JSON.
    """
    as_json = answers.asks_for_json(request)
    if allauth_settings.HEADLESS_ONLY and not as_json:
        raise Http404
    found = waiting(request)
    if as_json and not trusted:
        raise PermissionDenied
    if found is None:
        return _nothing_to_keep(request)
    if not trusted:
        messages.error(request, _words_again(), fail_silently=True)
    if request.method == "GET" or not trusted:
        where = _url(PAGE)
    elif _keep(request, found):
        messages.info(request, _words_next(), fail_silently=True)
        where = _url("account_login", found.next_url)
    else:
        return _nothing_to_keep(request)
    response = HttpResponseRedirect(where)
    return answers.as_json(response) if as_json else response


def lead_on(request: HttpRequest, user: Any, response: HttpResponse | None) -> None:
    """Put the question to `user`, who just signed in and is who said so; their way leads by it.

    Nothing is asked of somebody whose WeChat it is by now, as after a sign-up in another tab. A script, which has been
    told in JSON, asks for itself.
    """
    exchange = _exchange(request)
    state = _waits_for_anybody(exchange)
    if exchange is None or state is None:
        return
    request.session.pop(PENDING, None)
    profile = code_exchanges.outcome_of(exchange).profile
    account = identities.account_of(profile) if profile else None
    if account is not None and account.user_id == user.pk:
        request.session.pop(question.KEY)
        return
    begun = state[started.STATE_KEY]
    begun["user"] = str(user.pk)
    if "qr_session" in begun and not _asks_phone_again(begun):
        request.session.pop(question.KEY)
        return
    if isinstance(response, HttpResponseRedirect) and not state["by_script"]:
        state["next"] = state["next"] or (response.url if len(response.url) <= _LONGEST_WAY_ON else "")
        response.headers["Location"] = reverse("wechat_connect")
    code_exchanges.give(exchange, state)


def _keep(request: HttpRequest, found: Waiting) -> bool:
    """Let the question wait. What the WeChat came by is over; its second delivery would sign up."""
    if "qr_session" in found.begun and not qr_digits.used(found.begun["qr_session"]):
        return False
    for key in (started.ENDED_KEY, question.KEY):
        if earlier := request.session.get(key):
            code_exchanges.close(earlier)
    state = {
        "process": CONNECT,
        "next": found.next_url,
        "kept": True,
        "by_script": answers.asks_for_json(request),
        started.STATE_KEY: {**found.begun, "user": ""},
    }
    exchange = code_exchanges.keep(found.profile, state)
    request.session[question.KEY] = request.session[started.ENDED_KEY] = exchange.pk
    return True


def _asks_phone_again(begun: dict[str, Any]) -> bool:
    """Have the phone show a new number: the one that it showed to sign in stood on the computer as well."""
    return qr_digits.renew(begun["qr_session"], process=CONNECT, user=begun["user"], number_again=True)


def _exchange(request: HttpRequest) -> CodeExchange | None:
    return code_exchanges.find(getattr(request, "session", {}).get(question.KEY))


def _waits_for_anybody(exchange: CodeExchange | None) -> dict[str, Any] | None:
    """The state of what was kept, as long as nobody signed in; a connect that somebody began has their name."""
    state = code_exchanges.state_in(exchange) if exchange else {}
    return state if state.get(started.STATE_KEY, {}).get("user") == "" else None


def _nothing_to_keep(request: HttpRequest) -> HttpResponse:
    if answers.asks_for_json(request):
        return json_problem("state_lost", 404)
    return problem_response(request, provider_for(request), "state_lost")


def _url(page: str, next_url: str = "") -> str:
    try:
        url = reverse(page)
    except NoReverseMatch:  # a headless-only site has no such page
        return "/"
    return f"{url}?{urlencode({'next': next_url})}" if next_url else url


def _words_next() -> str:
    return _("Sign in to your account now. After that you are asked whether to connect this WeChat to it.")


def _words_again() -> str:
    return _(
        "Your answer did not count, because this page was out of date. "
        "Please press again. If that does not help, allow cookies in this browser."
    )
