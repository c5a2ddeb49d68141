"""What is a caller told while the database or the cache is down? Words and a way on, and never a bare 500.

No answer here asks either of them: no session, no user, no context processor, no template of the site's.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth import app_settings as allauth_settings
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.helpers import render_authentication_error
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from django_wechat import conf
from django_wechat.problems.codes import problem_for
from django_wechat.problems.json_answers import json_problem

logger = logging.getLogger("django_wechat.sign_in")

CODE = "out_of_order"
SECONDS = 30
"""After which asking again makes sense."""

View = TypeVar("View", bound=Callable[..., Any])
Answer = Callable[[HttpRequest, Exception], HttpResponse]

_ANSWERS = (Http404, PermissionDenied, SuspiciousOperation, BadRequest, ImmediateHttpResponse)
"""Exceptions that are an answer of the view's, whatever else is down."""


def told_when_down(answer: Answer) -> Callable[[View], View]:
    """Have a view's caller told by `answer` that the site is out of order, where it would get a 500 for that."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return view(request, *args, **kwargs)
            except _ANSWERS:
                raise
            except Exception as error:
                if not _is_outage(error):
                    raise
                logger.exception("The database or the cache does not answer")
                return _with_headers(answer(request, error))

        return cast(View, answered)

    return decorate


def page(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return a page whose way on is the address that was asked for: what was not used up is not lost."""
    problem = problem_for(CODE)
    if allauth_settings.HEADLESS_ONLY:
        redirect: HttpResponse = render_authentication_error(
            request, None, exception=error, extra_context={"problem": problem}
        )
        return redirect
    return _page(request, by_post=False)


def page_to_send_again(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 - an `Answer`
    """Return such a page for what only a form can ask for."""
    return _page(request, by_post=True)


def json(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 - an `Answer`
    """Tell a script."""
    return json_problem(CODE, 503, error)


def text(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 - an `Answer`
    """Tell WeChat's server, which asks again twice."""
    return HttpResponse("out of order", status=503, content_type="text/plain; charset=utf-8")


def _page(request: HttpRequest, *, by_post: bool) -> HttpResponse:
    context = {"problem": problem_for(CODE), "address": request.get_full_path(), "by_post": by_post}
    response = HttpResponse(render_to_string("django_wechat/out_of_order.html", context), status=503)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Frame-Options"] = "DENY"
    return response


def _with_headers(response: HttpResponse) -> HttpResponse:
    if response.status_code == 503:
        response.headers["Retry-After"] = str(SECONDS)
    return response


def _is_outage(error: Exception) -> bool:
    """A database says so itself; what an unreachable cache raises is its backend's own, so it is asked once more."""
    return isinstance(error, (OperationalError, InterfaceError)) or not all(map(_answers, _caches()))


def _caches() -> set[str]:
    sessions = {settings.SESSION_CACHE_ALIAS} if "cache" in settings.SESSION_ENGINE else set()
    return {conf.get("CACHE_ALIAS")} | sessions


def _answers(alias: str) -> bool:
    try:
        caches[alias].get("django_wechat:nothing")
    except Exception:
        return False
    return True
