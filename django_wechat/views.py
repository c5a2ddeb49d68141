"""What does the browser call? The start page, the WeChat tab's QR code, and WeChat's way back."""

from typing import Any

from allauth import app_settings as allauth_settings
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.utils import build_absolute_uri
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from django_wechat import code_exchanges, conf
from django_wechat.callback import Callback
from django_wechat.exceptions import WeChatError
from django_wechat.flows.journey import Choice
from django_wechat.problems import code_for, log, problem_for, problem_response
from django_wechat.protocol.oauth import STATE
from django_wechat.provider import FULL_PAGE, WeChatAllauthProvider, process_for


@never_cache
@login_not_required
def login(request: HttpRequest) -> HttpResponse:
    """Start a sign-in: GET shows a page with one button, POST goes to WeChat (never on page load)."""
    if allauth_settings.HEADLESS_ONLY:
        raise Http404
    provider = _provider(request)
    choice = provider.choose(request.GET.get("provider"))
    if choice.journey is None:
        return problem_response(request, provider, "not_available", state=_asked(request))
    if choice.journey.is_help:
        return render(request, "django_wechat/help.html", _help_context(request, choice))
    if request.method == "POST":
        response: HttpResponse = provider.redirect_from_request(request)
        return response
    return render(request, "django_wechat/login.html", _login_context(request, choice))


@never_cache
@login_not_required
@require_POST
def qr_open(request: HttpRequest) -> JsonResponse:
    """Open the QR code of the WeChat tab, or a fresh one in place of `previous`."""
    provider = _provider(request)
    choice = provider.choose(request.POST.get("provider"))
    process = process_for(request.POST.get("process"))
    if choice.provider is None or choice.journey is None:
        return _json_problem("not_available", 409)
    if process == AuthProcess.CONNECT and not request.user.is_authenticated:
        return _json_problem("sign_in_first", 401)
    next_url = get_next_redirect_url(request)
    state_id = _renewable_state(request, provider)
    try:
        frame_url = provider.begin(
            request, choice.provider, choice.journey, process, next_url, in_frame=True, state_id=state_id
        )
    except (WeChatError, ImproperlyConfigured) as error:
        return _json_problem(code_for(error), 503, error)
    return JsonResponse(
        {
            "kind": "open_platform",
            "frame_url": frame_url,
            "login_url": provider.get_login_url(
                request, process=process, next=next_url, provider=request.POST.get("provider")
            ),
            "expires_in": conf.get("QR_LIFETIME"),
        }
    )


@never_cache
@login_not_required
@transaction.non_atomic_requests
def callback(request: HttpRequest) -> HttpResponse:
    """Take the browser back from WeChat: with a code, without one, twice, late, or from somewhere else."""
    response = Callback(request, _provider(request)).respond()
    # The address holds code and state: tell it to nobody.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _provider(request: HttpRequest) -> WeChatAllauthProvider:
    provider: WeChatAllauthProvider = get_adapter().get_provider(request, WeChatAllauthProvider.id)
    return provider


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {"process": process_for(request.GET.get("process")), "next": get_next_redirect_url(request)}


def _renewable_state(request: HttpRequest, provider: WeChatAllauthProvider) -> str | None:
    """Return the state of the QR code that is being replaced, if this browser holds it and no callback used it."""
    previous = request.POST.get("previous", "")
    if not STATE.fullmatch(previous) or code_exchanges.is_claimed(previous):
        return None
    try:
        provider.unstash_redirect_state(request, previous)
    except PermissionDenied:
        return None
    return previous


def _login_context(request: HttpRequest, choice: Choice) -> dict[str, Any]:
    asked = _asked(request)
    return {
        "choice": choice,
        "journey": choice.journey,
        "provider": choice.provider,
        "login_url": request.get_full_path(),
        **asked,
    }


def _help_context(request: HttpRequest, choice: Choice) -> dict[str, Any]:
    full_page = {**request.GET.dict(), FULL_PAGE: "1"}
    return {
        **_login_context(request, choice),
        "page_url": build_absolute_uri(request, _page_path(request)),
        "full_page_url": f"{reverse('wechat_login')}?{urlencode(full_page)}",
        "sign_in_url": reverse("account_login"),
    }


def _page_path(request: HttpRequest) -> str:
    """The start page again, with the visitor's own wishes and nothing else of the query."""
    query = {key: value for key, value in _asked(request).items() if value}
    return f"{reverse('wechat_login')}?{urlencode(query)}"


def _json_problem(code: str, status: int, error: Exception | None = None) -> JsonResponse:
    problem = problem_for(code)
    log(problem, error)
    message = f"{problem.what} {problem.next_step}".strip()
    body = {"code": code, "message": message, "retry": code == "unavailable", "reference": problem.reference}
    return JsonResponse({"error": body}, status=status)
