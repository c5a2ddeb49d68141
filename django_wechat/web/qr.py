"""What does the WeChat tab call? Its QR codes, and their status; `qr_finish` ends it."""

import re
from dataclasses import replace
from typing import Any

from allauth.socialaccount.providers.base import Provider
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from django_wechat import conf
from django_wechat.exceptions import QuotaUsedUp, WeChatError
from django_wechat.flows import table
from django_wechat.flows.journey import Journey, LeadsAway, WaitsForPhone
from django_wechat.flows.table import Choice
from django_wechat.flows.visitor import Visitor
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.models.transactions import outside_transactions
from django_wechat.problems import code_for, json_problem, outages, told_when_down
from django_wechat.stores import code_exchanges, limits, openings, origins, qr_sessions
from django_wechat.stores.attempts import Attempt
from django_wechat.stores.openings import NoMoreCodes
from django_wechat.web import browser_keys, started
from django_wechat.web.form_check import checks_form, says_same_origin
from django_wechat.web.phone import link_host
from django_wechat.web.programs import for_browsers
from django_wechat.web.reauthenticating import methods
from django_wechat.web.visitors import provider_for, visitor_of

PUBLIC_ID = re.compile(qr_sessions.PUBLIC_ID)


@checks_form
@never_cache
@login_not_required
@require_POST
@outside_transactions
@told_when_down(outages.json)
def qr_open(request: HttpRequest, *, trusted: bool) -> JsonResponse:
    """Open the QR code of the WeChat tab, or a fresh one in place of `previous`.

    `kind` may ask for the full page's code (`open_platform`) where another would be shown. The tab may stand in a page
    of the site's that set no CSRF cookie, where no middleware does: then the browser's own word takes its place.
    """
    if not (trusted or says_same_origin(request)):
        raise PermissionDenied
    visitor = visitor_of(request)
    choice = _choice(visitor, request.POST.get("kind", ""))
    if choice.provider is None or choice.journey is None:
        return json_problem("not_available", 409)
    if visitor.lacks_user:
        return json_problem("sign_in_first", 401)
    if methods.refuses(request, visitor):
        return json_problem("cannot_confirm", 403)
    attempt = Attempt(choice.provider.name, choice.journey.name)
    try:
        return _open(request, visitor, choice.provider, choice.journey)
    except (NoMoreCodes, QuotaUsedUp) as error:
        return _instead(request, visitor, choice) or _no_more_codes(error, attempt)
    except (WeChatError, ImproperlyConfigured) as error:
        code = code_for(error)
        return json_problem("qr_unavailable" if code == "unavailable" else code, 503, error, attempt=attempt)


@never_cache
@login_not_required
@require_GET
@outside_transactions
@told_when_down(outages.json)
def qr_status(request: HttpRequest, public_id: str) -> JsonResponse:
    """Say how far a QR session is, to its own browser; to any other it does not exist."""
    browser_key = browser_keys.read(request)
    if browser_key and (wait := limits.seconds_to_wait("qr_status_browser", browser_key)):
        return json_problem("too_often", 429, wait=wait)
    qr_session = qr_session_of(browser_key, public_id)
    return JsonResponse(table.of(qr_session).progress(qr_session))


def qr_session_of(browser_key: str, public_id: str) -> QRSession:
    """Return a QR session as it stands, to its own browser; raise `Http404` to any other."""
    qr_session = qr_sessions.snapshot(public_id, browser_key)
    if qr_session is None:
        raise Http404
    return qr_session


def _open(request: HttpRequest, visitor: Visitor, row: WeChatProvider, journey: Journey) -> JsonResponse:
    """Begin the journey as its kind begins."""
    previous = request.POST.get("previous", "")
    match journey:
        case WaitsForPhone():
            return _show(request, visitor, row, journey, previous)
        case LeadsAway():
            return _frame(request, visitor, row, journey, previous)
    raise ImproperlyConfigured(f"The journey {journey} has a kind, but nothing that the tab could show.")


def _frame(
    request: HttpRequest, visitor: Visitor, row: WeChatProvider, journey: LeadsAway, previous: str
) -> JsonResponse:
    next_url, headless = for_browsers.way_back(visitor)
    visitor = replace(visitor, next_url=next_url)
    provider = provider_for(request)
    state_id = _renewable_state(provider, request, previous)
    app, state_id = started.begin(provider, request, visitor, row, journey, state_id=state_id, **headless)
    login_url = provider.get_login_url(request, process=visitor.purpose, next=next_url, provider=visitor.provider_name)
    return JsonResponse(
        {
            "kind": journey.kind,
            "frame_url": journey.frame_url(app, redirect_uri=visitor.callback_uri, state=state_id),
            "login_url": login_url,
            "expires_in": conf.get("QR_LIFETIME"),
        }
    )


def _show(
    request: HttpRequest,
    visitor: Visitor,
    row: WeChatProvider,
    journey: WaitsForPhone,
    previous: str,
) -> JsonResponse:
    openings.count(
        journey.counted_by(row), address=visitor.address, browser_key=visitor.browser_key, quota=journey.quota
    )
    origins.note(visitor.address)
    key = visitor.browser_key or browser_keys.new()
    if PUBLIC_ID.fullmatch(previous) and visitor.browser_key:
        qr_sessions.replace(previous, visitor.browser_key)
    opened = journey.begin(row, key, seconds=conf.get("QR_LIFETIME"), request=_kept(visitor, row, journey))
    public_id = opened.qr_session.public_id
    response = JsonResponse(
        {
            "kind": journey.kind,
            "id": public_id,
            **opened.shows,
            "expires_in": qr_sessions.seconds_left(opened.qr_session),
            "status_url": reverse("wechat_qr_status", args=[public_id]),
            # Under WSGI every stream would hold a thread of the server.
            "stream_url": reverse("wechat_qr_stream", args=[public_id]) if isinstance(request, ASGIRequest) else "",
            "finish_url": reverse("wechat_qr_finish", args=[public_id]),
        }
    )
    browser_keys.write(request, response, key)
    return response


def _kept(visitor: Visitor, row: WeChatProvider, journey: WaitsForPhone) -> dict[str, Any]:
    """What the phone's page and the end of the sign-in need to know of this request."""
    next_url, headless = for_browsers.way_back(visitor)
    return {
        **visitor.kept(),
        "journey": journey.name,
        "next": next_url,
        **headless,
        "origin": link_host.origin(visitor, row),
        "host": link_host.host_shown(visitor, row),
    }


def _choice(visitor: Visitor, kind: str) -> Choice:
    """What the tab shows for this browser; nothing where it has no QR code for it."""
    if table.has_full_page(kind):
        choice = visitor.full_page_choice
    else:
        choice = visitor.choice_of_kind(kind) if kind else visitor.choice
    return choice if choice.journey and choice.journey.kind else Choice(None)


def _renewable_state(provider: Provider, request: HttpRequest, previous: str) -> str | None:
    """Return the state of the QR code that is being replaced, if this browser holds it and no callback used it."""
    if not previous or code_exchanges.is_claimed(previous):
        return None
    return previous if started.take(provider, request, previous) is not None else None


def _instead(request: HttpRequest, visitor: Visitor, choice: Choice) -> JsonResponse | None:
    """The Open Platform's code, which has no quota, in place of one that cannot be had; None where there is none."""
    other = visitor.full_page_choice
    if choice.journey is table.LINK:  # a phone cannot scan its own screen
        return None
    if other.provider is None or not isinstance(other.journey, LeadsAway) or not other.journey.kind:
        return None
    if not other.journey.serves(visitor.browser):  # nobody scans the screen of the phone that asks for a link
        return None
    openings.note_other_shown(str(choice.provider))
    return _frame(request, visitor, other.provider, other.journey, request.POST.get("previous", ""))


def _no_more_codes(error: NoMoreCodes | QuotaUsedUp, attempt: Attempt) -> JsonResponse:
    """Only a day that is used up is for the sign-in log: no script shall fill it."""
    if isinstance(error, QuotaUsedUp):
        return json_problem("quota_used_up", 503, error, attempt=attempt)
    ends = attempt if error.problem == "quota_used_up" else None
    return json_problem(error.problem, 429, wait=error.wait, attempt=ends)
