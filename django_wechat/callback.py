"""WeChat sent the browser back: how does that end? Signed in, or on a page that says what happened."""

import time
from dataclasses import replace
from typing import Any

from allauth.account.utils import get_login_redirect_url
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from django_wechat import code_exchanges, conf, started
from django_wechat.attempts import Attempt
from django_wechat.code_exchanges import Outcome
from django_wechat.exceptions import WeChatError
from django_wechat.flows import in_wechat, web_qr
from django_wechat.flows.journey import Journey
from django_wechat.models import CodeExchange, WeChatProvider
from django_wechat.problems import code_for, new_reference, problem_response
from django_wechat.protocol.oauth import Profile
from django_wechat.provider import STATE_KEY, WeChatAllauthProvider, app_for
from django_wechat.sign_in import NotSaved, complete_sign_in

_FINISH = {Journey.WEB_QR: web_qr.finish, Journey.IN_WECHAT: in_wechat.finish}


class Callback:
    """One delivery of a callback. `respond` is the whole story; the rest are its steps."""

    def __init__(self, request: HttpRequest, provider: WeChatAllauthProvider) -> None:
        self.request = request
        self.provider = provider
        self.state_id = request.GET.get("state", "")
        self.code = request.GET.get("code", "")
        self.session_cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        self.started = time.monotonic()
        self.attempt: Attempt | None = Attempt(started=self.started)
        """What the sign-in log will say ended here; None once it says so."""

    def respond(self) -> HttpResponse:
        """Return where the browser goes now."""
        state = started.look(self.provider, self.request, self.state_id)
        state = state or code_exchanges.state_of(self.state_id, self.code, self.session_cookie)
        if state is None:
            return self._without_state()
        self.attempt = self._begun(state)
        if not self.code:
            started.take(self.provider, self.request, self.state_id)
            return self._problem("cancelled", state)
        if self._connects(state) and code_exchanges.has_profile(self.state_id, self.session_cookie):
            return self._connected(state)
        exchange = code_exchanges.claim(self.state_id, self.code, self.session_cookie, state)
        if exchange is None:
            return self._repeat(state)
        try:
            return self._first(exchange, state)
        except Exception:
            # A second delivery must not wait for an end that never comes.
            code_exchanges.record(exchange, Outcome(problem="not_saved"))
            raise

    def _first(self, exchange: CodeExchange, state: dict[str, Any]) -> HttpResponse:
        started.take(self.provider, self.request, self.state_id)
        outcome, error = self._ask_wechat(state)
        return self._end(exchange, state, outcome, error)

    def _without_state(self) -> HttpResponse:
        """A cookie that was withheld from a cross-site request, somebody else's link, or a sign-in that is over."""
        if self.request.user.is_authenticated:
            return HttpResponseRedirect(get_login_redirect_url(self.request))
        if self.state_id and "_redir" not in self.request.GET:
            return self._bounce()
        return self._problem("state_lost", None)

    def _repeat(self, state: dict[str, Any]) -> HttpResponse:
        """End as the first delivery of the same code to this browser ended, once it has."""
        seconds = 2 * sum(conf.timeouts()) + 1
        exchange = code_exchanges.wait(self.state_id, self.code, self.session_cookie, seconds=seconds)
        if exchange is None:
            self.attempt = None
            return self._problem("state_lost", state)
        outcome = code_exchanges.outcome_of(exchange)
        if not _crashed(outcome):
            self.attempt = None
        if self._connects(state) and outcome.profile is not None:
            return self._connected(state)
        return self._end(exchange, state, outcome)

    def _connects(self, state: dict[str, Any]) -> bool:
        return state.get("process") == AuthProcess.CONNECT and self.request.user.is_authenticated

    def _connected(self, state: dict[str, Any]) -> HttpResponse:
        """Connected is connected, even if the person undid it meanwhile; another code connects nobody else."""
        self.attempt = None
        return HttpResponseRedirect(state.get("next") or reverse("socialaccount_connections"))

    def _bounce(self) -> HttpResponse:
        """Ask once more from our own page, so that SameSite cookies come along."""
        query = {**self.request.GET.dict(), "_redir": "1"}
        context = {"provider": self.provider, "redirect_to": f"{self.request.path}?{urlencode(query)}"}
        return render(self.request, "socialaccount/login_redirect.html", context)

    def _ask_wechat(self, state: dict[str, Any]) -> tuple[Outcome, Exception | None]:
        """Exchange the code with the very keypair the sign-in was started with."""
        try:
            profile = _finish(self._row(state), state.get(STATE_KEY) or {}, self.code)
        except (WeChatError, ImproperlyConfigured) as error:
            return Outcome(problem=code_for(error)), error
        return (Outcome(profile) if profile else Outcome(problem="settings_changed")), None

    def _row(self, state: dict[str, Any]) -> WeChatProvider | None:
        """The provider that the sign-in was started with, if it still serves this host."""
        chosen = state.get(STATE_KEY) or {}
        return next((row for row in self.provider.rows if row.pk == chosen.get("provider")), None)

    def _begun(self, state: dict[str, Any]) -> Attempt:
        row = self._row(state)
        return Attempt(row.name if row else "", (state.get(STATE_KEY) or {}).get("journey", ""), self.started)

    def _end(
        self, exchange: CodeExchange, state: dict[str, Any], outcome: Outcome, error: Exception | None = None
    ) -> HttpResponse:
        if outcome.profile is not None:
            return self._sign_in(exchange, state, outcome, outcome.profile)
        told = replace(outcome, reference=outcome.reference or new_reference(outcome.problem))
        code_exchanges.record(exchange, told)
        return self._problem(told.problem, state, error, told.reference)

    def _sign_in(
        self, exchange: CodeExchange, state: dict[str, Any], outcome: Outcome, profile: Profile
    ) -> HttpResponse:
        try:
            return complete_sign_in(
                self.request,
                self.provider,
                profile,
                state,
                first=lambda: code_exchanges.record(exchange, outcome),
                attempt=self.attempt,
            )
        except NotSaved as error:
            self.attempt = self._begun(state)
            return self._end(exchange, state, Outcome(problem="not_saved"), error)

    def _problem(
        self, code: str, state: dict[str, Any] | None, error: Exception | None = None, reference: str = ""
    ) -> HttpResponse:
        return problem_response(
            self.request,
            self.provider,
            code,
            error=error,
            state=state,
            attempt=self.attempt,
            reference=reference,
        )


def _crashed(outcome: Outcome) -> bool:
    """Whether the first delivery ended in an exception: no page, so nobody was told and nothing is in the log."""
    return outcome.problem == "not_saved" and not outcome.reference


def _finish(row: WeChatProvider | None, chosen: dict[str, Any], code: str) -> Profile | None:
    """Return who came back; None if the row or its keypair is no longer the one of the start."""
    if row is None:
        return None
    journey = Journey(chosen["journey"])
    app = app_for(row, journey)
    return _FINISH[journey](app, code) if app.appid == chosen["appid"] else None
