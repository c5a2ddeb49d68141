"""What does the WeChat tab call? Its QR codes, their status, and the end of it: the browser signed in."""

import re
from typing import Any

import segno
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url, user_display
from allauth.socialaccount.providers.base import AuthProcess
from allauth.utils import build_absolute_uri
from django.contrib.auth.decorators import login_not_required
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from django_wechat import browser_keys, code_exchanges, conf, identities, limits, places, qr_sessions
from django_wechat.exceptions import WeChatError
from django_wechat.flows import follow
from django_wechat.flows.journey import Choice, Journey
from django_wechat.json_problems import json_problem
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.problems import code_for, problem_response
from django_wechat.protocol import user_agent
from django_wechat.protocol.oauth import STATE
from django_wechat.provider import WeChatAllauthProvider, account_for, process_for, provider_for
from django_wechat.sign_in import NotSaved, complete_sign_in

PUBLIC_ID = re.compile(qr_sessions.PUBLIC_ID)
_USER_AGENT_LENGTH = 300


@never_cache
@login_not_required
@require_POST
@transaction.non_atomic_requests
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
    try:
        if choice.journey is Journey.FOLLOW:
            return _open_official_account(request, choice.provider, process, browser_key)
        return _open_open_platform(request, provider, choice.provider, process)
    except (WeChatError, ImproperlyConfigured) as error:
        code = code_for(error)
        return json_problem("qr_unavailable" if code == "unavailable" else code, 503, error)


@never_cache
@login_not_required
@require_GET
@transaction.non_atomic_requests
def qr_status(request: HttpRequest, public_id: str) -> JsonResponse:
    """Say how far a QR session is, to its own browser; to any other it does not exist."""
    if wait := limits.seconds_to_wait("qr_status_browser", browser_keys.read(request) or _address(request)):
        return json_problem("too_often", 429, wait=wait)
    session = _mine(request, public_id)
    status = "expired" if qr_sessions.is_expired(session) else session.status
    left = qr_sessions.seconds_left(session)
    return JsonResponse({"status": status, "expires_in": left, "next": follow.next_step(session)})


@csrf_exempt
@never_cache
@login_not_required
@require_POST
@transaction.non_atomic_requests
def qr_finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign in the browser that a confirmed QR session belongs to, once.

    Needs no CSRF token, which the sign-in in another tab would have changed: whoever makes a browser send this can only
    finish what was confirmed for this very browser.
    """
    session = _mine(request, public_id)
    provider = provider_for(request)
    state = {"process": session.request["process"], "next": session.request["next"]}
    if not session.provider.enabled:
        return problem_response(request, provider, "settings_changed", state=state)
    if state["process"] == AuthProcess.CONNECT and str(request.user.pk) != session.request["user"]:
        return problem_response(request, provider, "sign_in_first", state=state)
    if follow.next_step(session) != "finish":
        return _nothing_to_redeem(request, provider, state)
    try:
        profile = follow.finish(account_for(session.provider, session.appid), session)
        response = complete_sign_in(request, provider, profile, state, first=lambda: _redeem(session))
    except _AlreadyRedeemed:
        return _nothing_to_redeem(request, provider, state)
    except (WeChatError, ImproperlyConfigured, NotSaved) as error:
        return problem_response(request, provider, code_for(error), error=error, state=state)
    identities.note_follower(session.appid, session.openid)
    return response


def _open_open_platform(
    request: HttpRequest, provider: WeChatAllauthProvider, row: WeChatProvider, process: str
) -> JsonResponse:
    next_url = get_next_redirect_url(request)
    state_id = _renewable_state(request, provider)
    frame_url = provider.begin(request, row, Journey.WEB_QR, process, next_url, in_frame=True, state_id=state_id)
    login_url = provider.get_login_url(request, process=process, next=next_url, provider=request.POST.get("provider"))
    expires_in = conf.get("QR_LIFETIME")
    return JsonResponse(
        {"kind": "open_platform", "frame_url": frame_url, "login_url": login_url, "expires_in": expires_in}
    )


def _open_official_account(request: HttpRequest, row: WeChatProvider, process: str, browser_key: str) -> JsonResponse:
    if wait := limits.seconds_to_wait("qr_open_site_day", row.client_id_2):
        return json_problem("too_often", 429, wait=wait)
    key = browser_key or browser_keys.new()
    if browser_key:
        _let_run_out(request.POST.get("previous", ""), browser_key)
    account = account_for(row, row.client_id_2)
    asked = _asked(request, process)
    session, content = follow.begin(row, account, key, seconds=conf.get("QR_LIFETIME"), request=asked)
    response = JsonResponse(
        {
            "kind": "official_account",
            "id": session.public_id,
            "svg": segno.make(content, error="m").svg_inline(scale=5, border=0),
            "digits": session.digits,
            "expires_in": qr_sessions.seconds_left(session),
            "status_url": reverse("wechat_qr_status", args=[session.public_id]),
            "stream_url": "",
            "finish_url": reverse("wechat_qr_finish", args=[session.public_id]),
        }
    )
    browser_keys.write(request, response, key)
    return response


def _asked(request: HttpRequest, process: str) -> dict[str, Any]:
    """What the phone's page and the end of the sign-in need to know of this request."""
    browser, system = user_agent.describe(request.headers.get("User-Agent", "")[:_USER_AGENT_LENGTH])
    next_url = get_next_redirect_url(request) or ""
    signed_in = request.user.is_authenticated
    return {
        "process": process,
        "next": next_url if next_url.isprintable() else "",
        "user": str(request.user.pk) if signed_in else "",
        "account": user_display(request.user) if signed_in else "",
        "browser": browser,
        "system": system,
        "place": places.find(_address(request)),
        "site_name": _site_name(request),
        "confirm_url": build_absolute_uri(request, reverse("wechat_confirm", args=[follow.KEY])),
        "language": get_language() or "",
    }


def _choice(request: HttpRequest, provider: WeChatAllauthProvider) -> Choice:
    name = request.POST.get("provider")
    if request.POST.get("kind") == "open_platform":
        return provider.choose_web_qr(name)
    choice = provider.choose(name)
    return choice if choice.journey in (Journey.WEB_QR, Journey.FOLLOW) else Choice(None)


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


def _let_run_out(public_id: str, browser_key: str) -> None:
    if PUBLIC_ID.fullmatch(public_id):
        qr_sessions.replace(public_id, browser_key)


def _site_name(request: HttpRequest) -> str:
    """The name in `django.contrib.sites`, where it is used and knows this site; else the host."""
    try:
        return get_current_site(request).name
    except ObjectDoesNotExist:
        return request.get_host()


def _mine(request: HttpRequest, public_id: str) -> QRSession:
    session = qr_sessions.snapshot(public_id, browser_keys.read(request))
    if session is None:
        raise Http404
    return session


def _redeem(session: QRSession) -> None:
    if not qr_sessions.redeem(session):
        raise _AlreadyRedeemed


class _AlreadyRedeemed(Exception):
    """Another request of the same browser came first."""


def _nothing_to_redeem(request: HttpRequest, provider: WeChatAllauthProvider, state: dict[str, Any]) -> HttpResponse:
    """A second press, a reload, or a code that ran out: signed in is signed in."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(state["next"] or get_login_redirect_url(request))
    return problem_response(request, provider, "qr_over", state=state)


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
