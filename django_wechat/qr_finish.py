"""How is the browser signed in once the phone said yes? By a redirect, or in JSON for a script that asks for it."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_login_redirect_url
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from django_wechat import identities, qr_sessions
from django_wechat.attempts import Attempt
from django_wechat.exceptions import WeChatError
from django_wechat.flows import follow
from django_wechat.flows.journey import Journey
from django_wechat.json_problems import json_problem
from django_wechat.models import QRSession
from django_wechat.problems import code_for, problem_response
from django_wechat.provider import WeChatAllauthProvider, account_for, provider_for
from django_wechat.qr_views import qr_session_of
from django_wechat.sign_in import NotSaved, complete_sign_in
from django_wechat.transactions import outside_transactions


@csrf_exempt
@never_cache
@login_not_required
@require_POST
@outside_transactions
def qr_finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign in the browser that a confirmed QR session belongs to, once.

    The answer is a redirect or a page. A request whose Accept names `application/json` gets where the redirect leads
    as `{"location": …}`, and a problem as the other QR addresses tell it.

    Needs no CSRF token, which the sign-in in another tab would have changed. Another site's page cannot send it all the
    same: with a cookie that it planted it could sign the browser in as somebody else.
    """
    if _comes_from_elsewhere(request):
        raise Http404
    response = _End(request, provider_for(request), qr_session_of(request, public_id)).respond()
    return _as_json(response) if _asks_for_json(request) else response


@dataclass
class _End:
    """The end of one QR session. `respond` is the whole story."""

    request: HttpRequest
    provider: WeChatAllauthProvider
    qr_session: QRSession

    def __post_init__(self) -> None:
        self.attempt = Attempt(self.qr_session.provider.name, Journey.FOLLOW.value)
        kept = ("process", "next", "headless")
        self.state: dict[str, Any] = {
            key: self.qr_session.request[key] for key in kept if key in self.qr_session.request
        }

    def respond(self) -> HttpResponse:
        """Return allauth's answer, or the problem."""
        if not self.qr_session.provider.enabled:
            return self._problem("settings_changed", HTTPStatus.CONFLICT)
        if self.state["process"] == AuthProcess.CONNECT and not self._is_who_opened_it():
            return self._problem("sign_in_first", HTTPStatus.UNAUTHORIZED)
        if follow.next_step(self.qr_session) != "finish" or self._somebody_else_signed_in():
            return self._nothing_to_redeem()
        try:
            return self._sign_in()
        except _AlreadyRedeemed:
            return self._nothing_to_redeem()
        except (WeChatError, ImproperlyConfigured, NotSaved) as error:
            return self._problem(code_for(error), HTTPStatus.SERVICE_UNAVAILABLE, error)

    def _somebody_else_signed_in(self) -> bool:
        """Whether the browser is another person's by now: a forgotten tab must not sign that person out."""
        return self.request.user.is_authenticated and not self._is_who_opened_it()

    def _is_who_opened_it(self) -> bool:
        """Whether the user of now opened the QR code; never so if nobody is signed in, or was then."""
        return bool(str(self.request.user.pk) == self.qr_session.request["user"])

    def _sign_in(self) -> HttpResponse:
        profile = follow.finish(account_for(self.qr_session.provider, self.qr_session.appid), self.qr_session)
        response = complete_sign_in(
            self.request, self.provider, profile, self.state, first=self._redeem, attempt=self.attempt
        )
        identities.note_follower(profile)
        return response

    def _redeem(self) -> None:
        if not qr_sessions.redeem(self.qr_session):
            raise _AlreadyRedeemed

    def _nothing_to_redeem(self) -> HttpResponse:
        """A second press, a reload, or a code that ran out: signed in is signed in. Only the last ends the attempt."""
        if self.request.user.is_authenticated:
            return HttpResponseRedirect(self.state["next"] or get_login_redirect_url(self.request))
        return self._problem("qr_over", HTTPStatus.CONFLICT, ended=qr_sessions.is_expired(self.qr_session))

    def _problem(
        self, code: str, status: HTTPStatus, error: Exception | None = None, *, ended: bool = True
    ) -> HttpResponse:
        """Return the page of a problem, which is always a 401; in JSON with `status`."""
        attempt = self.attempt if ended else None
        if _asks_for_json(self.request):
            return json_problem(code, status, error, attempt=attempt)
        return problem_response(self.request, self.provider, code, error=error, state=self.state, attempt=attempt)


class _AlreadyRedeemed(Exception):
    """Another request of the same browser came first."""


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site made the browser send this, as the browser itself says."""
    origin, site = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site", "")
    if site == "same-origin" or origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    return bool(site) or (origin not in ("", "null") and _host_of(origin) != request.get_host())


def _host_of(origin: str) -> str:
    """The host and port of an Origin; "" for one that is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _asks_for_json(request: HttpRequest) -> bool:
    """Whether Accept names JSON. `*/*` does not: whoever sent that before has always had the redirect."""
    return any((kind.main_type, kind.sub_type) == ("application", "json") for kind in request.accepted_types)


def _as_json(response: HttpResponse) -> HttpResponse:
    """Turn a redirect into JSON in place: its cookies, and the entry of the log that hangs on it, stay."""
    if response.status_code == HTTPStatus.FOUND:
        response.content = json.dumps({"location": response.headers["Location"]})
        del response.headers["Location"]
        response.status_code = HTTPStatus.OK
        response.headers["Content-Type"] = "application/json"
    return response
