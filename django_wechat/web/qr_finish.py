"""How is the browser signed in once the phone said yes? By a redirect, or in JSON for a script that asks for it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_login_redirect_url
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from django_wechat.exceptions import SignInFirst, UnknownPerson, WeChatError
from django_wechat.flows import table
from django_wechat.flows.journey import FOR_WHO_IS_SIGNED_IN, REAUTHENTICATE
from django_wechat.flows.visitor import Visitor
from django_wechat.models import QRSession, Status
from django_wechat.models.transactions import all_or_nothing, outside_transactions
from django_wechat.people.refusals import NotSaved
from django_wechat.problems import code_for, json_problem, outages, problem_response, told_when_down
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import qr_sessions
from django_wechat.stores.attempts import Attempt
from django_wechat.web import answers
from django_wechat.web.connecting import digits
from django_wechat.web.connecting.digits import DigitsMissing
from django_wechat.web.phone import used_sessions
from django_wechat.web.programs import for_browsers
from django_wechat.web.qr import qr_session_of
from django_wechat.web.reauthenticating import end
from django_wechat.web.sign_in import complete_sign_in
from django_wechat.web.started import STATE_KEY
from django_wechat.web.visitors import provider_for, visitor_of


def _in_the_form_asked_for(request: HttpRequest, error: Exception) -> HttpResponse:
    return (outages.json if answers.asks_for_json(request) else outages.page_to_send_again)(request, error)


@csrf_exempt
@xframe_options_deny
@never_cache
@login_not_required
@require_POST
@outside_transactions
@told_when_down(_in_the_form_asked_for)
def qr_finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign in the browser that a confirmed QR session belongs to, once.

    The answer is a redirect or a page. A request whose Accept names `application/json` gets where the redirect leads
    as `{"location": …}`, and a problem as the other QR addresses tell it.

    Needs no CSRF token, which the sign-in in another tab would have changed. Another site's page cannot send it all the
    same: with a cookie that it planted it could sign the browser in as somebody else.
    """
    if _comes_from_elsewhere(request):
        raise Http404
    visitor = visitor_of(request)
    qr_session = qr_session_of(visitor.browser_key, public_id)
    ending = _End(request, visitor, qr_session)
    response = ending.respond()
    if not answers.asks_for_json(request):
        return response
    person = (qr_session.appid, qr_session.openid)
    return for_browsers.with_tokens(request, answers.as_json(response), ending.state, person)


@dataclass
class _End:
    """The end of one QR session. `respond` is the whole story."""

    request: HttpRequest
    visitor: Visitor
    qr_session: QRSession

    def __post_init__(self) -> None:
        self.provider = provider_for(self.request)
        self.journey = table.of(self.qr_session)
        self.attempt = Attempt(self.qr_session.provider.name, self.journey.name)
        kept = ("process", "next", "headless")
        self.state: dict[str, Any] = {
            key: self.qr_session.request[key] for key in kept if key in self.qr_session.request
        }
        self.state[STATE_KEY] = {
            "provider": self.qr_session.provider_id,
            "journey": self.journey.name,
            "qr_session": self.qr_session.public_id,
        }

    def respond(self) -> HttpResponse:
        """Return allauth's answer, or the problem."""
        if not self.qr_session.provider.enabled:
            return self._problem("settings_changed", HTTPStatus.CONFLICT)
        if self.state["process"] in FOR_WHO_IS_SIGNED_IN and not self._is_who_opened_it():
            code = "other_user" if self.visitor.is_signed_in else "sign_in_first"
            return self._problem(code, HTTPStatus.UNAUTHORIZED)
        if self._somebody_else_signed_in():
            return self._nothing_to_redeem()
        if self.journey.wants_digits(self.qr_session) and self.journey.next_step(self.qr_session) == "finish":
            if digits.is_cancelled(self.request):
                return digits.cancelled(self.qr_session, self.state["next"], self.attempt)
            try:
                digits.check(self.request, self.qr_session)
            except DigitsMissing as missing:
                return self._ask_digits(missing.code)
        try:
            return self._redeemed()
        except _NothingToRedeem:
            return self._nothing_to_redeem()
        except UnknownPerson as error:
            return self._problem(code_for(error), HTTPStatus.FORBIDDEN, error)
        except (WeChatError, ImproperlyConfigured, NotSaved) as error:
            return self._problem(code_for(error), HTTPStatus.SERVICE_UNAVAILABLE, error)

    def _ask_digits(self, code: str) -> HttpResponse:
        over = code == "digits_used_up"
        if over or answers.asks_for_json(self.request):
            return self._problem(code, HTTPStatus.CONFLICT, ended=over)
        return digits.page(self.request, self.visitor, self.qr_session, code)

    def _somebody_else_signed_in(self) -> bool:
        """Whether the browser is another person's by now: a forgotten tab must not sign that person out."""
        return self.visitor.is_signed_in and not self._is_who_opened_it()

    def _is_who_opened_it(self) -> bool:
        """Whether the user of now opened the QR code; never so if nobody is signed in, or was then."""
        return self.visitor.is_signed_in and self.visitor.user_id == self.qr_session.request["user"]

    def _redeemed(self) -> HttpResponse:
        """Sign in; once more if another request of this browser came first: nobody knows whose answer it will show."""
        if self.journey.next_step(self.qr_session) == "finish":
            with suppress(_NothingToRedeem):
                return self._sign_in(qr_sessions.redeem, self.attempt)
        if self.visitor.is_signed_in or not qr_sessions.redeem_again(self.qr_session):
            raise _NothingToRedeem
        return self._sign_in(qr_sessions.redeem_again, None)

    def _sign_in(self, redeem: Callable[[QRSession], bool], attempt: Attempt | None) -> HttpResponse:
        def first() -> None:
            if not redeem(self.qr_session):
                raise _NothingToRedeem

        profile = self.journey.finish(self.qr_session)
        if self.state["process"] == REAUTHENTICATE:
            return self._reauthenticate(profile, first)
        response = complete_sign_in(self.request, self.provider, profile, self.state, first=first, attempt=attempt)
        self.journey.signed_in(profile)
        used_sessions.note(self.request, response, self.qr_session)
        return response

    def _reauthenticate(self, profile: Profile, first: Callable[[], None]) -> HttpResponse:
        """The session is over either way. Noted with it, so that a second press finds it in Django's session."""
        if problem := end.why_not(self.request, profile):
            qr_sessions.refuse(self.qr_session)
            return self._problem(problem, HTTPStatus.FORBIDDEN)
        try:
            with all_or_nothing():
                first()
                response = end.confirmed(self.request, self.state, self.attempt)
        except SignInFirst as error:
            return self._problem(code_for(error), HTTPStatus.UNAUTHORIZED, error)
        used_sessions.note_confirmation(self.request, response, self.qr_session)
        return response

    def _nothing_to_redeem(self) -> HttpResponse:
        """A second press, a reload, or a code that ran out: signed in is signed in. Only the last ends the attempt."""
        self.qr_session.refresh_from_db(fields=["status"])
        did_nothing = self.state["process"] in FOR_WHO_IS_SIGNED_IN and self.qr_session.status != Status.USED
        if self.visitor.is_signed_in and not did_nothing:
            return self._way_on()
        return self._problem("qr_over", HTTPStatus.CONFLICT, ended=qr_sessions.is_expired(self.qr_session))

    def _way_on(self) -> HttpResponse:
        if self.state["process"] == REAUTHENTICATE:
            return end.way_on(self.state)
        return HttpResponseRedirect(self.state["next"] or get_login_redirect_url(self.request))

    def _problem(
        self, code: str, status: HTTPStatus, error: Exception | None = None, *, ended: bool = True
    ) -> HttpResponse:
        """Return the page of a problem, which is always a 401; in JSON with `status`."""
        attempt = self.attempt if ended else None
        if answers.asks_for_json(self.request):
            return json_problem(code, status, error, attempt=attempt)
        return problem_response(self.request, self.provider, code, error=error, state=self.state, attempt=attempt)


class _NothingToRedeem(Exception):
    """The code is not confirmed, or was used too long ago."""


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site made the browser send this, as the browser itself says."""
    origin, site = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site", "")
    if site == "same-origin" or origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    if not site and origin == "null":
        # A frame without an origin, or a page that sends no Referer; only a Referer can tell that it is a page of ours.
        origin = request.headers.get("Referer", "") or "null"
    return bool(site) or (bool(origin) and _host_of(origin) != request.get_host())


def _host_of(address: str) -> str:
    """The host and port of an Origin or a Referer; "" for one that is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
