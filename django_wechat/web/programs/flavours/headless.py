"""What are allauth's own tokens? Its headless API's answer to an app, session token or JWT, pending flows included."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.headless.base.response import AuthenticationResponse, ReauthenticationResponse
from allauth.headless.base.views import APIView
from allauth.headless.constants import Client
from django.http import HttpRequest, HttpResponse

from django_wechat.models import Outcome
from django_wechat.web.programs.cookieless import put_header, sets_no_cookies, without_cookies
from django_wechat.web.programs.problems import Refused
from django_wechat.web.programs.tokens import Done, Respond

_REFUSALS = {"signup_closed": ("signup_closed", 403), "connected_other": ("already_connected", 409)}
"""By what allauth calls it in a headless sign-in; everything else is the site's own no."""


class _View(APIView):
    """allauth's ground for its app client: a session of the token that was sent, or a new one."""

    handle_json_input = False
    respond: Any = None

    def post(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.respond(request)
        return response

    patch = post


class AllauthTokens:
    """Answers as allauth's headless API does."""

    state: dict[str, Any] = {"headless": True, "next": "/"}

    def serve(self, request: HttpRequest, respond: Respond, *, about_user: bool) -> HttpResponse:
        """Answer as for the app client of allauth's headless API, which knows the person by X-Session-Token."""
        without_cookies(request)
        if not about_user:
            # A token that is over is no reason to refuse a sign-in, and a second delivery brings the old one again.
            for header in ("HTTP_X_SESSION_TOKEN", "HTTP_AUTHORIZATION"):
                put_header(request, header, None)
        try:
            response: HttpResponse = _View.as_api_view(client=Client.APP, respond=respond)(request)
        finally:
            sets_no_cookies(request)
        return response

    def answer(self, request: HttpRequest, done: Done) -> HttpResponse:
        """Return allauth's authentication answer: 200 with the token, or 401 with the flows that are pending."""
        return self.asks_again(request, done) or self.told(request, done)

    def asks_again(self, request: HttpRequest, done: Done) -> HttpResponse | None:
        """Return allauth's question whether it is still them, if it has one; raise `Refused` for its no."""
        error = next(iter(parse_qs(urlsplit(done.response.get("Location", "")).query).get("error", [])), "")
        if error == "reauthentication_required":
            asks: HttpResponse = ReauthenticationResponse(request)
            return asks
        if error:
            raise Refused(*_REFUSALS.get(error, ("site_refused", 403)))
        return None

    def told(self, request: HttpRequest, done: Done) -> HttpResponse:
        """Return what allauth tells an app now; this makes its tokens."""
        response = self.status(request)
        outcome = Outcome.CONNECTED if done.asked.connects else Outcome.SIGNED_IN
        done.attempt.end(response, outcome, problem="" if request.user.is_authenticated else "more_asked")
        return response

    def status(self, request: HttpRequest) -> HttpResponse:
        """Return allauth's answer to who is signed in, and to what is still asked."""
        response: HttpResponse = AuthenticationResponse(request)
        return response
