"""How does a site give its own tokens? A function makes them of who was signed in; Django's session is thrown away."""

import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string

from django_wechat.models import Outcome, WeChatIdentity
from django_wechat.problems import json_problem
from django_wechat.web.programs.cookieless import sets_no_cookies, without_cookies
from django_wechat.web.programs.problems import Refused
from django_wechat.web.programs.tokens import HEADLESS, Done, Respond
from django_wechat.web.sign_up_form import PENDING

TokensFor = Callable[[HttpRequest, Any], dict[str, Any]]
_PENDING = (PENDING, "account_login")
"""Where allauth keeps, in the session, what it still asks: a sign-up form, or a step of the sign-in."""


class OwnTokens:
    """Answers with what `tokens_for(request, user)` returns.

    What allauth still asks of the person is told as `more_asked`. With allauth.headless there is a way on: its own
    addresses, with `flow_token` as X-Session-Token.
    """

    def __init__(self, tokens_for: TokensFor) -> None:
        self.tokens_for = tokens_for
        self.allauth = import_string(HEADLESS)() if apps.is_installed("allauth.headless") else None
        self.state: dict[str, Any] = self.allauth.state if self.allauth else {}

    def serve(self, request: HttpRequest, respond: Respond, *, about_user: bool) -> HttpResponse:
        """Answer for nobody; with allauth.headless, for whom X-Session-Token names."""
        if self.allauth:
            response: HttpResponse = self.allauth.serve(request, respond, about_user=about_user)
            return response
        without_cookies(request)
        try:
            return respond(request)
        finally:
            request.session.flush()
            sets_no_cookies(request)

    def answer(self, request: HttpRequest, done: Done) -> HttpResponse:
        """Return the tokens, or what is still asked for; raise `Refused`."""
        asks_again: HttpResponse | None = self.allauth.asks_again(request, done) if self.allauth else None
        if asks_again is not None:
            return asks_again
        if not request.user.is_authenticated:
            return self._more_asked(request, self.allauth.told(request, done) if self.allauth else None)
        if done.asked.connects and not _belongs_to(request.user, done):
            raise Refused("already_connected", 409)
        try:
            response = JsonResponse(self.tokens_for(request, request.user))
        finally:
            if not done.asked.connects:
                request.session.flush()
        done.attempt.end(response, Outcome.CONNECTED if done.asked.connects else Outcome.SIGNED_IN)
        return response

    def _more_asked(self, request: HttpRequest, told: HttpResponse | None) -> HttpResponse:
        """Without allauth.headless nothing is kept of it: the words send the person to the site's own pages."""
        if told is None and not any(key in request.session for key in _PENDING):
            raise Refused("site_refused", 403)
        response = json_problem("more_asked", 401)
        if told is not None:
            said, body = json.loads(told.content), json.loads(response.content)
            body["flows"] = [flow["id"] for flow in said["data"]["flows"] if flow.get("is_pending")]
            body["flow_token"] = said["meta"]["session_token"]
            response.content = json.dumps(body)
        return response


def _belongs_to(user: Any, done: Done) -> bool:
    mine = WeChatIdentity.objects.filter(appid=done.profile.appid, openid=done.profile.openid, account__user=user)
    return mine.exists()
