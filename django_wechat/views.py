"""What does the browser call? The start page, the panel of `<wechat-login>`, and WeChat's way back."""

from typing import Any

from allauth import app_settings as allauth_settings
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base import AuthProcess
from allauth.utils import build_absolute_uri
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from django_wechat.callback import Callback
from django_wechat.flows.journey import Choice
from django_wechat.problems import problem_response
from django_wechat.provider import FULL_PAGE, process_for, provider_for
from django_wechat.transactions import outside_transactions


@never_cache
@login_not_required
def login(request: HttpRequest) -> HttpResponse:
    """Start a sign-in: GET shows a page with one button, POST goes to WeChat (never on page load)."""
    response = _login(request)
    # The way back is in the address. Not "no-referrer": Django's check of the form would see no origin.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@login_not_required
@require_GET
def panel(request: HttpRequest) -> JsonResponse:
    """Return what the template tag draws, for `<wechat-login>`: `{html, language}`.

    Takes `process`, `next` and `provider`. `html` holds a CSRF token; empty where WeChat cannot serve this browser.
    """
    if allauth_settings.HEADLESS_ONLY:
        raise Http404
    context = {"process": process_for(request.GET.get("process"))}
    html = render_to_string("django_wechat/panel.html", context, request)
    return JsonResponse({"html": html.strip(), "language": get_language() or ""})


@never_cache
@login_not_required
@outside_transactions
def callback(request: HttpRequest) -> HttpResponse:
    """Take the browser back from WeChat: with a code, without one, twice, late, or from somewhere else."""
    response = Callback(request, provider_for(request)).respond()
    # The address holds code and state: tell it to nobody.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _login(request: HttpRequest) -> HttpResponse:
    if allauth_settings.HEADLESS_ONLY:
        raise Http404
    provider = provider_for(request)
    choice = provider.choose(request.GET.get("provider"))
    asked = _asked(request)
    if asked["process"] == AuthProcess.CONNECT and not request.user.is_authenticated:
        return problem_response(request, provider, "sign_in_first", state={"process": AuthProcess.LOGIN})
    if choice.journey is None:
        return problem_response(request, provider, "not_available", state=asked)
    if choice.journey.is_help:
        return render(request, "django_wechat/help.html", _help_context(request, choice, asked))
    if request.method == "POST":
        response: HttpResponse = provider.redirect_from_request(request)
        return response
    return render(request, "django_wechat/login.html", _login_context(request, choice, asked))


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {"process": process_for(request.GET.get("process")), "next": get_next_redirect_url(request)}


def _login_context(request: HttpRequest, choice: Choice, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "choice": choice,
        "journey": choice.journey,
        "provider": choice.provider,
        "login_url": request.get_full_path(),
        **asked,
    }


def _help_context(request: HttpRequest, choice: Choice, asked: dict[str, Any]) -> dict[str, Any]:
    full_page = {**request.GET.dict(), FULL_PAGE: "1"}
    return {
        **_login_context(request, choice, asked),
        "page_url": build_absolute_uri(request, _page_path(asked)),
        "full_page_url": f"{reverse('wechat_login')}?{urlencode(full_page)}",
        "sign_in_url": reverse("account_login"),
    }


def _page_path(asked: dict[str, Any]) -> str:
    """The start page again, with the visitor's own wishes and nothing else of the query."""
    query = {key: value for key, value in asked.items() if value}
    return f"{reverse('wechat_login')}?{urlencode(query)}"
