"""Which problem is it, and how is the visitor told? As a page with a way on; the words are in `problem_words`."""

import logging
import secrets
from dataclasses import replace
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
from django.utils.http import urlencode

from django_wechat.attempts import Attempt
from django_wechat.exceptions import (
    AccountLimited,
    QuotaUsedUp,
    SignInRejected,
    SnapshotUser,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from django_wechat.problem_words import PROBLEMS, TRY_AGAIN, Problem

__all__ = [
    "PROBLEMS",
    "Problem",
    "code_for",
    "log",
    "new_reference",
    "problem_for",
    "problem_response",
]

logger = logging.getLogger("django_wechat.sign_in")

_CODES: tuple[tuple[type[Exception], str], ...] = (
    (SnapshotUser, "snapshot_user"),
    (AccountLimited, "account_limited"),
    (SignInRejected, "code_rejected"),
    (QuotaUsedUp, "quota_used_up"),
    (WeChatUnavailable, "unavailable"),
    (WeChatMisconfigured, "misconfigured"),
    (WeChatError, "refused"),
    (ImproperlyConfigured, "misconfigured"),
)


_LEVELS = dict.fromkeys(("unavailable", "qr_unavailable", "quota_used_up"), logging.WARNING)
"""Outages are to be seen in the log, although no admin can mend them."""


def code_for(error: Exception) -> str:
    """Return the code of the problem that `error` is to a visitor."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), "not_saved")


def new_reference(code: str) -> str:
    """Return what a visitor may tell the site's admin about this one problem; "" where no admin can help."""
    return secrets.token_hex(4) if PROBLEMS[code].for_admin else ""


def problem_for(code: str, state: dict[str, Any] | None = None, reference: str = "") -> Problem:
    """Return the problem with its way on filled in: back to where the sign-in in `state` was started."""
    problem = PROBLEMS[code]
    url = _start_url(state or {}) if problem.action_label is TRY_AGAIN else _other_ways_url(state or {})
    return replace(problem, action_url=url, reference=reference or new_reference(code))


def problem_response(
    request: HttpRequest,
    provider: Any,
    code: str,
    *,
    error: Exception | None = None,
    state: dict[str, Any] | None = None,
    attempt: Attempt | None = None,
    reference: str = "",
) -> HttpResponse:
    """Return the page for a problem, after allauth's own hooks had their say (headless sites get their redirect).

    `attempt` is what ends with it, for the sign-in log; `reference` what a visitor was told about it before.
    """
    problem = problem_for(code, state, reference)
    log(problem, error)
    response = _page(request, provider, problem, error, state)
    if attempt is not None:
        attempt.end_with_problem(response, code, error=error, reference=problem.reference)
    return response


def _page(
    request: HttpRequest, provider: Any, problem: Problem, error: Exception | None, state: dict[str, Any] | None
) -> HttpResponse:
    kind = AuthError.CANCELLED if problem.code == "cancelled" else AuthError.UNKNOWN
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
