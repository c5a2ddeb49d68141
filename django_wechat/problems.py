"""What do we tell a visitor when a sign-in cannot go on? In words: what happened, why, and the way on."""

import logging
import secrets
from dataclasses import dataclass, replace
from typing import Any

from allauth import app_settings as allauth_settings
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import AuthError
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from django_wechat.exceptions import (
    AccountLimited,
    SignInRejected,
    SnapshotUser,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)

logger = logging.getLogger("django_wechat.sign_in")

Words = str | Promise


TRY_AGAIN = _("Try again")


@dataclass(frozen=True)
class Problem:
    """One dead end, in words for the visitor. `reference` is shown where the site's admin could help."""

    code: str
    title: Words
    what: Words
    why: Words = ""
    next_step: Words = ""
    action_label: Words = TRY_AGAIN
    action_url: str = ""
    reference: str = ""
    for_admin: bool = False


_ALL = (
    Problem(
        "cancelled",
        _("Sign-in cancelled"),
        _("WeChat sent you back without allowing the sign-in."),
        next_step=_("If that was a mistake, start again and tap Allow on your phone."),
    ),
    Problem(
        "state_lost",
        _("This sign-in has expired"),
        _("We could not match WeChat's answer with a sign-in that was started in this browser."),
        _("It was started more than ten minutes ago, in another browser, or it was completed already."),
        _("Start again from this page."),
    ),
    Problem(
        "code_rejected",
        _("WeChat no longer accepts this sign-in"),
        _("The permission you gave on your phone has expired or was used already."),
        next_step=_("Start again; it takes a few seconds."),
    ),
    Problem(
        "qr_unavailable",
        _("WeChat is not answering"),
        _("WeChat gave us no QR code. Nothing is wrong with your account."),
        next_step=_("Wait a minute, then press Refresh, or sign in another way."),
    ),
    Problem(
        "account_limited",
        _("WeChat does not let this account sign in here"),
        _("WeChat refused this account, for instance because it is restricted."),
        next_step=_("Open WeChat and look for a notice there, or sign in another way."),
        action_label=_("Other ways to sign in"),
    ),
    Problem(
        "unavailable",
        _("WeChat is not answering"),
        _("We asked WeChat who you are and got no usable answer."),
        _("WeChat may be busy, or the connection to it is interrupted. Nothing is wrong with your account."),
        _("Wait a minute, then start again."),
    ),
    Problem(
        "misconfigured",
        _("WeChat sign-in is not set up correctly on this site"),
        _("WeChat refused this site's credentials, so this way to sign in does not work now."),
        next_step=_("Sign in another way, and tell the people who run this site the reference below."),
        action_label=_("Other ways to sign in"),
        for_admin=True,
    ),
    Problem(
        "refused",
        _("WeChat refused this sign-in"),
        _("WeChat answered with an error that says nothing about you or your account."),
        next_step=_("Start again. If it keeps happening, tell the people who run this site the reference below."),
        for_admin=True,
    ),
    Problem(
        "snapshot_user",
        _("One more tap in WeChat"),
        _("WeChat shows a preview of this site, in which nobody can sign in."),
        _("WeChat hides who you are until you ask for the full page."),
        _("Tap “使用完整服务” (use the full service) at the bottom of the screen, then sign in again."),
    ),
    Problem(
        "not_available",
        _("WeChat sign-in is not available here"),
        _("This site offers no sign-in with WeChat for this browser."),
        next_step=_("Sign in another way, or try again on a computer or inside WeChat."),
        action_label=_("Other ways to sign in"),
    ),
    Problem(
        "settings_changed",
        _("WeChat sign-in was changed while you were signing in"),
        _("The people who run this site just changed its WeChat settings."),
        next_step=_("Start again; the new settings apply at once."),
    ),
    Problem(
        "not_saved",
        _("We could not finish signing you in"),
        _("WeChat said who you are, but this site could not save it, probably because of two sign-ins at once."),
        next_step=_("Start again. If it keeps happening, tell the people who run this site the reference below."),
        for_admin=True,
    ),
    Problem(
        "qr_over",
        _("This QR code has run out"),
        _("It was used already, refused on the phone, or not confirmed in time."),
        next_step=_("Open the sign-in page again for a fresh one."),
        action_label=_("Other ways to sign in"),
    ),
    Problem(
        "too_often",
        _("Too many QR codes"),
        _("This browser or this network asked for too many QR codes."),
        next_step=_("Wait a minute, then press Refresh."),
    ),
    Problem(
        "sign_in_first",
        _("Sign in first"),
        _("To connect WeChat to your account you have to be signed in."),
        next_step=_("Sign in, then connect WeChat."),
        action_label=_("Sign in"),
    ),
)
PROBLEMS = {problem.code: problem for problem in _ALL}

_CODES: tuple[tuple[type[Exception], str], ...] = (
    (SnapshotUser, "snapshot_user"),
    (AccountLimited, "account_limited"),
    (SignInRejected, "code_rejected"),
    (WeChatUnavailable, "unavailable"),
    (WeChatMisconfigured, "misconfigured"),
    (WeChatError, "refused"),
    (ImproperlyConfigured, "misconfigured"),
)


_LEVELS = dict.fromkeys(("unavailable", "qr_unavailable"), logging.WARNING)
"""Outages are to be seen in the log, although no admin can mend them."""


def code_for(error: Exception) -> str:
    """Return the code of the problem that `error` is to a visitor."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), "not_saved")


def problem_for(code: str, state: dict[str, Any] | None = None) -> Problem:
    """Return the problem with its way on filled in: back to where the sign-in in `state` was started."""
    problem = PROBLEMS[code]
    reference = secrets.token_hex(4) if problem.for_admin else ""
    url = _start_url(state or {}) if problem.action_label is TRY_AGAIN else _other_ways_url(state or {})
    return replace(problem, action_url=url, reference=reference)


def problem_response(
    request: HttpRequest,
    provider: Any,
    code: str,
    *,
    error: Exception | None = None,
    state: dict[str, Any] | None = None,
) -> HttpResponse:
    """Return the page for a problem, after allauth's own hooks had their say (headless sites get their redirect)."""
    problem = problem_for(code, state)
    log(problem, error)
    kind = AuthError.CANCELLED if code == "cancelled" else AuthError.UNKNOWN
    context = {"problem": problem} | ({} if state is None else {"state": state})
    if allauth_settings.HEADLESS_ONLY or (state or {}).get("headless"):
        redirect: HttpResponse = render_authentication_error(
            request, provider, error=kind, exception=error, extra_context=context
        )
        return redirect
    try:
        get_adapter().on_authentication_error(request, provider, error=kind, exception=error, extra_context=context)
    except ImmediateHttpResponse as answer:
        site_response: HttpResponse = answer.response
        return site_response
    auth_error = {"provider": provider, "code": kind, "exception": error}
    return render(request, "django_wechat/error.html", context | {"auth_error": auth_error}, status=401)


def log(problem: Problem, error: Exception | None) -> None:
    """Tell the admin what the visitor was told, with WeChat's own words and the reference."""
    level = _LEVELS.get(problem.code, logging.ERROR if problem.for_admin else logging.INFO)
    logger.log(level, "WeChat sign-in ended with %s: %s [%s]", problem.code, error or "-", problem.reference or "-")


def _start_url(state: dict[str, Any]) -> str:
    query = {"process": state.get("process"), "next": state.get("next")}
    url = reverse("wechat_login")
    filled = {key: value for key, value in query.items() if value}
    return f"{url}?{urlencode(filled)}" if filled else url


def _other_ways_url(state: dict[str, Any]) -> str:
    name = "socialaccount_connections" if state.get("process") == "connect" else "account_login"
    try:
        return reverse(name)
    except NoReverseMatch:  # a headless-only site has no such pages
        return "/"
