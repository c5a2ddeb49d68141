"""Where does a sign-in start? On the page with one button, in the panel of `<wechat-login>`, at a headless frontend."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from allauth import app_settings as allauth_settings
from allauth.account.utils import get_login_redirect_url
from allauth.socialaccount.providers.base import AuthProcess, Provider
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET

from django_wechat.exceptions import WeChatError
from django_wechat.flows.journey import LeadsAway, purpose_elsewhere
from django_wechat.flows.table import FULL_PAGE, Choice
from django_wechat.flows.visitor import Visitor
from django_wechat.problems import code_for, outages, problem_response, told_when_down
from django_wechat.stores.attempts import Attempt
from django_wechat.web import started
from django_wechat.web.form_check import checks_form
from django_wechat.web.programs import for_browsers
from django_wechat.web.reauthenticating import methods
from django_wechat.web.visitors import provider_for, purpose_for, visitor_of


@checks_form
@never_cache
@login_not_required
@xframe_options_deny
@told_when_down(outages.page)
def login(request: HttpRequest, *, trusted: bool) -> HttpResponse:
    """Start a sign-in: GET shows a page with one button, POST goes to WeChat (never on page load).

    A POST without Django's CSRF token (a sign-in in another tab changes it) is shown the page again, for one more tap.
    """
    response = _login(request, trusted=trusted)
    # The way back is in the address. Not "no-referrer": Django's check of the form would see no origin.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@csrf_protect  # so that the cookie goes with the token, on sites without Django's middleware as well
@never_cache
@login_not_required
@require_GET
@told_when_down(outages.json)
def panel(request: HttpRequest) -> JsonResponse:
    """Return what the template tag draws, for `<wechat-login>`: `{html, language}`.

    Takes `process`, `next` and `provider`. `html` holds a CSRF token; empty where WeChat cannot serve this browser.
    """
    if allauth_settings.HEADLESS_ONLY:
        raise Http404
    context = {"process": purpose_for(request.GET.get("process"))}
    html = render_to_string("django_wechat/panel.html", context, request)
    return JsonResponse({"html": html.strip(), "language": get_language() or ""})


@told_when_down(outages.page)
def lead_away(request: HttpRequest, provider: Provider, visitor: Visitor, **kept: Any) -> HttpResponse:
    """Send the browser to WeChat's page; to our page with an explanation where it cannot go on from there.

    `kept` is what a headless start adds to allauth's state.
    """
    choice = _choice_of_a_page(visitor)
    state = {"process": visitor.purpose, "next": visitor.next_url, **kept}
    if methods.refuses(request, visitor):
        return problem_response(request, provider, "cannot_confirm", state=state)
    if choice.provider is None or not isinstance(choice.journey, LeadsAway):
        if allauth_settings.HEADLESS_ONLY:
            return problem_response(request, provider, "not_available", state=state)
        return HttpResponseRedirect(provider.get_login_url(request, process=visitor.purpose, next=visitor.next_url))
    attempt = Attempt(choice.provider.name, choice.journey.name)
    try:
        app, state_id = started.begin(provider, request, visitor, choice.provider, choice.journey, **kept)
        return HttpResponseRedirect(choice.journey.url(app, redirect_uri=visitor.callback_uri, state=state_id))
    except (WeChatError, ImproperlyConfigured) as error:
        return problem_response(request, provider, code_for(error), error=error, state=state, attempt=attempt)


def _choice_of_a_page(visitor: Visitor) -> Choice:
    """What waits for a phone lives in the tab; in its place goes the full page with a QR code."""
    journey = visitor.choice.journey
    return visitor.full_page_choice if journey and journey.waits_for_phone else visitor.choice


def _login(request: HttpRequest, *, trusted: bool) -> HttpResponse:
    if allauth_settings.HEADLESS_ONLY:
        raise Http404
    provider, visitor = provider_for(request), visitor_of(request)
    journey, asked = visitor.choice.journey, _asked(visitor)
    if visitor.lacks_user:
        return problem_response(request, provider, "sign_in_first", state={"process": AuthProcess.LOGIN})
    if methods.refuses(request, visitor):
        return problem_response(request, provider, "cannot_confirm", state=asked)
    if journey is None:
        return problem_response(request, provider, "not_available", state=asked)
    if journey.is_help:
        return render(request, "django_wechat/help.html", _help_context(request, visitor))
    if request.method == "POST" and trusted:
        next_url, kept = for_browsers.way_back(visitor)
        return lead_away(request, provider, replace(visitor, next_url=next_url), **kept)
    if not trusted and visitor.is_signed_in and not visitor.needs_user:
        return HttpResponseRedirect(visitor.next_url or get_login_redirect_url(request))
    context = _login_context(request, visitor) | {"again": not trusted}
    return render(request, "django_wechat/login.html", context, status=200 if trusted else HTTPStatus.FORBIDDEN)


def _asked(visitor: Visitor) -> dict[str, Any]:
    return {"process": visitor.purpose, "next": visitor.next_url}


def _login_context(request: HttpRequest, visitor: Visitor) -> dict[str, Any]:
    return {
        "choice": visitor.choice,
        "journey": str(visitor.choice.journey),
        "provider": visitor.choice.provider,
        "login_url": request.get_full_path(),
        **_asked(visitor),
    }


def _help_context(request: HttpRequest, visitor: Visitor) -> dict[str, Any]:
    full_page = {**request.GET.dict(), FULL_PAGE: "1"}
    return {
        **_login_context(request, visitor),
        "page_url": visitor.site_url + _page_path(_asked(visitor) | {"process": purpose_elsewhere(visitor.purpose)}),
        "full_page_url": f"{reverse('wechat_login')}?{urlencode(full_page)}",
        "sign_in_url": reverse("account_login"),
    }


def _page_path(asked: dict[str, Any]) -> str:
    """The start page again, with the visitor's own wishes and nothing else of the query."""
    query = {key: value for key, value in asked.items() if value}
    return f"{reverse('wechat_login')}?{urlencode(query)}"
