"""Where do mini programs and apps sign in? `POST …/mini-program/` and `…/app/`: WeChat's code in, tokens out."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.providers.base import Provider
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from django_wechat import conf
from django_wechat.exceptions import UnknownPerson, WeChatError
from django_wechat.flows import table
from django_wechat.flows.journey import TakesCode
from django_wechat.models import CodeExchange, WeChatProvider
from django_wechat.models.transactions import outside_transactions
from django_wechat.people.refusals import NotSaved
from django_wechat.problems import outages, told_when_down
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_answers, refused_codes
from django_wechat.stores.attempts import Attempt
from django_wechat.web import started
from django_wechat.web.programs import asked as read_asked
from django_wechat.web.programs import once, problems, tokens, which_program
from django_wechat.web.programs.asked import Asked, BadRequest
from django_wechat.web.programs.once import Sent
from django_wechat.web.programs.person import phone
from django_wechat.web.programs.problems import Refused
from django_wechat.web.programs.tokens import Done
from django_wechat.web.sign_in import complete_sign_in
from django_wechat.web.sign_up_form import PENDING
from django_wechat.web.visitors import address_of, provider_for


def program_address(
    view: Callable[[HttpRequest], HttpResponse], *, methods: Sequence[str] = ("POST",)
) -> Callable[[HttpRequest], HttpResponse]:
    """For what programs send: no cookie means anything here, so there is no form to check."""
    own: Callable[[HttpRequest], HttpResponse] = outside_transactions(told_when_down(outages.json)(view))
    return csrf_exempt(never_cache(login_not_required(require_http_methods(methods)(own))))


@program_address
def mini_program(request: HttpRequest) -> HttpResponse:
    """Sign in who called `wx.login` in a mini program."""
    return _serve(request, table.MINI_PROGRAM)


@program_address
def app(request: HttpRequest) -> HttpResponse:
    """Sign in who allowed it in a mobile app."""
    return _serve(request, table.APP)


def _serve(request: HttpRequest, journey: TakesCode) -> HttpResponse:
    try:
        flavour = tokens.chosen()
        about_user = read_asked.asks_to_connect(request)
        return flavour.serve(request, lambda inner: Delivery(inner, journey, flavour).respond(), about_user=about_user)
    except Refused as refused:
        return problems.answer(refused)


class Delivery:
    """One request of a program. `respond` is the whole story; the rest are its steps."""

    def __init__(self, request: HttpRequest, journey: TakesCode, flavour: tokens.Flavour) -> None:
        self.request = request
        self.journey = journey
        self.flavour = flavour
        self.address = address_of(request)
        self.started = time.monotonic()

    def respond(self) -> HttpResponse:
        """Return tokens; raise `Refused`."""
        try:
            asked = read_asked.read(self.request)
        except BadRequest as error:
            raise Refused("bad_request", 400, words=error.words) from error
        row = self._row(asked)
        if asked.connects and not self.request.user.is_authenticated:
            raise Refused("sign_in_first", 401)
        if wait := refused_codes.seconds_to_wait(self.address, refused_codes.PROGRAMS):
            raise Refused("too_often", 429, words=problems.TOO_OFTEN, wait=wait)
        sent = self._sent(row, asked)
        return once.answer(sent, lambda exchange: self._first(exchange, row, asked), lambda: self.request.user)

    def _sent(self, row: WeChatProvider, asked: Asked) -> Sent:
        """The first answer is for whoever brings the same body, and the same token."""
        questions = phone.QUESTIONS + 1 if asked.phone_code else 1
        seconds = 2 * questions * sum(conf.timeouts()) + 1
        sender = f"{asked.fingerprint} {self.request.user.pk}"
        return Sent(self.journey.name, row.client_id, asked.code, sender, seconds)

    def _row(self, asked: Asked) -> WeChatProvider:
        return which_program.row_for(self.request, self.journey, asked.appid)

    def _first(self, exchange: CodeExchange, row: WeChatProvider, asked: Asked) -> HttpResponse:
        attempt = Attempt(row.name, self.journey.name, self.started)
        try:
            profile = self._ask_wechat(row, asked)
            response = self.sign_in(exchange, profile, asked, attempt)
            response = phone.beside(response, self.request, self.journey, row, asked)
        except Refused as refused:
            refused.attempt = attempt
            if refused.may_come_again:
                raise
            response = problems.answer(refused)
        return response

    def _ask_wechat(self, row: WeChatProvider, asked: Asked) -> Profile:
        try:
            return self.journey.finish(self.journey.app(row), asked.code)
        except (WeChatError, ImproperlyConfigured) as error:
            refused_codes.note(self.address, error, refused_codes.PROGRAMS)
            raise problems.refused(error) from error

    def sign_in(self, exchange: CodeExchange, profile: Profile, asked: Asked, attempt: Attempt) -> HttpResponse:
        """Return what the person in `profile` gets for the code; raise `Refused`."""
        provider: Provider = provider_for(self.request)
        state: dict[str, Any] = {"process": asked.purpose, **self.flavour.state}
        try:
            done = complete_sign_in(
                self.request,
                provider,
                profile,
                state,
                first=lambda: code_answers.note_person(exchange, profile),
                attempt=None,
            )
        except (NotSaved, UnknownPerson) as error:
            raise problems.refused(error) from error
        except ImmediateHttpResponse as error:
            # A hook's own page means nothing to a program; a form that has to be filled in is one of allauth's flows.
            if PENDING not in self.request.session:
                raise Refused("site_refused", 403) from error
            done = HttpResponse()
        if self.request.user.is_authenticated and not asked.connects:
            # Who signs out signs out what is kept for a second delivery, too.
            self.request.session[started.ENDED_KEY] = exchange.pk
        return self.flavour.answer(self.request, Done(done, asked, profile, attempt))
