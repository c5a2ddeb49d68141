"""Which problem is an error to a visitor, under what reference, and what stands in the log about it?"""

import logging
import secrets
from dataclasses import replace
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from django_wechat.exceptions import (
    AccountLimited,
    NotFollowing,
    PermissionGone,
    QuotaUsedUp,
    SignInFirst,
    SignInRejected,
    SnapshotUser,
    UnknownPerson,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from django_wechat.people.refusals import CannotBeSaved
from django_wechat.problems.problem import TRY_AGAIN, Problem
from django_wechat.problems.words import PROBLEMS

logger = logging.getLogger("django_wechat.sign_in")

_CODES: tuple[tuple[type[Exception], str], ...] = (
    (SnapshotUser, "snapshot_user"),
    (SignInFirst, "sign_in_first"),
    (UnknownPerson, "unknown_person"),
    (AccountLimited, "account_limited"),
    (PermissionGone, "permission_gone"),
    (NotFollowing, "not_following"),
    (SignInRejected, "code_rejected"),
    (QuotaUsedUp, "quota_used_up"),
    (WeChatUnavailable, "unavailable"),
    (WeChatMisconfigured, "misconfigured"),
    (WeChatError, "refused"),
    (ImproperlyConfigured, "misconfigured"),
    (CannotBeSaved, "cannot_be_saved"),
)
_OTHER_WAYS = {"connect": "socialaccount_connections", "reauthenticate": "wechat_reauthenticate"}
"""The page with every way, by what was started."""


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
    if code == "cannot_confirm":
        url = _page("account_logout")
    elif (state or {}).get("process") == "reauthenticate" and code != "sign_in_first":
        problem = replace(problem, action_label=TRY_AGAIN)  # who is signed in needs no page to sign in
    return replace(problem, action_url=url, reference=reference or new_reference(code))


def log(problem: Problem, error: Exception | None) -> None:
    """Tell the admin what the visitor was told, with WeChat's own words and the reference."""
    level = logging.ERROR if problem.for_admin else logging.INFO
    level = logging.WARNING if problem.is_outage else level
    logger.log(level, "WeChat sign-in ended with %s: %s [%s]", problem.code, error or "-", problem.reference or "-")


def _start_url(state: dict[str, Any]) -> str:
    query = {"process": state.get("process"), "next": state.get("next")}
    url = reverse("wechat_login")
    if query["process"] == "reauthenticate":  # a page of its own, with every way
        url, query["process"] = reverse("wechat_reauthenticate"), None
    filled = {key: value for key, value in query.items() if value}
    return f"{url}?{urlencode(filled)}" if filled else url


def _other_ways_url(state: dict[str, Any]) -> str:
    return _page(_OTHER_WAYS.get(str(state.get("process")), "account_login"))


def _page(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # a headless-only site has no such pages
        return "/"
