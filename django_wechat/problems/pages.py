"""How does a visitor learn of a problem on a page, with a way on? The words are in `words`."""

from typing import Any

from allauth import app_settings as allauth_settings
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from django_wechat.problems.codes import log, problem_for
from django_wechat.problems.problem import Problem
from django_wechat.stores.attempts import Attempt


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
    return render(request, "django_wechat/error.html", context | {"auth_error": auth_error}, status=problem.status)
