"""How does a site give tokens of its own? A function makes them of who was signed in; the session is thrown away."""

import json
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from django_wechat.models import Outcome, WeChatIdentity
from django_wechat.problems import json_problem
from django_wechat.web.programs import flows
from django_wechat.web.programs.cookieless import Passing, keep, sets_no_cookies, without_cookies
from django_wechat.web.programs.problems import Refused
from django_wechat.web.programs.tokens import HEADLESS, Done, Respond, TokensFor
from django_wechat.web.sign_up_form import PENDING

_PENDING = (PENDING, "account_login")
"""Where allauth keeps, in the session, what it still asks: a sign-up form, or a step of the sign-in."""
_BEARER = "django_wechat.web.programs.bearer.user_of"

CONFIRM_FIRST = _(
    "This site wants to be sure that it is you. Sign in at the addresses of allauth.headless, and send its "
    "X-Session-Token with the code."
)
FLOW_OVER = _("This flow is over, or never was. Begin again with a fresh code from WeChat.")


class OwnTokens:
    """Answers with what `tokens_for(request, user)` returns.

    What allauth still asks of the person is told as `more_asked`. With allauth.headless there is a way on: its own
    addresses, with `flow_token` as X-Session-Token.
    """

    def __init__(self, tokens_for: TokensFor, authentication: str = "") -> None:
        self.tokens_for = tokens_for
        self.authentication = authentication
        self.allauth = import_string(HEADLESS)() if apps.is_installed("allauth.headless") else None
        self.state: dict[str, Any] = self.allauth.state if self.allauth else {}

    def serve(self, request: HttpRequest, respond: Respond, *, about_user: bool) -> HttpResponse:
        """Answer for whom the site's token names; with allauth.headless, X-Session-Token may name somebody, too."""

        def known(inner: HttpRequest) -> HttpResponse:
            if not about_user:
                inner.session = Passing()
            elif not inner.user.is_authenticated:
                inner.user = self._named_by_token(inner) or inner.user
            return respond(inner)

        if self.allauth:
            response: HttpResponse = self.allauth.serve(request, known, about_user=about_user)
            return response
        without_cookies(request)
        try:
            return known(request)
        finally:
            request.session.flush()
            sets_no_cookies(request)

    def serve_flow(self, request: HttpRequest, respond: Respond) -> HttpResponse:
        """Answer for whom the flow's session names; a token of the site's, which may be short-lived, makes no other."""
        if self.allauth is None:
            raise Refused("code_invalid", 401, words=FLOW_OVER)
        response: HttpResponse = self.allauth.serve(request, respond, about_user=True)
        return response

    def answer(self, request: HttpRequest, done: Done) -> HttpResponse:
        """Return the tokens, or what is still asked for; raise `Refused`."""
        asks_again: HttpResponse | None = self.allauth.asks_again(request, done) if self.allauth else None
        if asks_again is not None:
            return self._confirm_first(request, asks_again)
        if not request.user.is_authenticated:
            return self._more_asked(request, done)
        if done.asked.connects and not _belongs_to(request.user, done):
            raise Refused("already_connected", 409)
        try:
            response = JsonResponse(self.tokens_for(request, request.user))
        finally:
            if not (done.asked.connects and _has_session(request)):
                request.session.flush()
        done.attempt.end(response, Outcome.CONNECTED if done.asked.connects else Outcome.SIGNED_IN)
        return response

    def flow(self, request: HttpRequest) -> HttpResponse:
        """Return the tokens of who ended the flow of this session, which ends with it; raise `Refused`."""
        if self.allauth is None or not flows.is_one(request):
            raise Refused("code_invalid", 401, words=FLOW_OVER)
        if not request.user.is_authenticated:
            return self._more_asked(request)
        try:
            return JsonResponse(self.tokens_for(request, request.user))
        finally:
            request.session.flush()

    def _named_by_token(self, request: HttpRequest) -> Any:
        """The site's function may say itself whom one of its tokens names; else REST framework's classes do."""
        if user_of := getattr(self.tokens_for, "user_of", None):
            return user_of(request)
        return import_string(_BEARER)(request, self.authentication) if find_spec("rest_framework") else None

    def _confirm_first(self, request: HttpRequest, asks_again: HttpResponse) -> HttpResponse:
        """allauth's question is answered in a session; who came with a token of the site has none."""
        if not _has_session(request):
            raise Refused("sign_in_first", 401, words=CONFIRM_FIRST)
        return asks_again

    def _more_asked(self, request: HttpRequest, done: Done | None = None) -> HttpResponse:
        """Without allauth.headless nothing is kept of it: the words send the person to the site's own pages."""
        if not any(key in request.session for key in _PENDING):
            raise Refused("site_refused", 403)
        response = json_problem("more_asked", 401)
        if done is not None:
            done.attempt.end(response, Outcome.SIGNED_IN, problem="more_asked")
        if self.allauth is None:
            return response
        if done is not None:
            keep(request)
        said, body = json.loads(self.allauth.status(request).content), json.loads(response.content)
        body["flows"] = [flow["id"] for flow in said["data"]["flows"] if flow.get("is_pending")]
        body["flow_token"] = said["meta"].get("session_token") or request.headers["X-Session-Token"]
        flows.begin(request, body["flow_token"])
        response.content = json.dumps(body)
        return response


def _has_session(request: HttpRequest) -> bool:
    """Whether the session says who it is, and not a token of the site's, which has none."""
    return SESSION_KEY in request.session


def _belongs_to(user: Any, done: Done) -> bool:
    mine = WeChatIdentity.objects.filter(appid=done.profile.appid, openid=done.profile.openid, account__user=user)
    return mine.exists()
