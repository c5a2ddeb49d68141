"""Where does allauth send somebody who has to confirm, and may by WeChat? To this page, and on from it once it is done.

allauth keeps what was asked for: an address, a form that was sent, or a step of its own. None of that can be gone on
with by a public name, so `resume_request` is taken from its inside; `tests/web/reauthenticating/test_page.py` holds it.
"""

import logging
import time
from typing import Any

from allauth import app_settings as allauth_settings
from allauth.account import app_settings as account_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, resume_request
from allauth.account.utils import get_login_redirect_url, passthrough_next_redirect_url
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET

from django_wechat.flows.journey import REAUTHENTICATE
from django_wechat.flows.visitor import Visitor
from django_wechat.problems import outages, problem_response, told_when_down
from django_wechat.web.reauthenticating import fresh, methods
from django_wechat.web.visitors import provider_for, visitor_of

logger = logging.getLogger("django_wechat.sign_in")

_STEP_ASKED = "wechat_step_asked"
"""When a step of allauth's own sent the browser here: no address says which, and an old one is not to go on."""


@csrf_protect  # so that the cookie goes with the panel's token, on sites without Django's middleware as well
@never_cache
@xframe_options_deny
@require_GET
@told_when_down(outages.page)
@login_required
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Ask who is signed in to confirm by WeChat; who just did is led on to what allauth was asked for.

    404 where there are no pages (HEADLESS_ONLY).
    """
    if allauth_settings.HEADLESS_ONLY:
        raise Http404
    visitor = visitor_of(request)
    if fresh.is_fresh(request) and fresh.may_lead_on(request):
        return _way_on(request, visitor)
    if fresh.is_fresh(request):
        logger.warning("WeChat confirmed, and the account adapter asks all the same: %s", account_settings.ADAPTER)
    response = _question(request, visitor)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _way_on(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Go on with what allauth keeps only straight from a confirmation: a link to this page sends no form."""
    if fresh.take_goes_on(request):
        if visitor.next_url or not _was_asked_by_a_step(request):
            _drop_step(request)
        response: HttpResponse | None = resume_request(request)
        if response is not None:
            return response
    return HttpResponseRedirect(visitor.next_url or get_login_redirect_url(request))


def _was_asked_by_a_step(request: HttpRequest) -> bool:
    asked = request.session.pop(_STEP_ASKED, 0.0)
    return bool(0 <= time.time() - asked < account_settings.REAUTHENTICATION_TIMEOUT)


def _drop_step(request: HttpRequest) -> None:
    """Forget a step that somebody began and left: whoever confirms something else did not ask for it."""
    if "callback" in (request.session.get(STATE_SESSION_KEY) or {}):
        del request.session[STATE_SESSION_KEY]


def _question(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    others = _other_ways(request)
    if not methods.can_confirm(request, request.user):
        if others:
            return HttpResponseRedirect(others[0]["url"])
        return problem_response(request, provider_for(request), "cannot_confirm", state={"process": REAUTHENTICATE})
    if not visitor.next_url:
        request.session[_STEP_ASKED] = time.time()
    context: dict[str, Any] = {
        "process": REAUTHENTICATE,
        "next": visitor.next_url,
        "choice": visitor.choice,
        "reauthentication_alternatives": others,
    }
    return render(request, "django_wechat/reauthenticate.html", context)


def _other_ways(request: HttpRequest) -> list[dict[str, str]]:
    """What allauth offers beside WeChat, as its own pages list it."""
    ways = get_adapter().get_reauthentication_methods(request.user)
    return [
        {**way, "url": passthrough_next_redirect_url(request, way["url"], REDIRECT_FIELD_NAME)}
        for way in ways
        if way["id"] != methods.FLOW
    ]
