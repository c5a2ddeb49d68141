"""Whose WeChat is about to be connected? Asked on the computer before it is, after WeChat said who allowed it.

Whoever sees the screen can scan its code first, and would sign in as the visitor from then on. So the page names whom
WeChat named, and nothing is connected before the visitor says yes.
"""

from dataclasses import replace
from typing import Any

from allauth import app_settings as allauth_settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from django_wechat.flows import table
from django_wechat.models import CodeExchange, Outcome
from django_wechat.people.refusals import NotSaved
from django_wechat.problems import code_for, json_problem, problem_response
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_exchanges, qr_digits
from django_wechat.stores.attempts import Attempt
from django_wechat.web import answers, started
from django_wechat.web.connecting import digits
from django_wechat.web.connecting.digits import DigitsMissing
from django_wechat.web.form_check import question_page
from django_wechat.web.sign_in import complete_sign_in
from django_wechat.web.visitors import provider_for, visitor_of

KEY = "wechat_connect"
"""Where Django's session keeps which callback waits for an answer."""


def ask(request: HttpRequest, state: dict[str, Any], exchange: CodeExchange) -> HttpResponse:
    """Send the browser to the question; a headless frontend back to where it draws its own."""
    request.session[KEY] = exchange.pk
    request.session[started.ENDED_KEY] = exchange.pk
    if state.get("headless"):
        asked = urlencode({"error": "confirmation_required", "error_process": state["process"]})
        way_back = state.get("next") or "/"
        return HttpResponseRedirect(f"{way_back}{'&' if '?' in way_back else '?'}{asked}")
    return HttpResponseRedirect(reverse("wechat_connect"))


@question_page
def connect(request: HttpRequest, *, trusted: bool) -> HttpResponse:
    """Show who would be connected to which account, and take the answer: "connect", or else nothing is.

    A request whose Accept names `application/json` gets and answers the same in JSON.
    """
    if allauth_settings.HEADLESS_ONLY and not answers.asks_for_json(request):
        raise Http404
    response = _Question(request).respond(trusted=trusted)
    response.headers["Referrer-Policy"] = "same-origin"
    return answers.as_json(response) if answers.asks_for_json(request) else response


class _Question:
    """One request about what waits for an answer. `respond` is the whole story."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.visitor = visitor_of(request)
        self.exchange = code_exchanges.find(request.session.get(KEY))
        self.state = code_exchanges.state_in(self.exchange) if self.exchange else {}
        chosen = self.state.get(started.STATE_KEY) or {}
        row = next((row for row in self.visitor.rows if row.pk == chosen.get("provider")), None)
        self.attempt = Attempt(row.name if row else "", chosen.get("journey", ""))
        self.by_number = "qr_session" in chosen
        """Whether WeChat told no name: it came by the official account's code, and the phone shows a number again."""
        self.qr_session = qr_digits.used(chosen["qr_session"]) if self.by_number else None

    def respond(self, *, trusted: bool) -> HttpResponse:
        """Return the question, or where the browser goes on."""
        outcome = code_exchanges.outcome_of(self.exchange) if self.exchange and self.exchange.outcome else None
        if outcome is None or outcome.profile is None or outcome.answered or not self._is_theirs():
            return self._nothing_to_ask()
        if self.request.method == "GET" or not trusted:
            return self._shown(outcome.profile, trusted=trusted)
        if self.request.POST.get("answer") != "connect":
            return self._cancelled(outcome)
        try:
            if self.qr_session is not None:
                digits.check(self.request, self.qr_session)
        except DigitsMissing as missing:
            return self._number_missing(missing.code)
        return self._connected(outcome, outcome.profile)

    def _is_theirs(self) -> bool:
        is_there = self.qr_session is not None or not self.by_number
        return is_there and self.visitor.is_signed_in and started.still_counts(self.state, self.visitor)

    def _nothing_to_ask(self) -> HttpResponse:
        """Answered before, in another tab, or too long ago; what is kept for who is still to sign in stays."""
        if self.visitor.is_signed_in:
            self.request.session.pop(KEY, None)
        if answers.asks_for_json(self.request):
            return json_problem("state_lost", 404)
        return HttpResponseRedirect(self._way_on())

    def _way_on(self) -> str:
        try:
            return self.state.get("next") or reverse("socialaccount_connections")
        except NoReverseMatch:  # a headless-only site has no such page
            return "/"

    def _shown(self, profile: Profile, *, trusted: bool) -> HttpResponse:
        asked = {
            "account": str(self.visitor.account),
            "host": self.visitor.host,
            "nickname": profile.nickname,
            "avatar_url": profile.avatar_url,
        }
        if answers.asks_for_json(self.request):
            if not trusted:
                raise PermissionDenied
            return JsonResponse(asked | ({"asks_digits": True} if self.by_number else {}))
        if self.qr_session is not None:
            return digits.page(self.request, self.visitor, self.qr_session, "", once_more=True, again=not trusted)
        context = asked | {"again": not trusted, "kept": "kept" in self.state, "connect_url": self.request.path}
        return render(self.request, "django_wechat/connect.html", context, status=200 if trusted else 403)

    def _number_missing(self, code: str) -> HttpResponse:
        if answers.asks_for_json(self.request):
            return json_problem(code, 409, attempt=self.attempt if code == "digits_used_up" else None)
        if self.qr_session is None or code == "digits_used_up":
            state = {"process": self.state["process"], "next": self._way_on()}
            return problem_response(self.request, provider_for(self.request), code, state=state, attempt=self.attempt)
        return digits.page(self.request, self.visitor, self.qr_session, code, once_more=True)

    def _cancelled(self, outcome: code_exchanges.Outcome) -> HttpResponse:
        self._close(outcome)
        self.request.session.pop(KEY, None)
        response = HttpResponseRedirect(self._way_on())
        self.attempt.end(response, Outcome.CANCELLED, problem="not_connected")
        return response

    def _connected(self, outcome: code_exchanges.Outcome, profile: Profile) -> HttpResponse:
        provider = provider_for(self.request)
        state = {key: value for key, value in self.state.items() if key != started.STATE_KEY}
        try:
            response = complete_sign_in(
                self.request, provider, profile, state, first=lambda: self._close(outcome), attempt=self.attempt
            )
        except NotSaved as error:
            code = code_for(error)
            if answers.asks_for_json(self.request):
                return json_problem(code, 503, error, attempt=self.attempt)
            return problem_response(self.request, provider, code, error=error, state=state, attempt=self.attempt)
        self.request.session.pop(KEY, None)
        if self.qr_session is not None:
            table.of(self.qr_session).signed_in(profile)
        return response

    def _close(self, outcome: code_exchanges.Outcome) -> None:
        if self.exchange is not None:
            code_exchanges.record(self.exchange, replace(outcome, answered=True))
