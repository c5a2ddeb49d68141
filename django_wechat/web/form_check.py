"""Did a page of this site send the form? Django's own check, whose verdict is answered by a page of ours.

Django's 403 page has no way on, and the commonest cause is harmless: a sign-in in another tab changes the token. A view
that is checked here needs no `CsrfViewMiddleware`: the cookie that its own form depends on is set here as well.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from django_wechat.models.transactions import outside_transactions
from django_wechat.problems import outages, told_when_down

Response = TypeVar("Response", bound=HttpResponse)


class _Check(CsrfViewMiddleware):
    """Django's own check, with the verdict only."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002 - Django calls it so
        return HttpResponseForbidden(reason)


def checks_form(view: Callable[..., Response]) -> Callable[..., Response]:
    """Hand `trusted` to a view: False for a POST that lacks Django's CSRF token, or comes from another site."""

    @csrf_exempt  # checked here instead
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        check = _Check(_nothing)
        check.process_request(request)
        trusted = check.process_view(request, _nothing, (), {}) is None
        response = view(request, *args, trusted=trusted, **kwargs)
        check.process_response(request, response)
        return response

    return checked


def question_page(view: Callable[..., Response]) -> Callable[..., Response]:
    """For a page that asks and takes the answer: checked as above, kept by nobody, shown in no frame.

    Each answer is a transaction of its own, and while database or cache are down a page says so.
    """
    own: Callable[..., Any] = outside_transactions(told_when_down(outages.page)(view))
    shown = xframe_options_deny(require_http_methods(["GET", "POST"])(own))
    return checks_form(never_cache(login_not_required(shown)))


def says_same_origin(request: HttpRequest) -> bool:
    """Return whether the browser itself says that a page of this very site sent the request; no page can forge that."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return site == "same-origin" or (not site and origin == own)


def _nothing(_request: HttpRequest) -> HttpResponse:
    """Stands where Django's check wants the view: the real one is exempt."""
    return HttpResponse()
