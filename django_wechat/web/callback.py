"""WeChat sent the browser back: how does that end? Signed in, or on a page that says what happened."""

import time
from dataclasses import replace
from typing import Any

from allauth.account.utils import get_login_redirect_url
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny

from django_wechat import conf
from django_wechat.exceptions import SignInFirst, UnknownPerson, WeChatError
from django_wechat.flows import table
from django_wechat.flows.journey import CONNECT, FOR_WHO_IS_SIGNED_IN, REAUTHENTICATE
from django_wechat.models import CodeExchange, WeChatProvider
from django_wechat.models.transactions import outside_transactions
from django_wechat.people.refusals import NotSaved
from django_wechat.problems import code_for, new_reference, outages, problem_response, told_when_down
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_exchanges, refused_codes
from django_wechat.stores.attempts import Attempt
from django_wechat.stores.code_exchanges import Outcome
from django_wechat.web import started
from django_wechat.web.connecting import question
from django_wechat.web.programs import for_browsers
from django_wechat.web.reauthenticating import end
from django_wechat.web.sign_in import complete_sign_in
from django_wechat.web.started import STATE_KEY
from django_wechat.web.visitors import provider_for, visitor_of


@never_cache
@login_not_required
@xframe_options_deny
@outside_transactions
@told_when_down(outages.page)
def callback(request: HttpRequest) -> HttpResponse:
    """Take the browser back from WeChat: with a code, without one, twice, late, or from somewhere else."""
    delivery = Callback(request)
    response = delivery.respond()
    if table.is_inside_wechat(delivery.visitor.browser):
        response = _with_own_fragment(response)
    # The address holds code and state: tell it to nobody.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _with_own_fragment(response: HttpResponse) -> HttpResponse:
    """WeChat's `#wechat_redirect` would stay over all redirects until one has a fragment; an empty one is enough."""
    address = response.headers.get("Location", "#")
    if "#" not in address:
        response.headers["Location"] = f"{address}#"
    return response


class Callback:
    """One delivery of a callback. `respond` is the whole story; the rest are its steps."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.visitor = visitor_of(request)
        self.provider = provider_for(request)
        self.state_id = request.GET.get("state", "")
        self.code = request.GET.get("code", "")
        self.session_cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        self.started = time.monotonic()
        self.attempt: Attempt | None = Attempt(started=self.started)
        """What the sign-in log will say ended here; None once it says so."""

    def respond(self) -> HttpResponse:
        """Return where the browser goes now."""
        state = fresh = started.look(self.provider, self.request, self.state_id)
        state = state or code_exchanges.state_of(self.state_id, self.code, self.session_cookie)
        if state is None:
            return self._without_state()
        self.attempt = self._begun(state)
        if not self.code:
            started.take(self.provider, self.request, self.state_id)
            return self._problem("cancelled", state)
        if not started.still_counts(state, self.visitor):
            return self._of_somebody_else(state)
        if self._for_user(state) and (earlier := code_exchanges.with_profile(self.state_id, self.session_cookie)):
            return self._ended_before(state, earlier)
        if fresh and (wait := refused_codes.seconds_to_wait(self.visitor.address)):
            return self._too_many(state, wait)
        exchange = code_exchanges.claim(self.state_id, self.code, self.session_cookie, state)
        if exchange is None:
            return self._repeat(state)
        try:
            return self._first(exchange, state)
        except Exception:
            # A second delivery must not wait for an end that never comes.
            code_exchanges.record(exchange, Outcome(problem="not_saved"))
            raise

    def _of_somebody_else(self, state: dict[str, Any]) -> HttpResponse:
        """Somebody signed in, or out, after the start: who is signed in now stays so, and is connected to nothing."""
        started.take(self.provider, self.request, self.state_id)
        if not self.visitor.is_signed_in:
            return self._problem("sign_in_first", state)
        if self._for_user(state):
            return self._problem("other_user", state)
        self.attempt = None
        return HttpResponseRedirect(state.get("next") or get_login_redirect_url(self.request))

    def _first(self, exchange: CodeExchange, state: dict[str, Any]) -> HttpResponse:
        started.take(self.provider, self.request, self.state_id)
        outcome, error = self._ask_wechat(state)
        return self._end(exchange, state, outcome, error)

    def _too_many(self, state: dict[str, Any], wait: int) -> HttpResponse:
        """Nothing is used up, so that the very same address may work later."""
        response = self._problem("too_many_codes", state)
        response.headers["Retry-After"] = str(wait)
        return response

    def _without_state(self) -> HttpResponse:
        """A cookie that was withheld from a cross-site request, somebody else's link, or a sign-in that is over."""
        way_back = started.way_back(self.request.session, self.state_id)
        if self.visitor.is_signed_in:
            return HttpResponseRedirect(way_back or get_login_redirect_url(self.request))
        if self.state_id and "_redir" not in self.request.GET:
            return self._bounce()
        return self._problem("state_lost", {"next": way_back} if way_back else None)

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
        if self._for_user(state) and outcome.profile is not None:
            return self._ended_before(state, exchange)
        return self._end(exchange, state, outcome)

    def _for_user(self, state: dict[str, Any]) -> bool:
        return state.get("process") in FOR_WHO_IS_SIGNED_IN and self.visitor.is_signed_in

    def _ended_before(self, state: dict[str, Any], exchange: CodeExchange) -> HttpResponse:
        """Connected is connected, even if the person undid it meanwhile; another code connects nobody else.

        Nor does it confirm anew: a confirmation counts from the moment that WeChat was asked.
        """
        self.attempt = None
        if state.get("process") == REAUTHENTICATE:
            return end.way_on(state)
        if not code_exchanges.outcome_of(exchange).answered:
            return question.ask(self.request, state, exchange)
        return HttpResponseRedirect(state.get("next") or reverse("socialaccount_connections"))

    def _bounce(self) -> HttpResponse:
        """Ask once more from our own page, so that SameSite cookies come along."""
        query = {**self.request.GET.dict(), "_redir": "1"}
        context = {"provider": self.provider, "redirect_to": f"{self.request.path}?{urlencode(query)}"}
        return render(self.request, "socialaccount/login_redirect.html", context)

    def _ask_wechat(self, state: dict[str, Any]) -> tuple[Outcome, Exception | None]:
        """Exchange the code with the very keypair the sign-in was started with."""
        try:
            profile = table.finish(self._row(state), state.get(STATE_KEY) or {}, self.code, self.visitor.host)
        except (WeChatError, ImproperlyConfigured) as error:
            refused_codes.note(self.visitor.address, error)
            return Outcome(problem=code_for(error)), error
        return (Outcome(profile) if profile else Outcome(problem="settings_changed")), None

    def _row(self, state: dict[str, Any]) -> WeChatProvider | None:
        """The provider that the sign-in was started with, if it still serves this host."""
        chosen = state.get(STATE_KEY) or {}
        return next((row for row in self.visitor.rows if row.pk == chosen.get("provider")), None)

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
        if state.get("process") == CONNECT:
            code_exchanges.record(exchange, outcome)
            return question.ask(self.request, state, exchange)
        if state.get("process") == REAUTHENTICATE:
            return self._reauthenticate(exchange, state, outcome, profile)
        try:
            response = complete_sign_in(
                self.request,
                self.provider,
                profile,
                state,
                first=lambda: code_exchanges.record(exchange, outcome),
                attempt=self.attempt,
            )
        except (NotSaved, UnknownPerson) as error:
            self.attempt = self._begun(state)
            return self._end(exchange, state, Outcome(problem=code_for(error)), error)
        self.request.session[started.ENDED_KEY] = exchange.pk
        person = (profile.appid, profile.openid)
        return for_browsers.with_code(self.request, response, state, person, self.visitor.browser_key)

    def _reauthenticate(
        self, exchange: CodeExchange, state: dict[str, Any], outcome: Outcome, profile: Profile
    ) -> HttpResponse:
        if problem := end.why_not(self.request, profile):
            return self._end(exchange, state, Outcome(problem=problem))
        try:
            response = end.confirmed(self.request, state, self.attempt)
        except SignInFirst as error:
            return self._end(exchange, state, Outcome(problem=code_for(error)), error)
        # Only now: a second delivery leads on to where this one has to be in the session already.
        code_exchanges.record(exchange, outcome)
        return response

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
