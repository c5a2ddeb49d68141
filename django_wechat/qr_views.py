"""What does the WeChat tab call? Its QR codes, and their status; `qr_finish` ends it."""

import re
from typing import Any

import segno
from allauth import app_settings as allauth_settings
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.utils import get_next_redirect_url, user_display
from allauth.socialaccount.providers.base import AuthProcess
from allauth.utils import build_absolute_uri
from django.contrib.auth.decorators import login_not_required
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist, PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from django_wechat import browser_keys, code_exchanges, conf, limits, places, qr_sessions, started
from django_wechat.attempts import Attempt
from django_wechat.exceptions import WeChatError
from django_wechat.flows import follow
from django_wechat.flows.journey import Choice, Journey
from django_wechat.json_problems import json_problem
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.problems import code_for
from django_wechat.protocol import user_agent
from django_wechat.provider import WeChatAllauthProvider, account_for, process_for, provider_for
from django_wechat.transactions import outside_transactions

PUBLIC_ID = re.compile(qr_sessions.PUBLIC_ID)
_USER_AGENT_LENGTH = 300


@never_cache
@login_not_required
@require_POST
@outside_transactions
def qr_open(request: HttpRequest) -> JsonResponse:
    """Open the QR code of the WeChat tab, or a fresh one in place of `previous`.

    `kind=open_platform` asks for the Open Platform's where the official account's would be shown.
    """
    browser_key = browser_keys.read(request)
    if wait := _seconds_to_wait(request, browser_key):
        return json_problem("too_often", 429, wait=wait)
    provider = provider_for(request)
    choice = _choice(request, provider)
    process = process_for(request.POST.get("process"))
    if choice.provider is None or choice.journey is None:
        return json_problem("not_available", 409)
    if process == AuthProcess.CONNECT and not request.user.is_authenticated:
        return json_problem("sign_in_first", 401)
    attempt = Attempt(choice.provider.name, choice.journey.value)
    try:
        if choice.journey is Journey.FOLLOW:
            return _open_official_account(request, choice.provider, process, browser_key, attempt)
        return _open_open_platform(request, provider, choice.provider, process)
    except (WeChatError, ImproperlyConfigured) as error:
        code = code_for(error)
        return json_problem("qr_unavailable" if code == "unavailable" else code, 503, error, attempt=attempt)


@never_cache
@login_not_required
@require_GET
@outside_transactions
def qr_status(request: HttpRequest, public_id: str) -> JsonResponse:
    """Say how far a QR session is, to its own browser; to any other it does not exist."""
    if wait := limits.seconds_to_wait("qr_status_browser", browser_keys.read(request) or _address(request)):
        return json_problem("too_often", 429, wait=wait)
    return JsonResponse(follow.progress(qr_session_of(request, public_id)))


def qr_session_of(request: HttpRequest, public_id: str) -> QRSession:
    """Return a QR session as it stands, to its own browser; raise `Http404` to any other."""
    qr_session = qr_sessions.snapshot(public_id, browser_keys.read(request))
    if qr_session is None:
        raise Http404
    return qr_session


def _open_open_platform(
    request: HttpRequest, provider: WeChatAllauthProvider, row: WeChatProvider, process: str
) -> JsonResponse:
    next_url, headless = _way_back(request)
    state_id = _renewable_state(request, provider)
    frame_url = provider.begin(
        request, row, Journey.WEB_QR, process, next_url, in_frame=True, state_id=state_id, **headless
    )
    login_url = provider.get_login_url(request, process=process, next=next_url, provider=request.POST.get("provider"))
    expires_in = conf.get("QR_LIFETIME")
    return JsonResponse(
        {"kind": "open_platform", "frame_url": frame_url, "login_url": login_url, "expires_in": expires_in}
    )


def _open_official_account(
    request: HttpRequest, row: WeChatProvider, process: str, browser_key: str, attempt: Attempt
) -> JsonResponse:
    if wait := limits.seconds_to_wait("qr_open_site_day", row.client_id_2):
        return json_problem("quota_used_up", 429, wait=wait, attempt=attempt)
    key = browser_key or browser_keys.new()
    if browser_key:
        _let_run_out(request.POST.get("previous", ""), browser_key)
    account = account_for(row, row.client_id_2)
    asked = _asked(request, process)
    qr_session, content = follow.begin(row, account, key, seconds=conf.get("QR_LIFETIME"), request=asked)
    response = JsonResponse(
        {
            "kind": "official_account",
            "id": qr_session.public_id,
            "svg": segno.make(content, error="m").svg_inline(scale=5, border=0),
            "digits": qr_session.digits,
            "expires_in": qr_sessions.seconds_left(qr_session),
            "status_url": reverse("wechat_qr_status", args=[qr_session.public_id]),
            "stream_url": _stream_url(request, qr_session),
            "finish_url": reverse("wechat_qr_finish", args=[qr_session.public_id]),
        }
    )
    browser_keys.write(request, response, key)
    return response


def _stream_url(request: HttpRequest, qr_session: QRSession) -> str:
    """Where the browser waits without asking; "" under WSGI, where every stream would hold a thread of the server."""
    return reverse("wechat_qr_stream", args=[qr_session.public_id]) if isinstance(request, ASGIRequest) else ""


def _asked(request: HttpRequest, process: str) -> dict[str, Any]:
    """What the phone's page and the end of the sign-in need to know of this request."""
    browser, system = user_agent.describe(request.headers.get("User-Agent", "")[:_USER_AGENT_LENGTH])
    next_url, headless = _way_back(request)
    signed_in = request.user.is_authenticated
    return {
        "process": process,
        "next": next_url,
        **headless,
        "user": str(request.user.pk) if signed_in else "",
        "account": user_display(request.user) if signed_in else "",
        "browser": browser,
        "system": system,
        "place": places.find(_address(request)),
        "site_name": _site_name(request),
        "confirm_url": build_absolute_uri(request, reverse("wechat_confirm", args=[follow.KEY])),
        "language": get_language() or "",
    }


def _way_back(request: HttpRequest) -> tuple[str, dict[str, bool]]:
    """Where the sign-in ends, and what allauth keeps for a headless one, which ends there whatever comes of it.

    As in allauth's headless API that is `callback_url`; a browser with pages of the site's own names `next`.
    """
    callback_url, next_url = _address_in(request, "callback_url"), _address_in(request, "next")
    if allauth_settings.HEADLESS_ONLY or (allauth_settings.HEADLESS_ENABLED and callback_url):
        return callback_url or next_url or "/", {"headless": True}
    return next_url, {}


def _address_in(request: HttpRequest, field: str) -> str:
    """The address of the site in a field of the form; "" for one that allauth calls unsafe, or no database takes."""
    url = get_next_redirect_url(request, field) or ""
    return url if url.isprintable() else ""


def _choice(request: HttpRequest, provider: WeChatAllauthProvider) -> Choice:
    name = request.POST.get("provider")
    if request.POST.get("kind") == "open_platform":
        return provider.choose_web_qr(name)
    choice = provider.choose(name)
    return choice if choice.journey in (Journey.WEB_QR, Journey.FOLLOW) else Choice(None)


def _renewable_state(request: HttpRequest, provider: WeChatAllauthProvider) -> str | None:
    """Return the state of the QR code that is being replaced, if this browser holds it and no callback used it."""
    previous = request.POST.get("previous", "")
    if not previous or code_exchanges.is_claimed(previous):
        return None
    return previous if started.take(provider, request, previous) is not None else None


def _let_run_out(public_id: str, browser_key: str) -> None:
    if PUBLIC_ID.fullmatch(public_id):
        qr_sessions.replace(public_id, browser_key)


def _site_name(request: HttpRequest) -> str:
    """The name in `django.contrib.sites`, where it is used and knows this site; else the host."""
    try:
        return get_current_site(request).name
    except ObjectDoesNotExist:
        return request.get_host()


def _seconds_to_wait(request: HttpRequest, browser_key: str) -> int:
    """Ask each rule that applies; an address that is not known would be everybody's."""
    address = limits.network(_address(request))
    asked = [("qr_open_browser", browser_key), ("qr_open_address", address), ("qr_open_address_hour", address)]
    return max(limits.seconds_to_wait(rule, who) if who else 0 for rule, who in asked)


def _address(request: HttpRequest) -> str:
    """The client's address as the site's account adapter knows it, proxies considered."""
    try:
        return str(get_account_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""
