"""How does a sign-in at allauth's own address for tokens end? As at ours: all or nothing, once, and in the sign-in log.

allauth's view asks its provider about the token, and goes on by itself, in no transaction. It has no hook for what
comes between: one name of a public module is used, and `tests/web/programs/test_allauths_door.py` fails with words when
it changes. Without it allauth would go on by itself again.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.headless.socialaccount import views
from django.http import HttpRequest, HttpResponse

from django_wechat.flows.journey import CONNECT
from django_wechat.models import CodeExchange
from django_wechat.people.uids import PROVIDER_ID
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_answers
from django_wechat.web.programs import provider_token
from django_wechat.web.programs.asked import Asked
from django_wechat.web.programs.door import Delivery
from django_wechat.web.programs.flavours.headless import AllauthTokens
from django_wechat.web.programs.problems import Refused
from django_wechat.web.programs.provider_token import CodeSent, refusal
from django_wechat.web.visitors import provider_for

NOT_SAVED = Refused("not_saved", HTTPStatus.SERVICE_UNAVAILABLE)
_OURS = "_wechat_ends_it"
_ALLAUTHS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
"""allauth's API answers with these where somebody may not come in; everything else that was sent is a 400 to it."""


def install() -> None:
    """Stand where allauth's view has read its input, once however often Django sets up its apps."""
    view = views.ProviderTokenView
    if not hasattr(view.handle_input, _OURS):
        view.handle_input = _with_ours(view.handle_input)


def _with_ours(handle_input: Callable[..., HttpResponse | None]) -> Callable[..., HttpResponse | None]:
    @wraps(handle_input)
    def handle(self: Any, data: Any) -> HttpResponse | None:
        if data and data.get("provider") == PROVIDER_ID and (refused := _refused_unasked(self.request, data)):
            return _told(self.request, refused)
        response = handle_input(self, data)
        sent = provider_token.take(self.request)
        return response if sent is None else _end(self, sent, response)

    setattr(handle, _OURS, True)
    return handle


def _refused_unasked(request: HttpRequest, data: dict[str, Any]) -> Refused | None:
    """What needs no question to WeChat, and would be allauth's page, or a crash of its own."""
    if provider_for(request).uses_apps:  # hidden from this browser, which has no way to sign in
        return Refused("not_available", HTTPStatus.CONFLICT)
    if data.get("process") == CONNECT and not request.user.is_authenticated:
        return Refused("sign_in_first", HTTPStatus.UNAUTHORIZED)
    return None


def _end(view: Any, sent: CodeSent, told: HttpResponse | None) -> HttpResponse | None:
    """Return what is answered to a code that WeChat was asked about, now or before; `told` is a no that is out."""
    if sent.earlier is not None:
        return HttpResponse(sent.earlier[1], status=sent.earlier[0], content_type="application/json")
    if sent.exchange is None:
        return told
    try:
        response, refused = _answer(view, sent, sent.exchange) if told is None else (told, sent.refused or NOT_SAVED)
    except Exception:
        # A second delivery must not wait for an end that never comes.
        code_answers.release(sent.exchange)
        raise
    if refused is not None:
        sent.attempt.end_with_problem(response, refused.code, error=refused.error, reference=sent.reference)
    if refused is not None and refused.may_come_again:
        code_answers.release(sent.exchange)
    else:
        code_answers.record(sent.exchange, response, view.request.user)
    return response


def _answer(view: Any, sent: CodeSent, exchange: CodeExchange) -> tuple[HttpResponse, Refused | None]:
    asked = Asked("", "", view.input.cleaned_data["process"], "")
    delivery = Delivery(view.request, sent.journey, AllauthTokens())
    try:
        return delivery.sign_in(exchange, cast(Profile, sent.profile), asked, sent.attempt), None
    except Refused as refused:
        return _told(view.request, refused, sent), refused


def _told(request: HttpRequest, refused: Refused, sent: CodeSent | None = None) -> HttpResponse:
    status = refused.status if refused.status in _ALLAUTHS else HTTPStatus.BAD_REQUEST
    response: HttpResponse = ErrorResponse(request, exception=refusal(refused, sent), status=status)
    return response
